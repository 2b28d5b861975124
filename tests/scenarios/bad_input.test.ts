/* What comes from outside and is wrong: refused or kept raw with a counted reason, never a crash, nothing else lost. */
import assert from 'node:assert/strict'
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { startDemo, threadWith, unique, until, Desk, type Demo, type Json } from '../support/demo.ts'

let demo: Demo
let corp: Json
let hook: string
before(async () => {
  demo = await startDemo()
  corp = (await demo.sim.get('/sim/state')).corp
  hook = demo.console + ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'wecom')!.callback_path
})
after(async () => demo?.stop())

/** Encrypts and signs as the platform does (wecom-callback.md 3 and 4), with room for mistakes. */
function sealed(text: string, wrong: { receiveId?: string; pad?: number; token?: string; length?: number } = {}) {
  const key = Buffer.from(corp.aes_key + '=', 'base64')
  const body = Buffer.from(text)
  const head = Buffer.alloc(20)
  randomBytes(16).copy(head)
  head.writeUInt32BE(wrong.length ?? body.length, 16)
  let plain = Buffer.concat([head, body, Buffer.from(wrong.receiveId ?? corp.corp_id)])
  const pad = 32 - (plain.length % 32)
  plain = Buffer.concat([plain, Buffer.alloc(pad, wrong.pad ?? pad)])
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  const encrypt = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
  return { encrypt, ...signed(encrypt, wrong.token) }
}
function signed(encrypt: string, token = corp.token, timestamp = String(Math.floor(Date.now() / 1000))) {
  const nonce = randomBytes(5).toString('hex')
  const sum = createHash('sha1').update([token, timestamp, nonce, encrypt].sort().join('')).digest('hex')
  return { query: `msg_signature=${sum}&timestamp=${timestamp}&nonce=${nonce}` }
}
const envelope = (encrypt: string) => `<xml><ToUserName><![CDATA[${corp.corp_id}]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`
const push = async (body: string | Buffer, query: string) => (await fetch(`${hook}?${query}`, { method: 'POST', body })).status
const pushSealed = (s: { encrypt: string; query: string }) => push(envelope(s.encrypt), s.query)
const event = (name: string) =>
  `<xml><ToUserName><![CDATA[${corp.corp_id}]]></ToUserName><CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${name}]]></Event></xml>`

test('wrong signatures, broken texts and foreign ids are refused', async () => {
  const good = sealed(event('kf_msg_or_event'))
  assert.equal(await push(envelope(good.encrypt), good.query.replace(/msg_signature=./, 'msg_signature=x')), 403)
  assert.equal(await pushSealed(sealed(event('x'), { token: 'wrong' })), 403)
  for (const bad of [
    sealed(event('x'), { receiveId: 'ww_somebody_else' }),
    sealed(event('x'), { pad: 0 }),
    sealed(event('x'), { pad: 33 }),
    sealed(event('x'), { length: 100000 }),
  ])
    assert.equal(await pushSealed(bad), 400)
  for (const text of ['', 'abc', '!!!!', 'AAAA'.repeat(7)]) assert.equal(await push(envelope(text), signed(text).query), 400)
  for (const body of ['', '<xml>', '{"a":1}', '<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>', '<xml></xml>'])
    assert.ok([400, 403].includes(await push(body, signed('').query)))
  assert.equal(await push(envelope(good.encrypt), ''), 400)
})

test('bodies over the limit are refused with 413', async () => {
  const status = await push('x'.repeat(2 << 20), signed('x').query).catch(() => 413)
  assert.equal(status, 413)
})

