/* The packaged programs: killed and started again on the same listening socket while customers write. The simulator counts
 * how often it had to come for each callback. ZHANGGUI_BUILD names the folder of the programs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDemo, threadWith, unique, until, type Json } from '../support/demo.ts'

const MESSAGES = 60
const RESTARTS = 3

test('restarts while customers write: nobody gives up, every message is in the desk', { timeout: 120000 }, async () => {
  const demo = await startDemo()
  try {
    const customers = (await demo.sim.get('/sim/customers?limit=20')).items as Json[]
    const open_kfid = (await demo.desk.get('/api/accounts')).items.find((a: Json) => a.kind === 'kf').remote_id
    const before = (await demo.sim.get('/sim/state')).pushes as Json
    const texts: string[] = []
    for (let i = 0; i < MESSAGES; i++) {
      const text = unique('还在吗')
      texts.push(text)
      await demo.sim.post('/sim/say', { customer: customers[i % customers.length].external_userid, open_kfid, msgtype: 'text', text })
      if (i % (MESSAGES / RESTARTS) === 10) await demo.desk.post('/api/demo/plug')
    }
    await until('every push is settled', async () => (await demo.sim.get('/sim/state')).pushes.open === 0, 60000)
    const pushes = (await demo.sim.get('/sim/state')).pushes
    assert.equal(pushes.gave_up, 0, JSON.stringify(pushes))
    for (const text of texts.slice(-customers.length)) await threadWith(demo.desk, text)
    const acked = pushes.acked - before.acked
    console.log(`restarts ${RESTARTS}, callbacks acknowledged ${acked}, tries that had to be repeated ${pushes.failed - before.failed}`)
    assert.ok(acked >= MESSAGES, JSON.stringify({ before, pushes }))
  } finally {
    await demo.stop()
  }
})
