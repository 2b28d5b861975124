/* From nothing to connected, over HTTP and at a terminal; then everything that may be wrong, named with its fix. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Desk, root, until, type Json } from '../support/demo.ts'
import { begin, connectAll, PASSWORD, startFresh, USER, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
before(async () => {
  fresh = await startFresh()
})
after(async () => fresh?.stop())

async function look(f: Fresh = fresh): Promise<Json> {
  const { status, out, err } = await f.run(['doctor', '--json'])
  assert.ok([0, 1, 2].includes(status), `doctor: ${status} ${err}`)
  const report = JSON.parse(out)
  assert.equal(status, report.fail ? 2 : report.warn ? 1 : 0)
  return report
}
const troubles = (report: Json): string[] => [...new Set((report.checks as Json[]).filter((c) => c.level === 'fail' || c.level === 'warn').map((c) => c.name))]

test('what is pasted wrongly is said at once, and nothing is half-connected', async () => {
  const { corp, shops } = fresh.world
  const good = { kind: 'wecom', remote_id: corp.corp_id, name: '清禾', secret: corp.secret, origin: null, parent_id: null }
  const refused = async (over: Json, code: string, status = 422, path = '/api/connect/try') => {
    const reply = await fresh.desk.raw('POST', path, { ...good, ...over })
    const said = (await reply.json()) as Json
    assert.equal(reply.status, status, JSON.stringify(said))
    assert.equal(said.code, code, JSON.stringify(said))
    assert.ok(said.detail.length > 8)
    return said.detail as string
  }
  assert.match(await refused({ secret: `${corp.secret.slice(0, 20)} ${corp.secret.slice(20)}` }, 'shops.bad'), /空格/)
  assert.match(await refused({ secret: corp.secret.slice(1) }, 'shops.bad'), /43/)
  assert.match(await refused({ remote_id: shops[0].appid }, 'shops.secret'), /平台不认|凭据/)
  assert.match(await refused({ secret: [...corp.secret].reverse().join('') }, 'shops.secret'), /40001|40013|40091/)
  assert.match(await refused({ kind: 'shop', remote_id: shops[0].appid, secret: shops[1].secret }, 'shops.secret'), /40125|40001|AppSecret/)
  await refused({ name: '' }, 'shops.bad')
  await refused({ secret: corp.secret.slice(1) }, 'shops.bad', 422, '/api/connect')

  const login = createServer((_, reply) => reply.writeHead(302, { Location: '/login' }).end('sign in'))
  await new Promise<void>((done) => login.listen(0, '127.0.0.1', done))
  assert.match(await refused({ origin: `http://127.0.0.1:${(login.address() as Json).port}` }, 'shops.address'), /登录/)
  login.close()
  assert.equal((await fresh.desk.get('/api/connect')).items.length, 0, 'nothing is kept of all that')
})

test('five cards turn green with real calls and real callbacks, read-only', async () => {
  const begun = Date.now()
  const files = [['WW_verify_', 422], ['index.html', 422], ['../WW_verify_a.txt', 422], ['WW_verify_1234567890abcdef.txt', 204]] as const
  for (const [name, status] of files)
    assert.equal((await fresh.desk.raw('PUT', '/api/connect/file', { name, content: '1234567890abcdef' })).status, status, name)
  assert.equal(await (await fetch(`${fresh.console}/WW_verify_1234567890abcdef.txt`)).text(), '1234567890abcdef')
  assert.equal((await fetch(`${fresh.console}/WW_verify_none.txt`)).status, 404)
  const domain = await fresh.sim.get('/sim/console/wecom/domain')
  await fresh.desk.call('PUT', '/api/connect/file', { name: domain.file, content: domain.content })
  await fresh.page('wecom/domain', { domain: fresh.console.replace('http://', '') })

  // A pending account answers the URL check, and waits for the rest.
  const mp = fresh.world.mp[1]
  const pending = await begin(fresh, { kind: 'mp', remote_id: mp.appid, name: '小程序', secret: mp.secret })
  assert.equal((await fresh.desk.raw('POST', '/api/connect', { kind: 'mp', remote_id: mp.appid, name: 'x', secret: mp.secret, origin: null, parent_id: null })).status, 409)
  const anew = await fresh.desk.call('POST', `/api/connect/${pending.account_id}/callback`)
  assert.equal(anew.path, pending.path)
  assert.notEqual(anew.token, pending.token)
  await fresh.desk.call('PUT', `/api/connect/${pending.account_id}/secret`, { secret: mp.secret })
  assert.equal((await fresh.desk.raw('PUT', `/api/connect/${pending.account_id}/secret`, { secret: 'short' })).status, 422)
  await fresh.desk.call('DELETE', `/api/connect/${pending.account_id}`)
  assert.equal((await fetch(fresh.console + pending.path)).status, 404, 'its address is gone with it')

  await connectAll(fresh)
  const items = (await fresh.desk.get('/api/connect')).items as Json[]
  assert.ok(items.every((c) => c.read_only))
  assert.ok(items.filter((c) => c.callback_path).every((c) => c.url_checked_at > 0))
  assert.doesNotMatch(JSON.stringify(items) + JSON.stringify((await fresh.desk.get('/api/accounts')).items), new RegExp(`${fresh.world.corp.secret}|${fresh.world.shops[0].secret}`))
  const corp = items.find((c) => c.kind === 'wecom')!
  const listed = (await fresh.desk.get(`/api/connect/${corp.account_id}/kf`)).items as Json[]
  assert.ok(listed.length >= 2 && listed.every((k) => k.managed))
  assert.equal((await fresh.desk.raw('DELETE', `/api/connect/${corp.account_id}`)).status, 409)
  const acts = ((await fresh.desk.get('/api/audit?limit=100')).items as Json[]).map((a) => a.act)
  assert.ok(acts.includes('shops.connect') && acts.includes('shops.connected'))
  console.log(`five cards: ${((Date.now() - begun) / 1000).toFixed(1)} s`)
})

test('a healthy system: at least twenty checks, and no trouble', async () => {
  const report = await look()
  assert.deepEqual(troubles(report), [], JSON.stringify(report.checks.filter((c: Json) => c.level === 'fail' || c.level === 'warn'), null, 1))
  assert.equal(report.healthy, true)
  assert.ok(new Set(report.checks.map((c: Json) => c.name)).size >= 20)
  const seen = await fresh.desk.get('/api/doctor')
  assert.equal(seen.healthy, true)
})

/* fault -> the check that names it. What else it breaks may be unknown, not another trouble, but for `also`. */
const FAULTS: { fault: string; check: string; also?: string[]; say?: string; fact?: string }[] = [
  { fault: 'wecom-secret', check: 'shops.token' },
  { fault: 'shop-secret', check: 'shops.token' },
  { fault: 'mp-secret', check: 'shops.token' },
  { fault: 'wecom-ip', check: 'shops.trusted_ip', fact: 'ip' },
  { fault: 'weixin-ip', check: 'shops.trusted_ip', fact: 'ip' },
  { fault: 'kf-api-off', check: 'shops.kf_managed' },
  { fault: 'kf-no-servicers', check: 'shops.kf_servicers' },
  { fault: 'visible-range', check: 'shops.visible_range' },
  { fault: 'no-return-address', check: 'shops.return_address' },
  { fault: 'product-no-address', check: 'catalogue.products' },
  { fault: 'aes-swapped', check: 'shops.callback_refused', say: 'shop' },
  { fault: 'token-swapped', check: 'shops.callback_refused', say: 'wecom' },
  { fault: 'clock-off', check: 'shops.clock' },
  { fault: 'decode-quota', check: 'shops.decode_quota' },
  { fault: 'rate-budget', check: 'shops.budget' },
  { fault: 'balance-low', check: 'shops.balance' },
  { fault: 'not-bound', check: 'shops.bound' },
  { fault: 'shopkf-off', check: 'shops.shopkf' },
  { fault: 'shop-closed', check: 'shops.status' },
  { fault: 'half-token', check: 'shops.call' },
]

