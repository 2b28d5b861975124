/* Staff by WeCom: the directory is read and kept, members are let in, sign in, and lose it all when they leave the corp. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Desk, unique, until, type Json } from '../support/demo.ts'
import { connectAll, PASSWORD, startFresh, USER, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
let corp: string // our id
before(async () => {
  fresh = await startFresh()
  const domain = await fresh.sim.get('/sim/console/wecom/domain')
  await fresh.desk.call('PUT', '/api/connect/file', { name: domain.file, content: domain.content })
  await fresh.page('wecom/domain', { domain: fresh.console.replace('http://', '') })
  await connectAll(fresh)
  corp = ((await fresh.desk.get('/api/connect')).items as Json[]).find((c) => c.kind === 'wecom')!.account_id
}, { timeout: 120000 })
after(async () => fresh?.stop())

const directory = () => fresh.desk.get('/api/directory')
const member = async (userid: string) => ((await directory()).items as Json[]).find((m) => m.userid === userid)
const person = async (staff_id: string) => ((await fresh.desk.get('/api/staff')).items as Json[]).find((p) => p.staff_id === staff_id)!
const link = (userids: string[], role: string | null, staff_id: string | null = null, desk = fresh.desk) =>
  desk.raw('POST', '/api/directory/links', { account_id: corp, userids, role, staff_id })
const code = async (reply: Response) => `${reply.status} ${((await reply.json()) as Json).code}`

/** A browser that goes to WeCom and comes back as `who`, as far as the address that it comes back to. */
async function go(who: string, headers: Json = {}, origin = fresh.console): Promise<{ desk: Desk; back: URL; page: URL }> {
  const desk = new Desk(fresh.console)
  const begun = await desk.raw('POST', '/api/sign-in/start', { corp: fresh.world.corp.corp_id, origin }, headers)
  assert.equal(begun.status, 200, await begun.clone().text())
  const cookie = begun.headers.get('set-cookie')!
  assert.match(cookie, /^zg_sign_in=\w{43};.*HttpOnly; SameSite=Lax/)
  desk.cookie = cookie.split(';')[0]
  const page = new URL(((await begun.json()) as Json).url)
  const sent = new URL(page)
  sent.searchParams.set('sim_user', who)
  const reply = await fetch(sent, { redirect: 'manual' })
  assert.equal(reply.status, 302, await reply.clone().text())
  return { desk, page, back: new URL(reply.headers.get('location')!) }
}
const asked = (back: URL) => ({ code: back.searchParams.get('code'), state: back.searchParams.get('state') })
async function come(desk: Desk, body: Json): Promise<Response> {
  const reply = await desk.raw('POST', '/api/sign-in', body)
  if (reply.status === 200) {
    desk.cookie = reply.headers.getSetCookie().find((c) => c.startsWith('zg_session='))!.split(';')[0]
    desk.csrf = ((await reply.clone().json()) as Json).csrf
  }
  return reply
}
async function signIn(who: string): Promise<Desk> {
  const { desk, back } = await go(who)
  const reply = await come(desk, asked(back))
  assert.equal(reply.status, 200, await reply.clone().text())
  return desk
}

test('the directory is read without being asked for: names, departments, who is active; nobody outside the range', async () => {
  await until('the members are there', async () => await member('linxia'))
  const items = (await directory()).items as Json[]
  const linxia = items.find((m) => m.userid === 'linxia')!
  assert.equal(linxia.name, '林夏')
  assert.equal(linxia.department, '客服部')
  assert.equal(linxia.status, 'active')
  assert.equal(linxia.staff_id, null)
  assert.equal(items.find((m) => m.userid === 'xiaobai')?.status, 'inactive')
  assert.ok(!items.some((m) => m.userid === 'laowu'))
  assert.doesNotMatch(JSON.stringify(items), /mobile|\b1\d{10}\b|@yunxi/)
})

