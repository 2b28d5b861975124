/* History is read, products are known, and a day's quota keeps its reserve. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startDemo, until, type Demo, type Json } from '../support/demo.ts'

let demo: Demo
before(async () => {
  demo = await startDemo()
})
after(async () => demo?.stop())

const progress = () => demo.desk.get('/api/backfill')
const reader = async (what: string) => ((await progress()).items as Json[]).find((r) => r.what === what)!
const ready = () =>
  until('everything is read', async () => {
    const all = (await progress()).items as Json[]
    return all.length > 0 && all.every((r) => r.state === 'ready' && r.done_at > 0) && all
  }, 60000)
const push = async (push_ms: number) => {
  await demo.sim.post('/sim/clock', { push_ms })
  await fetch(`${demo.console}/dev/clock?push_ms=${push_ms}`, { method: 'POST' })
}

const clock = async () => ((await (await fetch(`${demo.console}/dev/clock?push_ms=0`, { method: 'POST' })).json()) as Json).now as number
/** Eight in the evening in China: midnight is not here while the test runs, and comes before the session ends. */
const evening = async () => {
  const hour = 3600000
  const since = ((await clock()) + 8 * hour) % (24 * hour)
  await push((44 * hour - since) % (24 * hour))
  await demo.desk.login(demo.user, demo.password)
}

test('orders, cases and products of a new shop are read to the end, with nothing left to wait for', async () => {
  const all = await ready()
  for (const r of all) {
    assert.equal(r.done, r.found)
    assert.equal(r.left_ms, 0)
    assert.equal(r.pause, null)
  }
  assert.deepEqual([...new Set(all.map((r) => r.what))].sort(), ['aftersales', 'contacts', 'groups', 'members', 'orders', 'products'])
  assert.equal((await progress()).left_ms, 0)
  for (const what of ['orders', 'products']) assert.ok(all.some((r) => r.what === what && r.done > 0), what)
})

test('products carry stock, status and where their returns go; found by words and by number', async () => {
  const items = (await demo.desk.get('/api/products')).items as Json[]
  assert.ok(items.length > 3)
  for (const p of items) {
    assert.equal(p.status, 5)
    assert.ok(p.read_at > 0 && p.stock > 0 && p.price > 0, p.title)
    assert.ok(p.return_address, p.title)
  }
  const one = items[items.length - 1]
  const byWord = (await demo.desk.get(`/api/products?q=${encodeURIComponent(one.title.slice(0, 4))}`)).items as Json[]
  assert.ok(byWord.some((p) => p.product_id === one.product_id))
  assert.deepEqual(((await demo.desk.get(`/api/products?q=${one.product_id}`)).items as Json[]).map((p) => p.product_id), [one.product_id])
  const detail = await demo.desk.get(`/api/products/${one.product_id}`)
  assert.ok(detail.skus.length > 0)
  assert.equal(detail.skus.reduce((n: number, s: Json) => n + s.stock, 0), one.stock)
  assert.equal((await demo.desk.raw('GET', '/api/products/1')).status, 404)
  // Page after page, each product once.
  const seen: string[] = []
  for (let next: string | null = ''; next !== null; ) {
    const page: Json = await demo.desk.get(`/api/products?limit=2&cursor=${next}`)
    seen.push(...page.items.map((p: Json) => p.product_id))
    next = page.next
  }
  assert.deepEqual(seen.sort(), items.map((p) => p.product_id).sort())
})

test('customers whom a member of the corp added are known before they write', async () => {
  const who = ((await demo.sim.get('/sim/customers?limit=100')).items as Json[]).slice(-3)
  for (const c of who) await demo.sim.post('/sim/wecom/add', { customer: c.external_userid, userid: 'linxia' })
  const contacts = await reader('contacts')
  await demo.desk.post('/api/backfill/again', { account_id: contacts.account_id, what: 'contacts', days: 1 })
  const after = await until('contacts', async () => {
    const now = await reader('contacts')
    return now.state === 'ready' && now.done_at > contacts.done_at && now
  })
  assert.equal(after.done, 3)
})

test('the last days are read again on demand, and nobody may ask for what there is not', async () => {
  const orders = await reader('orders')
  await demo.desk.post('/api/backfill/again', { account_id: orders.account_id, what: 'orders', days: 30 })
  await until('read again', async () => {
    const now = await reader('orders')
    return now.state === 'ready' && now.done_at > orders.done_at && now.found > 0
  })
  assert.equal((await demo.desk.raw('POST', '/api/backfill/again', { account_id: orders.account_id, what: 'moons', days: 3 })).status, 404)
})

test('when a day’s quota runs low history waits until midnight and says so; then it goes on', async () => {
  await evening()
  const known = await ready().then(() => reader('orders'))
  await demo.desk.post('/api/backfill/again', { account_id: known.account_id, what: 'orders', days: 1 })
  const before = await until("today's quota", async () => {
    const now = await reader('orders')
    return now.state === 'ready' && now.done_at > known.done_at && now
  })
  assert.ok(before.quota_limit > 0)
  await demo.sim.set('day_calls', Math.max(10, before.quota_limit - before.quota_left + 5))
  await push(11 * 60000) // what was told of the quota is old by then
  await demo.desk.post('/api/backfill/again', { account_id: before.account_id, what: 'orders', days: 90 })
  const paused = await until('a pause', async () => {
    const now = await reader('orders')
    return now.state === 'paused' && now.pause === 'quota' && now
  }, 30000)
  assert.ok(paused.quota_left <= paused.quota_reserve)
  assert.ok(paused.left_ms > 0)
  const midnight = new Date(paused.pause_until + 8 * 3600000)
  assert.equal(midnight.getUTCHours(), 0)
  await demo.sim.set('day_calls', 1000000)
  await push(paused.pause_until - (await clock()) + 1000)
  const after = await until('it went on', async () => {
    const r = await reader('orders')
    return r.state === 'ready' && r
  }, 30000)
  assert.ok(after.done === after.found && after.done_at >= paused.pause_until)
})