for (const { fault, check, also = [], say, fact } of FAULTS)
  test(`planted: ${fault} is named with its fix within ten seconds`, async () => {
    await fresh.fault(fault, true)
    const begun = Date.now()
    if (say) await fresh.page('say', { kind: say })
    const report = await until(`${check} names it`, async () => {
      const found = await look()
      return troubles(found).includes(check) ? found : undefined
    }, 10000)
    const ms = Date.now() - begun
    const named = (report.checks as Json[]).find((c) => c.name === check && c.level !== 'ok' && c.level !== 'unknown')!
    assert.ok(named.zh && named.en && named.fix_zh && named.fix_en)
    if (fact) assert.equal(named.facts[fact], '127.0.0.1')
    assert.deepEqual(troubles(report).filter((name) => name !== check && !also.includes(name)), [])
    assert.ok(ms <= 10000)
    await fresh.fault(fault, false)
    if (say) await fresh.page('say', { kind: say })
    await until('and well again', async () => (await look()).healthy, 15000)
  })

test('planted: callbacks that stopped are missed in business hours', async () => {
  await fresh.fault('callbacks-silent', true)
  await fetch(`${fresh.console}/dev/clock?push_ms=${24 * 3600 * 1000}`, { method: 'POST' })
  await fresh.desk.login(USER, PASSWORD) // nobody stays signed in for a day
  assert.ok(troubles(await look()).includes('shops.callback_age'))
  await fresh.fault('callbacks-silent', false)
  for (const kind of ['wecom', 'shop', 'mp']) await fresh.page('say', { kind })
  await until('and well again', async () => !troubles(await look()).includes('shops.callback_age'), 15000)
})