test('nothing is offered until the owner does; then only to who comes for this corp', async () => {
  const corps = (await directory()).corps as Json[]
  assert.equal(corps.length, 1)
  assert.equal(corps[0].agent_id, null)
  const stranger = new Desk(fresh.console)
  assert.deepEqual((await stranger.get('/api/sign-in')).items, [])
  assert.equal(await code(await stranger.raw('POST', '/api/sign-in/start', { corp: fresh.world.corp.corp_id, origin: fresh.console })), '404 staff.none')
  const set = (body: Json) => fresh.desk.raw('PUT', `/api/directory/${corp}`, body)
  assert.equal(await code(await set({ offered: true, everyone: false })), '422 staff.agent')
  assert.equal((await fresh.desk.raw('PUT', `/api/connect/${corp}/agent`, { agent_id: 'abc' })).status, 422)
  await fresh.desk.call('PUT', `/api/connect/${corp}/agent`, { agent_id: fresh.world.corp.agent_id })
  assert.equal((await set({ offered: true, everyone: false })).status, 204)
  assert.equal(await code(await fresh.desk.raw('PUT', '/api/directory/12345', { offered: true, everyone: false })), '404 staff.none')
  assert.deepEqual((await stranger.get('/api/sign-in')).items, [{ corp: fresh.world.corp.corp_id, name: '清禾' }])
  assert.equal((await stranger.get(`/api/sign-in?corp=${fresh.world.corp.corp_id}`)).items.length, 1)
  assert.equal((await stranger.get('/api/sign-in?corp=ww0000000000000000')).items.length, 0)
  for (const origin of ['javascript:alert(1)', 'https://a.example/path', 'https://', 'ftp://a.example'])
    assert.notEqual((await stranger.raw('POST', '/api/sign-in/start', { corp: fresh.world.corp.corp_id, origin })).status, 200, origin)
})

test('the way there: a QR code at a desk, no question inside the client; only to a domain that the app trusts', async () => {
  const desk = await go('linxia')
  assert.equal(desk.page.pathname, '/wwlogin/sso/login')
  assert.equal(desk.page.searchParams.get('login_type'), 'CorpApp')
  assert.match(desk.page.searchParams.get('state')!, /^[A-Za-z0-9]{32}$/)
  const inside = await go('linxia', { 'User-Agent': 'Mozilla/5.0 MicroMessenger/7.0.1 wxwork/4.1.0' })
  assert.equal(inside.page.pathname, '/connect/oauth2/authorize')
  assert.equal(inside.page.searchParams.get('scope'), 'snsapi_base')
  assert.equal(inside.page.hash, '#wechat_redirect')
  assert.equal(desk.back.origin, fresh.console)
  await go('linxia')
  const lost = async () => (JSON.parse((await fresh.run(['doctor', '--json'])).out).checks as Json[]).find((c) => c.name === 'staff.sign_in')!
  const warned = await lost()
  assert.equal(warned.level, 'warn') // three went, and none has come back
  assert.match(warned.fix_zh, /50001/)
  await come(desk.desk, asked(desk.back))
  assert.equal((await lost()).level, 'ok')
  const elsewhere = await new Desk(fresh.console).raw('POST', '/api/sign-in/start', { corp: fresh.world.corp.corp_id, origin: 'https://evil.example' })
  const page = await fetch(((await elsewhere.json()) as Json).url, { redirect: 'manual' })
  assert.equal(page.headers.get('location'), null)
})

test('who is not let in is told what to do, and is seen on the staff page', async () => {
  const { desk, back } = await go('linxia')
  assert.equal(await code(await come(desk, asked(back))), '403 staff.unlinked')
  assert.ok((await member('linxia'))!.asked_at > 0)
  const customer = (await fresh.sim.post('/sim/customers', { name: '路人' })).items[0] as Json
  const visitor = await go(customer.external_userid)
  assert.equal(await code(await come(visitor.desk, asked(visitor.back))), '403 staff.visitor')
  const outside = await go('laowu')
  const said = await come(outside.desk, asked(outside.back))
  assert.match(((await said.clone().json()) as Json).detail, /可见范围/)
  assert.equal(await code(said), '403 staff.member')
  const unborn = await go('xiaobai')
  assert.equal(await code(await come(unborn.desk, asked(unborn.back))), '403 staff.member')
})

