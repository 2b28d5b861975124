/* Customers' groups: read with the history, kept in step by callbacks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until, type Json } from '../support/demo.ts'
import { connectAll, startFresh, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
let chat: Json
let people: Json[]
before(async () => {
  fresh = await startFresh()
  chat = await fresh.sim.post('/sim/wecom/group', { userid: 'linxia', name: '老客户 VIP 群' })
  people = (await fresh.sim.get('/sim/customers?limit=5')).items
  for (const p of people.slice(0, 3)) await fresh.sim.post('/sim/wecom/group/join', { chat_id: chat.chat_id, customer: p.external_userid })
  await connectAll(fresh)
}, { timeout: 120000 })
after(async () => fresh?.stop())

const groups = async (q = '') => (await fresh.desk.get(`/api/groups?q=${encodeURIComponent(q)}`)).items as Json[]

test('those from before are read', async () => {
  const found = await until('the group is here', async () => (await groups()).find((g) => g.chat_id === chat.chat_id && g.customers === 3))
  assert.equal(found.name, '老客户 VIP 群')
  assert.equal(found.owner, 'linxia')
  assert.ok(found.members >= 4 && found.created_at > 0)
  assert.equal((await groups('vip')).length, 1)
  assert.equal((await groups('没有的群')).length, 0)
  assert.equal((await fresh.desk.raw('GET', '/api/groups?cursor=broken')).status, 400)
  const reader = ((await fresh.desk.get('/api/backfill')).items as Json[]).find((r) => r.what === 'groups')
  assert.ok(reader)
})

test('who joins and who leaves is told by callbacks; a dismissed one is out of the list', async () => {
  await fresh.sim.post('/sim/wecom/group/join', { chat_id: chat.chat_id, customer: people[3].external_userid })
  await until('four customers', async () => (await groups())[0].customers === 4)
  await fresh.sim.post('/sim/wecom/group/quit', { chat_id: chat.chat_id, customer: people[0].external_userid })
  await until('three again', async () => (await groups())[0].customers === 3)
  await fresh.sim.post('/sim/wecom/group/change', { chat_id: chat.chat_id, name: '新老客户群' })
  await until('another name', async () => (await groups())[0].name === '新老客户群')
  await fresh.sim.post('/sim/wecom/group/change', { chat_id: chat.chat_id, dismiss: 1 })
  await until('it is gone', async () => (await groups()).length === 0)
})
