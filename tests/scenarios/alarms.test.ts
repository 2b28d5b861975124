/* Alarms outside the browser: a customer waits, the shop's balance runs low; the people chosen get a WeCom message, few of them, and one more when it is over. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until, type Json } from '../support/demo.ts'
import { connectAll, startFresh, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
let corp: string
let people: Json[]
before(async () => {
  fresh = await startFresh()
  await connectAll(fresh)
  corp = ((await fresh.desk.get('/api/connect')).items as Json[]).find((c) => c.kind === 'wecom')!.account_id
  people = (await fresh.sim.get('/sim/customers?limit=40')).items
  await until('the members are there', async () => ((await fresh.desk.get('/api/directory')).items as Json[]).some((m) => m.userid === 'linxia'))
  await idle() // what connecting said has become conversations
  await calm()
}, { timeout: 120000 })
after(async () => fresh?.stop())

const page = () => fresh.desk.get('/api/alarms')
const idle = () => until('nothing is left to do', async () => (await fresh.desk.get('/dev/idle')).idle)
const push = (ms: number) => fresh.desk.call('POST', `/dev/clock?push_ms=${ms}`)
/** Nobody waits: what connecting left in the inbox is answered by closing it. */
async function calm() {
  for (const t of (await fresh.desk.get('/api/threads?view=waiting&limit=100')).items as Json[]) await fresh.desk.call('POST', `/api/threads/${t.thread_id}/close`)
}
const tell = (userid: string, kinds = 'waiting', body: Json = {}) => fresh.desk.raw('PUT', '/api/alarms/recipients', { account_id: corp, userid, kinds, quiet_from: 0, quiet_to: 0, ...body })
const code = async (reply: Response) => `${reply.status} ${((await reply.json()) as Json).code}`
/** What reached a member, by the simulator's ledger; the words are those of the requests. */
async function arrived(): Promise<string[]> {
  const n = ((await fresh.sim.get('/sim/ledger?limit=1000&what=app_received')).items as Json[]).length
  const sent: Json[] = []
  for (let since = 0, more = true; more; ) {
    const part = await fresh.sim.get(`/sim/log?limit=1000&since=${since}`)
    sent.push(...(part.items as Json[]).filter((l) => l.path === '/cgi-bin/message/send' && l.errcode === 0))
    since = part.next
    more = part.more
  }
  assert.equal(sent.length, n)
  return sent.map((l) => JSON.parse(l.request).text.content as string)
}
const say = (customer: Json, text: string) => fresh.sim.post('/sim/say', { customer: customer.external_userid, open_kfid: fresh.world.kf[0].open_kfid, msgtype: 'text', text })
const waiting = async () => ((await fresh.desk.get('/api/threads?view=waiting&limit=100')).items as Json[])

test('who cannot be told is said at once; a read-only corp sends nothing', async () => {
  assert.equal(await code(await tell('nobody')), '422 alarms.member')
  assert.equal(await code(await tell('xiaobai')), '422 alarms.member') // never signed in to WeCom
  assert.equal(await code(await tell('linxia', 'birthdays')), '404 alarms.none')
  assert.equal((await tell('linxia', 'waiting', { quiet_from: 1440 })).status, 400)
  assert.equal((await tell('linxia')).status, 204)
  const test = () => fresh.desk.raw('POST', '/api/alarms/test', { account_id: corp, userid: 'linxia' })
  assert.equal(await code(await test()), '422 alarms.agent')
  await fresh.desk.call('PUT', `/api/connect/${corp}/agent`, { agent_id: fresh.world.corp.agent_id })
  assert.equal(await code(await test()), '409 alarms.read_only')
  await fresh.desk.call('PUT', `/api/accounts/${corp}`, { read_only: false })
  assert.equal((await test()).status, 202)
  await until('the test message has arrived', async () => (await arrived()).some((t) => t.includes('测试消息')))
  await until('and the page says so', async () => ((await page()).messages as Json[])[0].state === 'sent')
})

test('the rules have bounds', async () => {
  const set = (kind: string, body: Json) => fresh.desk.raw('PUT', `/api/alarms/rules/${kind}`, body)
  assert.equal(await code(await set('waiting', { enabled: true, threshold: 5 })), '422 alarms.threshold')
  assert.equal(await code(await set('nothing', { enabled: true, threshold: 5 })), '404 alarms.none')
  assert.equal((await set('waiting', { enabled: true, threshold: 60 })).status, 204)
  assert.equal(((await page()).rules as Json[]).find((r) => r.kind === 'waiting')!.threshold, 60)
})

test('thirty customers wait: one message; when all are answered, one more', async () => {
  const before = (await arrived()).length
  for (const p of people.slice(0, 30)) await say(p, '在吗')
  await until('all thirty wait', async () => (await waiting()).length === 30)
  await push(61000)
  await until('he was told', async () => (await arrived()).length > before)
  for (let i = 0; i < 6; i++) {
    await push(15000)
    await idle()
  }
  const told = (await arrived()).slice(before)
  assert.equal(told.length, 1, told.join('\n'))
  assert.match(told[0], /30 位客户等待超过 1 分 0 秒/)
  const on = ((await page()).alarms as Json[]).filter((a) => !a.over_at)
  assert.deepEqual(on.map((a) => [a.kind, a.count]), [['waiting', 30]])
  await calm()
  for (let i = 0; i < 6; i++) {
    await push(15000)
    await idle()
  }
  await until('he was told that it is over', async () => (await arrived()).length === before + 2)
  assert.match((await arrived())[before + 1], /已恢复/)
  assert.equal(((await page()).alarms as Json[]).filter((a) => !a.over_at).length, 0)
})

test('what the doctor finds is told, too: the shop\'s balance', async () => {
  const before = (await arrived()).length
  assert.equal((await tell('linxia', 'balance')).status, 204)
  await fresh.fault('balance-low', true)
  await fresh.desk.call('POST', '/api/doctor')
  await until('the doctor has seen it', async () => ((await fresh.desk.get('/api/doctor')).checks as Json[]).some((c) => c.name === 'shops.balance' && c.level === 'warn'))
  await push(15000)
  await until('he was told', async () => (await arrived()).length > before)
  assert.match((await arrived()).slice(before).join(), /清禾女装：/)
  await fresh.fault('balance-low', false)
})

test('a refusal of the platform is told with its reason', async () => {
  await fresh.page('wecom/visible', { userids: ['zhoumo'] })
  assert.equal((await fresh.desk.raw('POST', '/api/alarms/test', { account_id: corp, userid: 'linxia' })).status, 202)
  const failed = await until('it failed', async () => ((await page()).messages as Json[]).find((m) => m.state === 'failed'))
  assert.match(failed.why, /可见范围/)
})

test('told no more', async () => {
  assert.equal((await fresh.desk.raw('DELETE', `/api/alarms/recipients/${corp}/linxia`)).status, 204)
  assert.equal(await code(await fresh.desk.raw('DELETE', `/api/alarms/recipients/${corp}/linxia`)), '404 alarms.none')
  assert.deepEqual((await page()).recipients, [])
  const acts = ((await fresh.desk.get('/api/audit?limit=100')).items as Json[]).map((a) => a.act)
  for (const act of ['alarms.tell', 'alarms.rule', 'alarms.test', 'alarms.tell_no_more']) assert.ok(acts.includes(act), act)
})
