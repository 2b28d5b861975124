/* A customer asks what is held of her, and to be forgotten: by the command line, beside the running server. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { root, startDemo, threadWith, unique, until, type Demo, type Json } from '../support/demo.ts'

let demo: Demo
let folder: string
before(async () => {
  demo = await startDemo()
  folder = mkdtempSync(join(tmpdir(), 'zhanggui-rights-'))
}, { timeout: 120000 })
after(async () => {
  await demo?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** What the command said; throws with its words when it refuses. */
function zhanggui(...args: string[]): string {
  const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui')
  return execFileSync(program, [...args, '--data', demo.data, '--db', demo.database, '--log-level', 'warn'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' },
  })
}
const refused = (...args: string[]): string => {
  try {
    zhanggui(...args)
  } catch (e) {
    assert.notEqual((e as Json).status, 0)
    return (e as Json).stderr
  }
  throw new Error(`not refused: ${args.join(' ')}`)
}

/** Every file below a folder, as one text. */
function everything(dir: string): string {
  return readdirSync(dir)
    .map((name) => join(dir, name))
    .map((path) => (statSync(path).isDirectory() ? everything(path) : readFileSync(path, 'utf8')))
    .join('\n')
}

test('export and erase: all of hers, nothing of others, the order stays for the books', { timeout: 90000 }, async () => {
  const { desk, sim } = demo
  // A list of history that is just being read would tell of her again.
  await until('history is read', async () => ((await desk.get('/api/backfill')).items as Json[]).every((r) => r.state === 'ready' && r.done_at > 0), 60000)
  const customers = (await sim.get('/sim/customers?limit=50')).items as Json[]
  const her = customers.find((c) => c.orders?.length) ?? customers[0]
  const other = customers.find((c) => c.external_userid !== her.external_userid)!
  const kf = (await desk.get('/api/accounts')).items.find((a: Json) => a.kind === 'kf').remote_id as string
  const [secret, his] = [unique('我的秘密'), unique('别人的话')]
  const say = (c: Json, text: string) => sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  await say(her, secret)
  await say(other, his)
  const thread = await threadWith(desk, secret)
  await threadWith(desk, his)
  await until('it can be found', async () => (await desk.get(`/api/messages?q=${encodeURIComponent(secret)}`)).items.length === 1)
  const person = thread.person_id ?? thread.person?.person_id
  await desk.call('PUT', `/api/people/${person}`, { name: unique('备注名'), note: '怕晒' })

  const ids = ((await desk.get(`/api/people/${person}`)).identities as Json[]).map((i) => i.remote_id as string)
  assert.ok(ids.includes(her.external_userid))

  const hers = join(folder, 'hers')
  zhanggui('export', '--person', her.external_userid, hers)
  const read = everything(hers)
  assert.ok(read.includes(secret) && read.includes(her.external_userid) && read.includes('怕晒'))
  assert.ok(!read.includes(his) && !read.includes(other.external_userid))
  assert.ok(readFileSync(join(hers, 'conversation.txt'), 'utf8').includes(`她：${secret}`))
  assert.ok(readFileSync(join(hers, 'inbox_message.csv')).subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])))
  assert.match(refused('export', '--person', her.external_userid, hers), /there already/)

  const [was, is] = [join(folder, 'was'), join(folder, 'is')]
  const merchant = /"?merchant_id"?/.test(read) ? /"(\d{15,})"/.exec(readFileSync(join(hers, 'inbox_message.csv'), 'utf8'))![1] : ''
  zhanggui('export', '--merchant', merchant, was)
  assert.match(zhanggui('erase', '--person', her.external_userid, '--dry-run'), /inbox_message +\d+ +deleted/)
  assert.ok((await desk.get(`/api/messages?q=${encodeURIComponent(secret)}`)).items.length === 1, 'a dry run changes nothing')
  assert.match(zhanggui('erase', '--person', her.external_userid, '--yes'), /erased/)

  zhanggui('export', '--merchant', merchant, is)
  const left = everything(is)
  for (const word of [secret, her.external_userid, ...ids, '怕晒'])
    assert.ok(!left.includes(word), `left of her: ${word}`)
  assert.ok(left.includes(his))
  assert.match(left, /contacts\.erase/)
  assert.equal((await desk.get(`/api/messages?q=${encodeURIComponent(secret)}`)).items.length, 0)
  assert.equal((await desk.get(`/api/messages?q=${encodeURIComponent(his)}`)).items.length, 1)
  const orders = (dir: string) => [...readFileSync(join(dir, 'orders_order.csv'), 'utf8').matchAll(/^"\d+","(\d+)"/gm)].map((m) => m[1])
  const kept = new Set(orders(is))
  assert.deepEqual(orders(was).filter((id) => !kept.has(id)), [])
  for (const id of orders(was).slice(0, 60))
    assert.equal((await desk.raw('GET', `/api/orders/${id}`)).status, 200, 'an order without its buyer can be looked at')
  assert.match(refused('erase', '--person', her.external_userid, '--yes'), /nobody is known/)
})

test('an answer about her that was on its way does not bring her back', { timeout: 90000 }, async () => {
  const { desk, sim } = demo
  const kf = (await desk.get('/api/accounts')).items.find((a: Json) => a.kind === 'kf').remote_id as string
  const strangers = ((await sim.get('/sim/customers?limit=50')).items as Json[]).slice(-2)
  const say = (c: Json, text: string) => sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  const [hers, his] = [unique('别留我'), unique('在吗')]
  let seen = 0
  const asked = async () => {
    const page = await sim.get(`/sim/log?since=${seen}&limit=1000`)
    seen = page.next
    return (page.items as Json[]).some((r) => r.path === '/cgi-bin/kf/customer/batchget')
  }
  while (((await asked()), ((await sim.get(`/sim/log?since=${seen}&limit=1`)).items as Json[]).length));
  await sim.set('slow_ms', 1500)
  try {
    await say(strangers[0], hers)
    await threadWith(desk, hers)
    await until('her name is asked for', asked)
    assert.match(zhanggui('erase', '--person', strangers[0].external_userid, '--yes'), /erased/)
  } finally {
    await sim.set('slow_ms', 0)
  }
  await say(strangers[1], his)
  await until('the next name is asked for, so the first answer is settled', asked)
  assert.match(refused('export', '--person', strangers[0].external_userid, join(folder, 'gone')), /nobody is known/)
})

test('what is refused, in words', () => {
  assert.match(refused('export', join(folder, 'x')), /--person WHO or --merchant NUMBER/)
  assert.match(refused('export', '--merchant', 'shop', join(folder, 'x')), /not "shop"/)
  assert.match(refused('export', '--merchant', '12', join(folder, 'x')), /say which merchant with --merchant: \d+/)
  assert.match(refused('export', '--person', 'nobody', join(folder, 'x')), /nobody is known as "nobody"/)
  assert.ok(!existsSync(join(folder, 'x')))
  if (demo.database === 'sqlite') assert.match(refused('erase', '--merchant', '12', '--yes'), /another zhanggui works/)
})
