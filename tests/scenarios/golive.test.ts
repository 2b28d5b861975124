/* Going live with in-shop 客服: rehearsed with the merchant's own people, each step proven, silence told, and back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until, type Json } from '../support/demo.ts'
import { connectAll, PASSWORD, startFresh, USER, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
let shop: string
before(async () => {
  fresh = await startFresh()
  await connectAll(fresh)
  shop = ((await fresh.desk.get('/api/connect')).items as Json[]).find((c) => c.kind === 'shop')!.account_id
  for (const [login, name] of [['linxia', '林夏'], ['xiaohe', '小禾']]) await fresh.desk.call('POST', '/api/staff', { login, name, role: 'agent', password: 'eight-chars' })
}, { timeout: 120000 })
after(async () => fresh?.stop())

const page = () => fresh.desk.get('/api/golive')
const one = async () => ((await page()).items as Json[]).find((s) => s.account_id === shop)!
const step = (name: string, body: Json = {}) => fresh.desk.raw('POST', `/api/golive/${shop}/${name}`, body)
const code = async (reply: Response) => `${reply.status} ${((await reply.json()) as Json).code}`

test('no step can be left out', async () => {
  assert.equal((await one()).state, 'none')
  for (const name of ['switch', 'test', 'back']) assert.equal(await code(await step(name)), '409 golive.order')
  assert.equal(await code(await step('accept', { keys: [] })), '409 golive.order')
  assert.equal(await code(await step('live', { silent_minutes: 60 })), '409 golive.order')
  assert.equal((await step('live', { silent_minutes: 1 })).status, 400)
  assert.equal(await code(await fresh.desk.raw('POST', '/api/golive/12345/switch', {})), '404 golive.none')
})

test('a rehearsal by the button, with the merchant\'s own people; the shop hears nothing of it', async () => {
  const pushes = (await fresh.sim.get('/sim/state')).counts
  assert.equal((await step('rehearse', { consults: 12 })).status, 202)
  assert.equal(await code(await step('rehearse', { consults: 12 })), '409 golive.busy')
  assert.equal(await code(await fresh.desk.raw('POST', '/api/golive/12345/rehearse', {})), '404 golive.none')
  const done = await until('it is over', async () => ((await one()).rehearsed_at > 0 ? one() : undefined), 60000)
  const report = done.report as Json
  assert.equal(report.why, null, JSON.stringify(report))
  assert.equal(done.state, 'rehearsed')
  assert.deepEqual([report.consults, report.arrived, report.answered, report.received, report.twice], [12, 12, 12, 12, 0])
  assert.deepEqual((report.people as Json[]).map((p) => p.name).sort(), ['boss', '小禾', '林夏'])
  assert.ok((report.people as Json[]).every((p) => p.answered === 4))
  assert.equal(report.refused[0].code, 'inbox.budget')
  assert.deepEqual((await fresh.sim.get('/sim/state')).counts, pushes)
})

test('the same at the terminal; wrong usage is told', async () => {
  const { status, out, err } = await fresh.run(['rehearse', '--consults', '2', '--json'])
  assert.equal(status, 0, err + out)
  assert.equal(JSON.parse(out).received, 2)
  assert.equal((await fresh.run(['rehearse', '--consults', '1'])).status, 2)
  assert.equal((await fresh.run(['rehearse', '--shop', '99'])).status, 2)
  assert.equal((await fresh.run(['rehearse', 'now'])).status, 2)
})

test('every function that stops is ticked, or nothing goes on', async () => {
  const stops = (await page()).stops as Json[]
  assert.equal(stops.length, 7)
  assert.ok(stops.some((s) => !s.confirmed) && stops.every((s) => s.source))
  const keys = stops.map((s) => s.key)
  assert.equal(await code(await step('accept', { keys: keys.slice(1) })), '422 golive.ticks')
  assert.equal((await step('accept', { keys })).status, 204)
})

test('the switch ends read-only; a consult and a person\'s answer prove it', async () => {
  assert.equal((await one()).read_only, true)
  assert.equal((await step('switch')).status, 204)
  assert.equal((await one()).read_only, false)
  assert.equal(await code(await step('test')), '409 golive.consult')
  const buyer = (await fresh.sim.post('/sim/customers', { name: '试试' })).items[0] as Json
  await new Promise((done) => setTimeout(done, 1100)) // the platform tells seconds
  await fresh.sim.post('/sim/shop/say', { customer: buyer.external_userid, appid: fresh.world.shops[0].appid, msg_type: 'text', text: '有人吗' })
  await until('it is here', async () => (await one()).heard_at > 0)
  assert.equal(await code(await step('test')), '409 golive.answer')
  assert.equal(await code(await step('live', { silent_minutes: 60 })), '409 golive.order')
  const thread = await until('she waits', async () => ((await fresh.desk.get('/api/threads?view=waiting&limit=100')).items as Json[]).find((t) => t.channel === 'shop' && t.last_text === '有人吗'))
  await fresh.desk.call('POST', `/api/threads/${thread.thread_id}/messages`, { client_id: 'golive-1', kind: 'text', text: '在的' })
  await until('the platform has taken the answer', async () => (await one()).answered_at > 0)
  assert.equal((await step('test')).status, 204)
  assert.equal((await step('live', { silent_minutes: 60 })).status, 204)
  const now = await one()
  assert.equal(now.state, 'live')
  assert.equal(now.days.length, 1)
  assert.equal(now.days[0].theirs, -1)
})

test('the console\'s figure stands beside ours', async () => {
  const day = (await one()).days[0].day as number
  const put = (d: number, theirs: number) => fresh.desk.raw('PUT', `/api/golive/${shop}/days/${d}`, { theirs })
  assert.equal((await put(day, 9850)).status, 204)
  assert.equal(await code(await put(day - 1, 9850)), '422 golive.day')
  assert.equal((await put(day, 10001)).status, 400)
  assert.equal((await one()).days[0].theirs, 9850)
})

test('a live shop that is silent is a finding of the doctor', async () => {
  const silent = async () => ((await fresh.desk.get('/api/doctor')).checks as Json[]).find((c) => c.name === 'golive.silent' && c.account_id === shop)
  await fresh.desk.call('POST', '/api/doctor')
  await until('all is well', async () => (await silent())?.level === 'ok')
  await fresh.desk.call('POST', `/dev/clock?push_ms=${26 * 3600 * 1000}`) // over a whole business day, and out of the session
  await fresh.desk.login(USER, PASSWORD)
  await fresh.desk.call('POST', '/api/doctor')
  const found = await until('it calls', async () => ((await silent())?.level === 'fail' ? silent() : undefined))
  assert.match(found!.zh, /没有收到店内咨询/)
})

test('back, at any time; then everything is proven again', async () => {
  assert.equal((await step('back', { why: '试运行结束' })).status, 204)
  assert.equal((await one()).state, 'back')
  assert.equal(await code(await step('switch')), '409 golive.order')
  const acts = ((await fresh.desk.get('/api/audit?limit=200')).items as Json[]).map((a) => a.act)
  for (const act of ['golive.rehearsed', 'golive.accepted', 'golive.switched', 'golive.tested', 'golive.live', 'golive.theirs', 'golive.back']) assert.ok(acts.includes(act), act)
})