test('what decrypts but cannot be read is kept with its reason; unknown events are kept and counted', async () => {
  assert.equal(await pushSealed(sealed('<!DOCTYPE x><xml><Event>a</Event></xml>')), 200)
  assert.equal(await pushSealed(sealed('<xml><Event>')), 200)
  assert.equal(await pushSealed(sealed(event('an_event_of_next_year'))), 200)
  const health = await until('both kept, one counted', async () => {
    const h = await demo.desk.get('/api/health-page')
    return h.failures.length >= 2 && (h.notes as Json[]).some((n) => n.reason.startsWith('unknown_event')) && h
  })
  assert.ok(health.failures.every((f: Json) => f.reason))
  const one = health.failures[0]
  const path = `/api/failures/${one.stream}/${one.seq}`
  const again = await demo.desk.raw('POST', `${path}/replay`, {})
  assert.deepEqual([again.status, ((await again.json()) as Json).code], [409, 'system.again'])
  assert.equal((await demo.desk.raw('DELETE', path)).status, 204)
  assert.equal((await demo.desk.raw('DELETE', path)).status, 404)
  const left = (await demo.desk.get('/api/health-page')).failures as Json[]
  assert.deepEqual(left.map((f) => f.seq), (health.failures as Json[]).slice(1).map((f) => f.seq))
  const acts = (await demo.desk.get('/api/audit?limit=20')).items as Json[]
  assert.ok(acts.some((a) => a.act === 'intake.drop' && a.object_id === one.seq))
  await until('refusals are counted by reason', async () => {
    const notes = ((await demo.desk.get('/api/health-page')).notes as Json[]).map((n) => n.reason)
    return notes.includes('signature') && notes.length >= 4
  })
})

test('an old time stamp is accepted: retries come hours later', async () => {
  const s = sealed(event('kf_msg_or_event'))
  const old = String(Math.floor(Date.now() / 1000) - 4 * 3600)
  assert.equal(await push(envelope(s.encrypt), signed(s.encrypt, corp.token, old).query), 200)
  const metrics = await (await fetch(demo.console + '/metrics')).text()
  assert.match(metrics, /zhanggui_callbacks_old_total [1-9]/)
})

test('unknown account, wrong verb', async () => {
  assert.equal((await fetch(demo.console + '/callback/wecom/nobody', { method: 'POST', body: 'x' })).status, 404)
  assert.equal((await fetch(hook, { method: 'PUT', body: 'x' })).status >= 400, true)
})

test('after all that a customer is still heard', async () => {
  const c = (await demo.sim.get('/sim/customers?limit=5')).items[0]
  const text = unique('还能收到吗 ')
  const kf = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')!.remote_id
  await demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  await threadWith(demo.desk, text)
})

test('the API names the wrong field', async () => {
  const t = ((await demo.desk.get('/api/threads?view=open')).items as Json[])[0]
  const path = `/api/threads/${t.thread_id}/messages`
  const cases: [unknown, number, string?][] = [
    [{ text: 'a' }, 400, 'client_id'],
    [{ client_id: 'x', text: 5 }, 400, 'text'],
    [{ client_id: 'x', text: 'a', more: 1 }, 400, 'more'],
    ['{', 400],
    ['[]', 400],
    ['{"client_id":"x","client_id":"y","text":"a"}', 400],
  ]
  for (const [body, status, field] of cases) {
    const reply = await demo.desk.raw('POST', path, body)
    const problem = (await reply.json()) as Json
    assert.equal(reply.status, status, JSON.stringify(body))
    assert.equal(reply.headers.get('content-type')?.split(';')[0], 'application/problem+json')
    if (field) assert.equal(problem.field, field)
    assert.ok(problem.detail)
  }
  assert.equal((await demo.desk.raw('GET', '/api/threads?limit=abc')).status, 400)
  assert.equal((await demo.desk.raw('GET', '/api/threads/12x')).status, 400)
  assert.equal((await demo.desk.raw('GET', '/api/threads/12')).status, 404)
  assert.equal((await demo.desk.raw('GET', '/api/nothing')).status, 404)
  assert.equal((await demo.desk.raw('DELETE', '/api/threads')).status, 405)
  assert.equal((await demo.desk.raw('POST', path, '<xml/>', { 'Content-Type': 'text/xml' })).status, 415)
})

test('no session 401, no CSRF token 403, wrong password 401, many tries 429', async () => {
  const stranger = new Desk(demo.console)
  assert.equal((await stranger.raw('GET', '/api/threads')).status, 401)
  const forged = await demo.desk.raw('POST', '/api/logout', {}, { 'X-CSRF-Token': 'x' })
  assert.equal(forged.status, 403)
  const tries: number[] = []
  for (let i = 0; i < 7; i++) tries.push((await stranger.raw('POST', '/api/login', { login: 'xiaolin', password: 'wrong' })).status)
  assert.equal(tries[0], 401)
  assert.equal(tries[6], 429)
})