test('let in by the owner: signs in, may what the role may; the code, the state and the browser count once', async () => {
  assert.equal((await link(['linxia', 'zhoumo'], 'agent')).status, 204)
  assert.equal(await code(await link(['linxia'], 'agent')), '409 staff.linked')
  assert.equal((await link(['hejian'], 'owner')).status, 400)
  assert.equal(await code(await link(['nobody'], 'agent')), '404 staff.none')
  assert.equal(await code(await link(['xiaobai'], 'agent')), '403 staff.member')
  assert.equal(await code(await link([], 'agent')), '422 staff.role')

  const { desk, back } = await go('linxia')
  const thief = new Desk(fresh.console) // the same address in another browser
  assert.equal(await code(await come(thief, asked(back))), '409 staff.state')
  assert.equal(await code(await come(desk, { code: asked(back).code, state: 'A'.repeat(32) })), '409 staff.state')
  const reply = await come(desk, asked(back))
  assert.equal(reply.status, 200, await reply.clone().text())
  const me = (await desk.get('/api/me')).staff as Json
  assert.equal(me.role, 'agent')
  assert.equal(me.name, '林夏')
  assert.equal((await member('linxia'))!.staff_id, me.staff_id)
  assert.equal((await desk.raw('GET', '/api/directory')).status, 403)
  assert.equal(await code(await come(desk, asked(back))), '409 staff.state')
  const second = await go('linxia')
  assert.equal(await code(await come(second.desk, { code: asked(back).code, state: asked(second.back).state })), '409 staff.code')
  assert.equal(await code(await come(second.desk, asked(second.back))), '409 staff.state') // used up with the other code
  assert.equal((await new Desk(fresh.console).raw('POST', '/api/login', { login: me.login, password: '' })).status, 400)
  assert.equal((await new Desk(fresh.console).raw('POST', '/api/login', { login: me.login, password: 'linxia-linxia' })).status, 401)
  const acts = ((await fresh.desk.get('/api/audit?limit=200')).items as Json[]).map((a) => a.act)
  for (const act of ['staff.link', 'staff.login', 'staff.sign_in_refused', 'staff.sign_in_set', 'shops.set_agent']) assert.ok(acts.includes(act), act)
})

test('a supervisor lets people in, but makes no supervisors; a person with a password gets both ways', async () => {
  const made = await fresh.desk.post('/api/staff', { login: unique('sup'), name: '主管', role: 'supervisor', password: 'eight-chars' })
  const sup = await new Desk(fresh.console).login(made.login, 'eight-chars')
  assert.equal((await sup.get('/api/directory')).corps.length, 1)
  assert.equal(await code(await link(['hejian'], 'supervisor', null, sup)), '403 staff.give')
  assert.equal((await sup.raw('PUT', `/api/directory/${corp}`, { offered: true, everyone: true })).status, 403)
  const agent = await fresh.desk.post('/api/staff', { login: unique('a'), name: '何间', role: 'agent', password: 'eight-chars' })
  assert.equal((await link(['hejian'], null, agent.staff_id, sup)).status, 204)
  assert.equal(await code(await link(['tangtang'], null, agent.staff_id, sup)), '409 staff.linked')
  const owner = (await fresh.desk.get('/api/me')).staff.staff_id
  assert.equal(await code(await link(['tangtang'], null, owner)), '403 staff.give')
  const desk = await signIn('hejian')
  assert.equal((await desk.get('/api/me')).staff.staff_id, agent.staff_id)
  // Taken away: his sessions end; his password stays.
  assert.equal((await sup.raw('DELETE', `/api/directory/links/${corp}/hejian`)).status, 204)
  assert.equal((await desk.raw('GET', '/api/me')).status, 401)
  await new Desk(fresh.console).login(agent.login, 'eight-chars')
  const { desk: again, back } = await go('hejian')
  assert.equal(await code(await come(again, asked(back))), '403 staff.unlinked')
  assert.equal(await code(await sup.raw('DELETE', `/api/directory/links/${corp}/hejian`)), '404 staff.none')
})