test('two merchants cannot have one account; who may not connect, cannot', async () => {
  const login = `agent${Date.now()}`
  await fresh.desk.post('/api/staff', { login, name: '小周', role: 'agent', password: 'eight-chars' })
  const agent = await new Desk(fresh.console).login(login, 'eight-chars')
  for (const [method, path] of [['GET', '/api/connect'], ['POST', '/api/connect/try'], ['GET', '/api/doctor'], ['POST', '/api/doctor']])
    assert.equal((await agent.raw(method, path, path.endsWith('try') ? { kind: 'mp', remote_id: 'wx', name: 'x', secret: 'x', origin: null, parent_id: null } : undefined)).status, 403, path)
  assert.equal((await fresh.desk.raw('POST', '/api/doctor')).status, 202)
  await until('it has looked', async () => !(await fresh.desk.get('/api/doctor')).looking)
})

/** Calls that change something at the platform, by the program's own list of all it makes. */
function writing(): Set<string> {
  const rows = readFileSync(join(root, 'docs/reference/platform-calls.md'), 'utf8').split('\n').filter((l) => /^\| (GET|POST) /.test(l))
  assert.ok(rows.length > 20)
  return new Set(rows.filter((l) => !l.includes('| reads only |')).map((l) => l.split(' ')[2]))
}

