/* The main job: she writes, her order is beside the chat, her refund is agreed. What can be said in plain words is in the *.scn beside. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { messages, startDemo, threadWith, unique, until, type Demo, type Json } from '../support/demo.ts'

let demo: Demo
before(async () => {
  demo = await startDemo()
})
after(async () => demo?.stop())

const customers = async (n = 50): Promise<Json[]> => (await demo.sim.get(`/sim/customers?limit=${n}`)).items
const received = async (customer: string): Promise<Json[]> => (await demo.sim.get(`/sim/received?customer=${customer}`)).items
const kfid = async () => (await demo.desk.get('/api/accounts')).items.find((a: Json) => a.kind === 'kf').remote_id as string
const shop = async () => (await demo.desk.get('/api/accounts')).items.find((a: Json) => a.kind === 'shop').remote_id as string
const say = async (c: Json, text: string) =>
  demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: await kfid(), msgtype: 'text', text })
const openid = async (c: Json) => c.openids[await shop()] as string
const order = async (c: Json) => (await demo.sim.post('/sim/order', { appid: await shop(), openid: await openid(c), pay: true })).order_id as string
const ordersOf = async (person: string): Promise<Json[]> => (await demo.desk.get(`/api/people/${person}/orders`)).items
const reply = (thread: string, text: string, client_id = unique('c')) =>
  demo.desk.post(`/api/threads/${thread}/messages`, { client_id, text })

test('the demo is a living desk: customers wait, there is a history of orders and cases', async () => {
  const waiting = await until('customers wait', async () => {
    const items = (await demo.desk.get('/api/threads?view=waiting')).items as Json[]
    return items.length >= 3 && items
  })
  assert.ok(waiting.every((t) => t.waiting_since > 0))
  await until('a month of orders', async () => ((await demo.desk.get('/api/orders?limit=100')).items as Json[]).length >= 50, 60000)
  await until('cases', async () => ((await demo.desk.get('/api/cases?state=all')).items as Json[]).length >= 5, 60000)
})

test('a 微信客服 message reaches the desk once, though every callback is delivered twice', async () => {
  await demo.sim.set('duplicate', true)
  const c = (await customers())[0]
  const text = unique('请问什么时候发货 ')
  await say(c, text)
  const thread = await threadWith(demo.desk, text)
  await until('applied', async () => (await fetch(demo.console + '/dev/idle')).json().then((j: any) => j.idle))
  const mine = (await messages(demo.desk, thread.thread_id)).filter((m) => m.text === text)
  assert.equal(mine.length, 1)
  assert.equal(mine[0].direction, 'in')
  await demo.sim.set('duplicate', false)
})

test('a reply posted twice reaches her exactly once; the same client id with other words is refused', async () => {
  const c = (await customers())[1]
  const text = unique('有货吗 ')
  await say(c, text)
  const thread = await threadWith(demo.desk, text)
  const id = unique('c')
  const answer = unique('有的，今天发出 ')
  const [a, b] = await Promise.all([reply(thread.thread_id, answer, id), reply(thread.thread_id, answer, id)])
  assert.equal(a.message_id, b.message_id)
  await until('sent', async () => (await messages(demo.desk, thread.thread_id)).find((m) => m.message_id === a.message_id)?.state === 'sent')
  assert.equal((await received(c.external_userid)).filter((m) => m.text === answer).length, 1)
  const other = await demo.desk.raw('POST', `/api/threads/${thread.thread_id}/messages`, { client_id: id, text: 'something else' })
  assert.equal(other.status, 422)
  assert.equal(((await other.json()) as Json).code, 'inbox.reused')
})

test('an order number in her text puts her order beside the chat, with its evidence; undone it is gone', async () => {
  const c = (await customers())[4]
  const number = await order(c)
  const text = `我的订单 ${number} 到哪了`
  await say(c, text)
  const thread = await threadWith(demo.desk, number)
  const orders = await until('her order', async () => {
    const fresh = await demo.desk.get(`/api/threads/${thread.thread_id}`)
    const list = await ordersOf(fresh.person_id)
    return list.some((o) => o.remote_id === number) && list
  })
  const truth = new Set(((await demo.sim.get(`/sim/customers?q=${c.external_userid}`)).items[0].orders as Json[]).map((o) => o.order_id))
  for (const o of orders) assert.ok(truth.has(o.remote_id), `${o.remote_id} is hers`)
  const person = await demo.desk.get(`/api/people/${(await demo.desk.get(`/api/threads/${thread.thread_id}`)).person_id}`)
  const link = (person.links as Json[]).find((l) => l.evidence === 'order_number' && !l.undone_at)!
  assert.ok(link, 'the link shows its evidence')
  await demo.desk.call('DELETE', `/api/links/${link.link_id}`)
  const after = await demo.desk.get(`/api/threads/${thread.thread_id}`)
  assert.equal((await ordersOf(after.person_id)).length, 0)
})

test('whoever names no order is not linked; an agent links her by hand', async () => {
  const c = (await customers())[5]
  const number = await order(c)
  const text = unique('我想问下尺码 ')
  await say(c, text)
  const thread = await threadWith(demo.desk, text)
  assert.equal((await ordersOf(thread.person_id)).length, 0)
  const found = await until('the order can be searched', async () => {
    const list = (await demo.desk.get(`/api/orders?q=${number}`)).items as Json[]
    return list.length === 1 && list[0]
  })
  await demo.desk.post(`/api/threads/${thread.thread_id}/links`, { order_id: found.order_id })
  const linked = await demo.desk.get(`/api/threads/${thread.thread_id}`)
  assert.ok((await ordersOf(linked.person_id)).some((o) => o.remote_id === number))
})

const caseOf = (remote: string) =>
  until('the case', async () => ((await demo.desk.get('/api/cases?state=all&limit=100')).items as Json[]).find((k) => k.remote_id === remote))
const simCase = async (id: string): Promise<Json> => demo.sim.get(`/sim/aftersale/${id}`)

test('a refund agreed on the desk refunds at the platform, once', async () => {
  const c = (await customers())[7]
  const number = await order(c)
  const id = (await demo.sim.post('/sim/aftersale', { order_id: number, type: 'REFUND', reason: '不想要了' })).after_sale_order_id
  const found = await caseOf(id)
  assert.ok(found.can_approve)
  const answers = await Promise.all(
    [1, 2, 3].map(() => demo.desk.raw('POST', `/api/cases/${found.case_id}/approve`, { version: found.version })),
  )
  assert.equal(answers.filter((a) => a.status === 200).length, 1, 'three clicks agree once')
  await until('refunded', async () => (await demo.desk.get(`/api/cases/${found.case_id}`)).status === 'MERCHANT_REFUND_SUCCESS')
  assert.equal((await simCase(id)).accepts, 1)
  const seen = await demo.desk.get(`/api/cases/${found.case_id}`)
  assert.ok(seen.moves.length >= 2 && seen.moves.every((m: Json) => m.at > 0 && m.cause))
  await until('the order says so', async () => ((await demo.desk.get(`/api/orders?q=${number}`)).items as Json[])[0]?.status === 200)
})

test('a return needs an address of the shop; with it she is asked to send the parcel', async () => {
  const c = (await customers())[8]
  const number = await order(c)
  await demo.sim.post(`/sim/order/${number}/ship`)
  const id = (await demo.sim.post('/sim/aftersale', { order_id: number, type: 'RETURN', reason: '尺码不合适' })).after_sale_order_id
  const found = await caseOf(id)
  assert.ok(found.needs_address)
  const none = await demo.desk.raw('POST', `/api/cases/${found.case_id}/approve`, { version: found.version })
  assert.equal(none.status, 422)
  assert.equal(((await none.json()) as Json).code, 'aftersales.address')
  const options = await until('addresses', async () => {
    const o = await demo.desk.get(`/api/cases/${found.case_id}/options`)
    return o.addresses.length > 0 && o
  })
  await demo.desk.post(`/api/cases/${found.case_id}/approve`, { version: found.version, address_id: options.addresses[0].address_id })
  await until('she may send it', async () => (await demo.desk.get(`/api/cases/${found.case_id}`)).status === 'USER_WAIT_RETURN')
  assert.equal((await simCase(id)).address_id, options.addresses[0].address_id)
})

test('a refusal takes a reason of the platform; "negotiate first" is told as the next step', async () => {
  const c = (await customers())[9]
  const number = await order(c)
  await demo.sim.post(`/sim/order/${number}/ship`)
  const id = (await demo.sim.post('/sim/aftersale', { order_id: number, type: 'REFUND', reason: '不想要了' })).after_sale_order_id
  const found = await caseOf(id)
  const options = await until('reasons', async () => {
    const o = await demo.desk.get(`/api/cases/${found.case_id}/options`)
    return o.reasons.length > 0 && o
  })
  const wrong = await demo.desk.raw('POST', `/api/cases/${found.case_id}/reject`, { version: found.version, reason_type: 987654 })
  assert.equal(wrong.status, 422)
  await demo.sim.set('negotiate_first', true)
  await demo.desk.post(`/api/cases/${found.case_id}/reject`, { version: found.version, reason_type: options.reasons[0].reason_type })
  const refused = await until('the platform says no', async () => {
    const k = await demo.desk.get(`/api/cases/${found.case_id}`)
    return k.decision === 'refused' && k
  })
  assert.match(refused.decision_note, /协商/)
  await demo.sim.set('negotiate_first', false)
  await demo.desk.post(`/api/cases/${found.case_id}/reject`, { version: refused.version, reason_type: options.reasons[0].reason_type })
  await until('refused', async () => (await demo.desk.get(`/api/cases/${found.case_id}`)).status === 'MERCHANT_REJECT_REFUND')
})

test('what no callback told is found by polling and counted', async () => {
  await demo.sim.set('drop', 100)
  const c = (await customers())[12]
  const text = unique('催一下 ')
  await say(c, text)
  const number = await order(c)
  await new Promise((done) => setTimeout(done, 300))
  await demo.sim.set('drop', 0)
  await fetch(`${demo.console}/dev/clock?push_ms=600000`, { method: 'POST' })
  await threadWith(demo.desk, text, 30000)
  await until('the order', async () => ((await demo.desk.get(`/api/orders?q=${number}`)).items as Json[]).length === 1, 30000)
  // Only now: what falls due at the platform would bring callbacks, and those bring what waits.
  await demo.sim.post('/sim/clock', { push_ms: 600000 })
  const health = await demo.desk.get('/api/health-page')
  assert.ok((health.found_by_polling as Json[]).reduce((n, f) => n + f.count, 0) >= 2)
})

test('read-only: no write call leaves, and the agent is told', async () => {
  const corp = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'wecom')!
  const c = (await customers())[13]
  const text = unique('还有吗 ')
  await say(c, text)
  const thread = await threadWith(demo.desk, text)
  await demo.desk.call('PUT', `/api/accounts/${corp.account_id}`, { read_only: true })
  const refused = await demo.desk.raw('POST', `/api/threads/${thread.thread_id}/messages`, { client_id: unique('c'), text: '有' })
  assert.equal(refused.status, 409)
  assert.equal(((await refused.json()) as Json).code, 'inbox.read_only')
  await demo.desk.call('PUT', `/api/accounts/${corp.account_id}`, { read_only: false })
})