test('who becomes owner needs a password; who is disabled here stays out', async () => {
  const zhoumo = (await member('zhoumo'))!.staff_id
  assert.equal(await code(await fresh.desk.raw('PUT', `/api/staff/${zhoumo}`, { role: 'owner' })), '422 staff.weak')
  await fresh.desk.call('PUT', `/api/staff/${zhoumo}`, { role: 'owner', password: 'zhoumo-has-one' })
  const first = await go('zhoumo')
  assert.equal(await code(await come(first.desk, asked(first.back))), '403 staff.owner')
  await fresh.desk.call('PUT', `/api/staff/${zhoumo}`, { role: 'agent', disabled: true })
  const second = await go('zhoumo')
  assert.equal(await code(await come(second.desk, asked(second.back))), '403 staff.disabled')
  await fresh.desk.call('PUT', `/api/staff/${zhoumo}`, { disabled: false })
  await signIn('zhoumo')
})

test('leaving the corp: access ends with the event, the open stream too, and what was his goes back to the queue', async () => {
  const desk = await signIn('linxia')
  const me = (await desk.get('/api/me')).staff as Json
  const her = (await fresh.sim.post('/sim/customers', { name: '小满' })).items[0] as Json
  const text = unique('在吗')
  await fresh.sim.post('/sim/say', { customer: her.external_userid, open_kfid: fresh.world.kf[0].open_kfid, msgtype: 'text', text })
  const thread = await until('her message', async () => ((await desk.get('/api/threads?view=waiting&limit=100')).items as Json[]).find((t) => t.last_text?.includes(text)))
  await desk.post(`/api/threads/${thread.thread_id}/assign`, { staff_id: me.staff_id })
  const stream = await fetch(`${fresh.console}/api/events?topics=inbox`, { headers: { Cookie: desk.cookie } })
  assert.equal(stream.status, 200)
  const ended = (async () => {
    for await (const _ of stream.body!) continue
    return true
  })().catch(() => true)

  await fresh.sim.post('/sim/wecom/staff/leave', { userid: 'linxia' })
  await until('his session is over', async () => (await desk.raw('GET', '/api/me')).status === 401)
  assert.equal(await ended, true)
  assert.equal((await person(me.staff_id)).disabled, true)
  assert.equal((await member('linxia'))!.status, 'left')
  await until('the thread is nobody\'s', async () => (await fresh.desk.get(`/api/threads/${thread.thread_id}`)).assigned_to === null)
  const acts = (await fresh.desk.get('/api/audit?limit=50')).items as Json[]
  const gone = acts.find((a) => a.act === 'staff.member_gone')!
  assert.equal(gone.object_id, me.staff_id)
})

test('a missed event is made up for by the list; outside the range ends sessions, and no more than that', async () => {
  const desk = await signIn('zhoumo')
  const me = (await desk.get('/api/me')).staff as Json
  await fresh.fault('callbacks-silent', true)
  await fresh.sim.post('/sim/wecom/staff', { userid: 'zhoumo', outside: 1 })
  assert.equal((await desk.raw('GET', '/api/me')).status, 200)
  await new Promise((done) => setTimeout(done, 1100)) // a look counts whole seconds, and he was seen in this one
  await fresh.desk.call('POST', `/api/directory/${corp}/sync`)
  await until('his session is over', async () => (await desk.raw('GET', '/api/me')).status === 401)
  assert.equal((await member('zhoumo'))!.status, 'outside')
  assert.equal((await person(me.staff_id)).disabled, false)
  await fresh.sim.post('/sim/wecom/staff', { userid: 'zhoumo', outside: 0 })
  await fresh.desk.call('POST', `/api/directory/${corp}/sync`)
  await until('he is back', async () => (await member('zhoumo'))!.status === 'active')
  await signIn('zhoumo')
  await fresh.fault('callbacks-silent', false)
})