test('read-only: a day of a shop, an agent who tries, and not one writing call', async () => {
  const items = (await fresh.desk.get('/api/accounts')).items as Json[]
  assert.ok(items.length === 5 && items.every((a) => a.read_only))
  const writes = writing()
  let since = 0
  let calls = 0
  const written: string[] = []
  const readLog = async () => {
    for (;;) {
      const page = await fresh.sim.get(`/sim/log?since=${since}&limit=1000`)
      const rows = page.items as Json[]
      calls += rows.length
      written.push(...rows.map((row) => row.path as string).filter((path) => writes.has(path)))
      if (rows.length === 0 || page.next === since) return
      since = page.next
    }
  }
  await readLog()
  await fresh.sim.post('/sim/day', { shop: '1', orders: 150, speed: 2880 })
  let tried = 0
  const refused = new Set<string>()
  await until('the day is over', async () => {
    await readLog()
    const list = (await fresh.desk.get('/api/threads?view=waiting&limit=20')).items as Json[]
    if (list.length > 0 && tried < 20) {
      const thread = list[tried++ % list.length]
      const reply = await fresh.desk.raw('POST', `/api/threads/${thread.thread_id}/messages`, { client_id: `r${tried}-${Date.now()}`, kind: 'text', text: '您好' })
      refused.add(`${reply.status}`)
    }
    return !(await fresh.sim.get('/sim/day')).running
  }, 120000)
  await until('all is quiet', async () => (await (await fetch(`${fresh.console}/dev/idle`)).json()).idle, 60000)
  await readLog()
  console.log(`a day read-only: ${calls} calls, ${written.length} of them write; ${tried} replies tried: ${[...refused].join(' ')}`)
  assert.ok(calls > 200 && tried > 0)
  assert.deepEqual(written, [])
})

test('at a terminal: what to paste, what is wrong, how far; alone as well', async () => {
  const { shops } = fresh.world
  assert.equal((await fresh.run(['connect'])).status, 2)
  assert.equal((await fresh.run(['connect', 'taobao'])).status, 2)
  const help = await fresh.run(['connect', '--help'])
  assert.ok(help.status === 0 && /--secret-file/.test(help.out))
  const wrong = await fresh.run(['connect', 'shop', '--id', shops[1].appid, '--name', '山野'], `${shops[0].secret}\n`)
  assert.equal(wrong.status, 1)
  assert.match(wrong.err, /40125|40001|凭据/)
  const twice = await fresh.run(['connect', 'shop', '--id', shops[0].appid, '--name', '女装'], `${shops[0].secret}\n`)
  assert.equal(twice.status, 1)
  assert.match(twice.err, /已经接入/)
  const begun = await fresh.run(['connect', 'shop', '--id', shops[1].appid, '--name', '山野', '--url', fresh.console], `${shops[1].secret}\n`)
  assert.equal(begun.status, 0, begun.err)
  const [url, token, aes_key] = ['URL', 'Token', 'EncodingAESKey'].map((name) => new RegExp(`${name} +(\\S+)`).exec(begun.out)![1])
  await fresh.page('shop/ip', { ips: ['127.0.0.1'], appid: shops[1].appid })
  await fresh.page('shop/callback', { url, token, aes_key, appid: shops[1].appid })
  await fresh.page('say', { kind: 'shop', appid: shops[1].appid })
  const state = await until('it is connected', async () => {
    const { out } = await fresh.run(['connect', 'status', '--json'])
    return (JSON.parse(out).accounts as Json[]).find((a) => a.remote_id === shops[1].appid && a.connected_at > 0)
  })
  assert.equal(state.read_only, true)
  assert.match((await fresh.run(['connect', 'status'])).out, /✓ shop +山野/)
  assert.match((await fresh.run(['connect', 'shopkf'])).out, /自研客服/)
  assert.match((await fresh.run(['connect', 'kf'])).out, new RegExp(fresh.world.kf[0].open_kfid))
  assert.equal((await fresh.run(['connect', 'kf', '--id', 'wk none', '--name', 'x'])).status, 1)
  assert.equal((await fresh.run(['connect', 'file', 'WW_verify_fedcba.txt'], 'fedcba\n')).status, 0)
  assert.equal(await (await fetch(`${fresh.console}/WW_verify_fedcba.txt`)).text(), 'fedcba')
  assert.equal((await fresh.run(['doctor', 'nonsense'])).status, 3)
})
