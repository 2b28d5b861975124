/* One seed tells one story: the simulator's ledger, byte for byte, when nobody but a scripted peer is there. (With the server
 * attached: plays.test.ts.) */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { createDecipheriv, createHash } from 'node:crypto'
import { test } from 'node:test'
import { Sim, root, until, type Json } from '../support/demo.ts'

const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui-sim')

/** A peer that echoes the URL check, and refuses every seventh push. */
async function peer(aesKey: string) {
  let pushes = 0
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://peer')
    const echo = url.searchParams.get('echostr')
    req.resume().on('end', () => {
      if (echo && url.pathname === '/corp') {
        const key = Buffer.from(aesKey + '=', 'base64')
        const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
        const plain = Buffer.concat([decipher.update(Buffer.from(echo, 'base64')), decipher.final()])
        res.end(plain.subarray(20, 20 + plain.readUInt32BE(16)))
      } else if (echo) res.end(echo)
      else {
        res.statusCode = ++pushes % 7 ? 200 : 503
        res.end('success')
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close(), pushes: () => pushes }
}

/** The same deeds each time; the whole ledger as the admin API gives it. */
async function tell(seed: string): Promise<{ ledger: string; pushes: number }> {
  const child = spawn(program, ['--listen', '127.0.0.1:0', '--seed', seed, '--customers', '60', '--clock', 'manual'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (d) => (out += d))
  const ready: Json = await until('the simulator is ready', () => (out.includes('\n') ? JSON.parse(out) : undefined), 60000)
  const sim = new Sim(ready.url)
  const ear = await peer(ready.corp.aes_key)
  await sim.post('/sim/callback', { kind: 'wecom', id: ready.corp.corp_id, url: `${ear.url}/corp` })
  for (const shop of ready.shops) await sim.post('/sim/callback', { kind: 'shop', id: shop.appid, url: `${ear.url}/shop` })
  const people: Json[] = (await sim.get('/sim/customers?limit=20')).items
  for (const p of people) {
    await sim.post('/sim/say', { customer: p.external_userid, msgtype: 'text', text: '在吗' })
    const order = (await sim.post('/sim/order', { customer: p.external_userid, pay: true })).order_id
    await sim.post('/sim/aftersale', { order_id: order, type: 'REFUND' })
  }
  await sim.set('duplicate', 1)
  await sim.post('/sim/live', { orders: 60, chats: 20, seconds: 30 })
  await sim.post('/sim/clock', { push_ms: 6 * 3600 * 1000 })
  let ledger = ''
  for (let since = 0; ; ) {
    const page = await (await fetch(`${ready.url}/sim/ledger?since=${since}&limit=1000`)).text()
    ledger += page
    const { next, more } = JSON.parse(page)
    if (!more) break
    since = next
  }
  const state = await sim.get('/sim/state')
  assert.equal(state.pushes.in_air, 0)
  child.kill('SIGTERM')
  ear.stop()
  return { ledger, pushes: ear.pushes() }
}

test('the simulator alone, manual clock, a scripted peer: the same seed gives the same bytes, another seed others', async () => {
  const [first, second, other] = [await tell('5'), await tell('5'), await tell('6')]
  assert.ok(first.pushes > 200, `${first.pushes} pushes`)
  assert.ok(first.ledger.includes('"nack"') && first.ledger.includes('"ack"'))
  const digest = (s: string) => createHash('sha256').update(s).digest('hex')
  if (first.ledger !== second.ledger) {
    const [a, b] = [first.ledger.split('},{'), second.ledger.split('},{')]
    const at = a.findIndex((row, i) => row !== b[i])
    assert.fail(`row ${at} of ${a.length}: ${a[at]} / ${b[at]}`)
  }
  assert.notEqual(digest(first.ledger), digest(other.ledger))
})
