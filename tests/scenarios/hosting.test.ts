/* A provider hosts merchants: made, limited, suspended and resumed, visited by an operator; nothing is lost and all is written down. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Desk, messages, startDemo, threadWith, unique, until, type Demo, type Json } from '../support/demo.ts'
import { runProgram, type Outcome } from '../support/fresh.ts'

const PASSWORD = 'eight-chars'
let demo: Demo
let host: Desk
let first: string // the demo's merchant
let second: Json
let kf: string

const zhanggui = (args: string[], input = ''): Promise<Outcome> =>
  runProgram([...args, '--data', demo.data, '--db', demo.database], input, { ZHANGGUI_DEV: 'yes', ASAN_OPTIONS: 'detect_leaks=0' })
const says = async (status: number, words: RegExp, args: string[], input = '') => {
  const r = await zhanggui(args, input)
  assert.equal(r.status, status, `${args.join(' ')}: ${r.out}${r.err}`)
  assert.match(r.out + r.err, words)
  return r
}
const problem = async (reply: Response, status: number, code: string) => {
  const body = (await reply.json()) as Json
  assert.deepEqual([reply.status, body.code], [status, code], JSON.stringify(body))
  return body
}

const account = (n: number) => ({ kind: 'shop', remote_id: `wx00000000000000a${n}`, name: `店${n}`, secret: 'a'.repeat(32), origin: null, parent_id: null })

before(async () => {
  demo = await startDemo(['--customers', '40'])
  kf = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')!.remote_id
  await says(0, /done/, ['operator', 'add', '--login', 'Host', '--name', '运维老王'], `${PASSWORD}\n`)
  host = await new Desk(demo.console).login('host', PASSWORD)
  first = JSON.parse((await zhanggui(['merchant', 'list', '--json'])).out).merchants[0].merchant_id
}, { timeout: 120000 })
after(async () => demo?.stop())

test('at the terminal: wrong input is a sentence and a status, and changes nothing', async () => {
  await says(2, /say what to do/, ['merchant'])
  await says(2, /there is no "sing"/, ['merchant', 'sing'])
  await says(2, /--name NAME and --login NAME/, ['merchant', 'create', '--name', '店'])
  await says(2, /takes the merchant's number/, ['merchant', 'suspend', 'x', '--why', 'y'])
  await says(2, /say why with --why/, ['merchant', 'suspend', '12'])
  await says(2, /--accounts takes a number/, ['merchant', 'limits', '12', '--accounts', '-3'])
  await says(2, /--hosted is yes or no/, ['merchant', 'limits', '12', '--hosted', 'maybe'])
  await says(1, /没有这个商家.*no such merchant/, ['merchant', 'resume', '12'])
  await says(1, /at least 8 characters/, ['merchant', 'create', '--name', '店', '--login', 'z'], 'short\n')
  await says(1, /login is taken/, ['merchant', 'create', '--name', '店', '--login', 'HOST'], `${PASSWORD}\n`)
  await says(1, /login is taken/, ['operator', 'add', '--login', 'host'], `${PASSWORD}\n`)
  await says(1, /no such operator/, ['operator', 'disable', '--login', 'nobody'])
  await says(2, /add, disable or list/, ['operator', 'sing'])
  assert.equal(JSON.parse((await zhanggui(['merchant', 'list', '--json'])).out).merchants.length, 1)
})

test('limits are refused at the verb, with whom to ask; what is used is shown', async () => {
  second = await host.post('/api/hosting/merchants', { name: 'Lan 兰亭集', login: 'lan', password: PASSWORD, contact: '王工 400-1', max_accounts: 1, max_staff: 2 })
  const lan = await new Desk(demo.console).login('lan', PASSWORD)
  await lan.post('/api/staff', { login: 'lan2', name: '二', role: 'agent', password: PASSWORD })
  const third = await problem(await lan.raw('POST', '/api/staff', { login: 'lan3', name: '三', role: 'agent', password: PASSWORD }), 409, 'staff.limit')
  assert.match(third.detail, /最多可登录的人 2 个.*王工 400-1/)
  await lan.post('/api/connect', account(1))
  const more = await problem(await lan.raw('POST', '/api/connect', account(2)), 409, 'shops.limit')
  assert.match(more.detail, /最多接入账号 1 个.*王工 400-1/)
  const connect = await zhanggui(['connect', 'status', '--merchant', second.merchant_id])
  assert.equal(connect.status, 0)
  const told = await lan.get('/api/hosted')
  assert.deepEqual([told.hosted, told.accounts, told.max_accounts, told.people, told.max_staff, told.contact], [true, 1, 1, 2, 2, '王工 400-1'])
  assert.deepEqual((told.lacks as Json[]).map((l) => l.key), ['shopkf', 'wecom_address', 'own_address'])
  assert.deepEqual((await demo.desk.get('/api/hosted')).lacks, [], 'who runs it himself lacks nothing')
  await says(0, /done/, ['merchant', 'limits', second.merchant_id, '--staff', '3', '--calls', '2'])
  await lan.post('/api/staff', { login: 'lan3', name: '三', role: 'agent', password: PASSWORD })
  const now = (await host.get(`/api/hosting/merchants/${second.merchant_id}`)).merchant
  assert.deepEqual([now.max_staff, now.max_calls, now.max_accounts, now.people, now.accounts, now.pending], [3, 2, 1, 3, 1, 1])
  assert.equal((await host.raw('PUT', `/api/hosting/merchants/${second.merchant_id}`, { hosted: true, max_accounts: -1, max_staff: 0, max_calls: 0 })).status, 400)
})

test('the list of merchants: by name, by pages, with counts; nobody but an operator sees it', async () => {
  const all = await host.get('/api/hosting/merchants')
  assert.deepEqual((all.items as Json[]).map((m) => m.merchant_id).sort(), [first, second.merchant_id].sort())
  const page = await host.get('/api/hosting/merchants?limit=1')
  assert.equal((await host.get(`/api/hosting/merchants?limit=1&after=${page.next}`)).items[0].merchant_id, all.items[1].merchant_id)
  for (const q of ['lan', 'LAN 兰', '亭']) assert.deepEqual(((await host.get(`/api/hosting/merchants?q=${encodeURIComponent(q)}`)).items as Json[]).map((m) => m.name), ['Lan 兰亭集'])
  assert.deepEqual((await host.get('/api/hosting/merchants?q=%25')).items, [])
  const one = await host.get(`/api/hosting/merchants/${first}`)
  assert.ok(one.accounts.length >= 2 && one.merchant.shops >= 1)
  assert.equal((await demo.desk.raw('GET', '/api/hosting/merchants')).status, 403)
  assert.equal((await host.raw('GET', '/api/threads')).status, 403, 'an operator at home sees no customers')
  assert.equal((await host.raw('GET', '/api/hosting/merchants/77')).status, 404)
})

test('acting for a merchant: a reason, a time, a supervisor’s rights, each change in his log with name and reason', async () => {
  const path = `/api/hosting/merchants/${first}/visit`
  await problem(await host.raw('POST', path, { reason: '看看' }), 422, 'hosting.bad')
  assert.equal((await host.raw('POST', path, { reason: '客户来电要求', minutes: 999 })).status, 400)
  await problem(await host.raw('DELETE', '/api/visit'), 409, 'hosting.visit')
  const reason = unique('商家来电：欢迎语不显示 ')
  await host.post(path, { reason, minutes: 30 })
  const me = await host.get('/api/me')
  assert.deepEqual([me.acting.merchant_id, me.acting.reason, me.staff.role, me.staff.login], [first, reason, 'operator', 'host'])
  assert.ok(me.staff.permissions.includes('inbox.reply') && !me.staff.permissions.includes('hosting.manage'))
  assert.deepEqual([(await demo.desk.get('/api/me')).visited.operator, (await demo.desk.get('/api/me')).visited.reason], ['运维老王', reason])
  assert.equal((await host.raw('POST', path, { reason, minutes: 5 })).status, 403, 'not from within a visit')
  const desk = ((await host.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')!
  await host.call('PUT', `/api/accounts/${desk.account_id}/welcome`, { text: '欢迎光临' })
  const t = (await host.get('/api/threads?view=open&limit=1')).items[0]
  await host.post(`/api/threads/${t.thread_id}/read`)
  await host.call('POST', '/api/doctor')
  for (const [method, url, body] of [['PUT', `/api/accounts/${desk.account_id}`, { read_only: false }], ['POST', '/api/staff', { login: 'x', name: 'x', role: 'owner', password: PASSWORD }],
    ['GET', '/api/connect', undefined], ['PUT', `/api/connect/${desk.account_id}/secret`, { secret: 'x' }]] as const)
    assert.equal((await host.raw(method, url, body)).status, 403, `${method} ${url} is the owner's`)
  await host.call('DELETE', '/api/visit')
  assert.equal((await host.raw('GET', '/api/threads')).status, 403)
  const log = ((await demo.desk.get('/api/audit?limit=50')).items as Json[]).filter((a) => a.reason === reason)
  assert.ok(log.every((a) => a.actor === '运维老王'))
  const acts = log.map((a) => a.act)
  assert.ok(acts.includes('staff.visit') && acts.includes('staff.visit_end'), `${acts}`)
  for (const route of ['PUT /api/accounts/{account_id}/welcome', 'POST /api/threads/{thread_id}/read', 'POST /api/doctor'])
    assert.ok(log.some((a) => a.act === 'visit.change' && JSON.stringify(a.detail).includes(route)), route)
  const visits = (await demo.desk.get('/api/visits')).items as Json[]
  assert.ok(visits[0].reason === reason && visits[0].ended_at > 0)
  assert.equal((await demo.desk.get('/api/me')).visited, null)
})

test('suspended: nobody signs in, nothing leaves, the platform sees no failure; resumed, it goes on and nothing comes twice', { timeout: 120000 }, async () => {
  const c = (await demo.sim.get('/sim/customers?limit=40')).items[20]
  const say = (text: string) => demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  const before = unique('暂停前 ')
  await say(before)
  const thread = await threadWith(demo.desk, before)
  await says(0, /3 天/, ['merchant', 'suspend', first, '--why', '欠费'])
  await problem(await host.raw('POST', `/api/hosting/merchants/${first}/suspend`, { why: '再来' }), 409, 'hosting.again')
  assert.equal((await demo.desk.raw('GET', '/api/me')).status, 401, 'sessions are over')
  const refused = await problem(await demo.desk.raw('POST', '/api/login', { login: demo.user, password: demo.password }), 403, 'staff.suspended')
  assert.match(refused.detail, /暂停/)
  const end = async (path: string) => {
    for (let at = 0; ; ) {
      const page = await demo.sim.get(`${path}since=${at}&limit=1000`)
      if (!page.items.length) return at
      at = page.next
    }
  }
  const quiet = await until('what was under way has ended', async () => {
    const was = await end('/sim/log?')
    await new Promise((done) => setTimeout(done, 2000))
    return (await end('/sim/log?')) === was && was
  }, 30000)
  const events = await end('/sim/ledger?')
  const texts = [1, 2, 3].map((n) => unique(`暂停中${n} `))
  for (const text of texts) await say(text)
  await new Promise((done) => setTimeout(done, 3000))
  // The neighbour's pending shop is looked at all the while.
  const left = ((await demo.sim.get(`/sim/log?since=${quiet}&limit=1000`)).items as Json[]).filter((x) => !JSON.stringify(x).includes(account(1).remote_id))
  assert.deepEqual(left.map((x) => x.path), [], 'no call left')
  const rows = ((await demo.sim.get(`/sim/ledger?since=${events}&limit=1000`)).items as Json[]).map((x) => x.what)
  assert.ok(rows.filter((w) => w === 'ack').length >= 1 && !rows.some((w) => ['nack', 'gave_up', 'repeated'].includes(w)), `${rows}`)
  const held = (await host.get(`/api/hosting/merchants/${first}`)).merchant
  assert.ok(held.suspended_at > 0 && held.suspended_why === '欠费' && held.jobs_waiting > 0)
  await says(0, /done/, ['merchant', 'resume', first])
  await demo.desk.login(demo.user, demo.password)
  await until('all three came', async () => {
    const got = (await messages(demo.desk, thread.thread_id)).map((m) => m.text)
    return texts.every((t) => got.includes(t))
  })
  const got = (await messages(demo.desk, thread.thread_id)).map((m) => m.text)
  for (const t of [before, ...texts]) assert.equal(got.filter((x) => x === t).length, 1, t)
  await demo.desk.post(`/api/threads/${thread.thread_id}/messages`, { client_id: unique('c'), text: '我们回来了' })
  await until('answers leave again', async () => ((await demo.sim.get(`/sim/received?customer=${c.external_userid}`)).items as Json[]).some((m) => JSON.stringify(m).includes('我们回来了')))
})

test('an operator who is disabled is out at once', async () => {
  await says(0, /运维老王/, ['operator', 'list'])
  await says(0, /done/, ['operator', 'disable', '--login', 'HOST'])
  assert.equal((await host.raw('GET', '/api/me')).status, 401)
  await problem(await host.raw('POST', '/api/login', { login: 'host', password: PASSWORD }), 401, 'staff.refused')
})
