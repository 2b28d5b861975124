/* Every other route once, and what it promises; ends with the roles: who may not. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Desk, messages, startDemo, threadWith, unique, until, type Demo, type Json } from '../support/demo.ts'

let demo: Demo
let kf: string
let thread: Json
before(async () => {
  demo = await startDemo()
  kf = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')!.remote_id
  const c = (await demo.sim.get('/sim/customers?limit=40')).items[33]
  const text = unique('您好 ')
  await demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  thread = await threadWith(demo.desk, text)
})
after(async () => demo?.stop())

test('staff: add, change, sign in, sign out; the last owner stays', async () => {
  const login = unique('u')
  const made = await demo.desk.post('/api/staff', { login, name: '小周', role: 'agent', password: 'eight-chars' })
  assert.equal((await demo.desk.raw('POST', '/api/staff', { login, name: 'x', role: 'agent', password: 'eight-chars' })).status, 409)
  assert.equal((await demo.desk.raw('POST', '/api/staff', { login: login + 'b', name: 'x', role: 'agent', password: 'short' })).status, 422)
  assert.equal((await demo.desk.raw('POST', '/api/staff', { login: login + 'b', name: 'x', role: 'king', password: 'eight-chars' })).status, 400)
  const agent = await new Desk(demo.console).login(login, 'eight-chars')
  assert.equal((await agent.get('/api/me')).staff.role, 'agent')
  assert.equal((await agent.raw('GET', '/api/audit')).status, 403)
  assert.equal((await agent.raw('POST', '/api/staff', { login: 'x', name: 'x', role: 'owner', password: 'eight-chars' })).status, 403)
  await agent.call('POST', '/api/logout', {})
  assert.equal((await agent.raw('GET', '/api/me')).status, 401)
  const again = await new Desk(demo.console).login(login, 'eight-chars')
  await demo.desk.call('PUT', `/api/staff/${made.staff_id}`, { disabled: true })
  assert.equal((await again.raw('GET', '/api/me')).status, 401)
  assert.ok(((await demo.desk.get('/api/staff')).items as Json[]).some((p) => p.login === login && p.disabled))
  const me = (await demo.desk.get('/api/me')).staff
  assert.ok((await demo.desk.raw('PUT', `/api/staff/${me.staff_id}`, { role: 'agent' })).status >= 400)
})

test('a thread: read, assigned, asked for her card, a picture sent, closed and opened by her', async () => {
  const path = `/api/threads/${thread.thread_id}`
  await demo.desk.call('POST', `${path}/read`, {})
  assert.equal((await demo.desk.get(path)).unread, 0)
  const me = (await demo.desk.get('/api/me')).staff.staff_id
  assert.equal((await demo.desk.post(`${path}/assign`, { staff_id: me })).assigned_to, me)
  assert.ok(((await demo.desk.get('/api/threads?view=mine')).items as Json[]).some((t) => t.thread_id === thread.thread_id))
  const asked = await demo.desk.post(`${path}/ask-card`, { client_id: unique('c') })
  assert.match(asked.text, /订单/)
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const blob = await demo.desk.post('/api/blobs', { mime: 'image/png', data: png })
  const picture = await demo.desk.post(`${path}/messages`, { client_id: unique('c'), kind: 'image', blob_id: blob.blob_id })
  await until('the picture is sent', async () => (await messages(demo.desk, thread.thread_id)).find((m) => m.message_id === picture.message_id)?.state === 'sent')
  const bytes = await demo.desk.raw('GET', `/api/blobs/${blob.blob_id}`)
  assert.equal(Buffer.from(await bytes.arrayBuffer()).toString('base64'), png)
  assert.equal((await demo.desk.raw('POST', `/api/messages/${picture.message_id}/settle`, { as: 'sent' })).status, 409)
  assert.equal((await demo.desk.post(`${path}/close`)).status, 'closed')
  assert.ok(((await demo.desk.get('/api/threads?view=closed')).items as Json[]).some((t) => t.thread_id === thread.thread_id))
})

test('what she wrote is found by any part of it, newest first, page by page', async () => {
  const c = (await demo.sim.get('/sim/customers?limit=40')).items[34]
  const mark = String(Date.now()).slice(-9)
  for (const n of [1, 2, 3]) await demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text: `杯子${mark}第${n}次漏水` })
  const find = (query: string) => demo.desk.get(`/api/messages?${query}`)
  const q = encodeURIComponent(`漏水 ${mark.slice(2, 8)}`)
  const hits = await until('three hits', async () => {
    const items = (await find(`q=${q}`)).items as Json[]
    return items.length === 3 && items
  })
  assert.match(hits[0].text, /第3次/)
  const page = await find(`q=${q}&limit=2`)
  assert.equal(page.items.length, 2)
  assert.deepEqual(((await find(`q=${q}&limit=2&cursor=${page.next}`)).items as Json[]).map((h) => h.message_id), [hits[2].message_id])
  assert.deepEqual((await find(`q=${encodeURIComponent('？！')}`)).items, [])
  assert.equal((await demo.desk.raw('GET', `/api/messages?q=${q}&cursor=x`)).status, 400)
  assert.equal((await demo.desk.raw('GET', '/api/messages')).status, 400)
})

test('a person: her name and note', async () => {
  const path = `/api/people/${thread.person_id}`
  await demo.desk.call('PUT', path, { name: '王小姐', note: '喜欢浅色' })
  const person = await demo.desk.get(path)
  assert.equal(person.name, '王小姐')
  assert.equal(person.note, '喜欢浅色')
  await until('her cases are of her own orders, once these have been read', async () => {
    const [cases, orders]: Json[][] = [(await demo.desk.get(`${path}/cases`)).items, (await demo.desk.get(`${path}/orders`)).items]
    return cases.every((c) => orders.some((o) => o.remote_id === c.order_remote_id))
  })
  assert.equal((await demo.desk.raw('DELETE', '/api/links/12')).status, 404)
})

test('orders: one with its lines, by number, tail and title', async () => {
  const list = await until('orders', async () => {
    const items = (await demo.desk.get('/api/orders?limit=5')).items as Json[]
    return items.length === 5 && items
  })
  const order = await demo.desk.get(`/api/orders/${list[0].order_id}`)
  assert.ok(order.lines.length >= 1 && order.lines[0].title)
  for (const q of [order.remote_id, order.remote_id.slice(-6), order.title.slice(0, 4)])
    assert.ok(((await demo.desk.get(`/api/orders?limit=100&q=${encodeURIComponent(q)}`)).items as Json[]).some((o) => o.order_id === order.order_id), q)
})

test('accounts: margins and the welcome words', async () => {
  const margins = (await demo.desk.get('/api/margins')).items as Json[]
  assert.deepEqual([...new Set(margins.map((m) => m.channel))], ['kf', 'shop', 'mp'])
  assert.deepEqual(margins.filter((m) => m.account_id === null).map((m) => [m.channel, m.margin_s, m.last_callback_at]), [['mp', 15, 0]])
  const account = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')!
  await demo.desk.call('PUT', `/api/accounts/${account.account_id}/welcome`, { text: '欢迎光临' })
  assert.equal((await demo.desk.get(`/api/accounts/${account.account_id}/welcome`)).text, '欢迎光临')
})

test('what a person repairs is there, and leaves its mark in the audit log', async () => {
  assert.equal((await demo.desk.raw('POST', '/api/failures/1/1/replay', {})).status, 404)
  assert.deepEqual((await demo.desk.get('/api/jobs/dead')).items, [])
  assert.equal((await demo.desk.raw('POST', '/api/jobs/12/retry', {})).status, 404)
  assert.equal((await demo.desk.raw('DELETE', '/api/jobs/12')).status, 404)
  const acts = ((await demo.desk.get('/api/audit?limit=100')).items as Json[]).map((a) => a.act)
  for (const act of ['inbox.close', 'inbox.assign']) assert.ok(acts.includes(act), `${act} in ${acts}`)
  assert.ok(acts.some((a) => a.startsWith('staff.')))
})

test('the demo: a live broadcast, and the plug', async () => {
  assert.ok((await demo.desk.post('/api/demo/live')).text)
  await until('it runs', async () => (await demo.desk.get('/api/demo/state')).live?.running)
  await demo.sim.post('/sim/live/stop')
  // Killed before it could answer is a power cut, too.
  await demo.desk.call('POST', '/api/demo/plug', {}).catch((e) => assert.ok(e instanceof TypeError, `${e}`))
  const plug = await until('the report', async () => (await demo.desk.get('/api/demo/state')).plug ?? undefined, 30000)
  assert.ok(plug.back_after_ms > 0 && plug.back_after_ms < 5000, `${plug.back_after_ms} ms`)
  await until('nothing is lost', async () => (await demo.desk.get('/api/demo/state')).plug.lost === 0, 30000)
})