test('what changes is told by callbacks: a new member, a new name, one disabled in WeCom', async () => {
  await fresh.sim.post('/sim/wecom/staff', { userid: 'NewOne', name: '新来的', department: 3 })
  await until('he is listed', async () => (await member('NewOne'))?.department === '销售部')
  await fresh.sim.post('/sim/wecom/staff', { userid: 'NewOne', name: '改名的' })
  await until('his name', async () => (await member('NewOne'))?.name === '改名的')
  await fresh.desk.call('PUT', `/api/directory/${corp}`, { offered: true, everyone: true })
  const desk = await signIn('newone') // the platform does not tell the cases of letters apart
  const me = (await desk.get('/api/me')).staff as Json
  assert.equal(me.role, 'agent')
  await fresh.sim.post('/sim/wecom/staff', { userid: 'NewOne', status: 2 })
  await until('his session is over', async () => (await desk.raw('GET', '/api/me')).status === 401)
  assert.equal((await person(me.staff_id)).disabled, true)
  await fresh.desk.call('PUT', `/api/directory/${corp}`, { offered: true, everyone: false })
})

test('WeCom refuses the server, or says nothing: a sentence with the cause, and it is nobody\'s failed try', async () => {
  await fresh.fault('wecom-ip', true)
  const first = await go('zhoumo')
  const refused = await come(first.desk, asked(first.back))
  assert.match(((await refused.clone().json()) as Json).detail, /60020/)
  assert.equal(await code(refused), '502 staff.platform')
  await fresh.fault('wecom-ip', false)
  await fresh.sim.set('broken_how', 'hang')
  await fresh.sim.set('broken', '/cgi-bin/auth/getuserinfo')
  const second = await go('zhoumo')
  assert.equal(await code(await come(second.desk, asked(second.back))), '502 staff.platform')
  // However many wait for WeCom: the desk goes on.
  const many = await Promise.all(Array.from({ length: 6 }, () => go('zhoumo')))
  const waiting = many.map(async ({ desk, back }) => code(await come(desk, asked(back))))
  const begun = Date.now()
  for (let i = 0; i < 5; i++) await fresh.desk.get('/api/staff')
  assert.ok(Date.now() - begun < 2000, 'somebody else waits for WeCom')
  const said = await Promise.all(waiting)
  assert.ok(said.includes('502 staff.platform') && said.includes('503 server.busy'), said.join())
  await fresh.sim.set('broken', '')
  await signIn('zhoumo')
})

test('a state lives ten minutes; twenty failures from an address, and nobody is told anything', async () => {
  await signIn('zhoumo')
  const late = await go('zhoumo')
  await fetch(`${fresh.console}/dev/clock?push_ms=${11 * 60 * 1000}`, { method: 'POST' })
  assert.equal(await code(await come(late.desk, asked(late.back))), '409 staff.state')
  const stranger = new Desk(fresh.console)
  let last = ''
  for (let i = 0; i < 25 && !last.startsWith('429'); i++) last = await code(await come(stranger, { code: `c${i}`, state: 'B'.repeat(32) }))
  assert.equal(last, '429 staff.throttled')
  const right = await go('zhoumo')
  assert.equal(await code(await come(right.desk, asked(right.back))), '429 staff.throttled')
  assert.equal((await new Desk(fresh.console).raw('POST', '/api/login', { login: USER, password: PASSWORD })).status, 429)
})
