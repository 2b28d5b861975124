/* Two merchants on one server: route × role × foreign merchant. The other one's month of customers, orders and cases is the demo's. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Desk, startDemo, until, unique, type Demo, type Json } from '../support/demo.ts'
import { runProgram } from '../support/fresh.ts'
import { canaries, look, questions, readOwn, routesOf, type Known, type Leak, type Route } from '../support/leaks.ts'

const PASSWORD = 'eight-chars'
const ROLES = ['owner', 'supervisor', 'agent', 'warehouse', 'reader', 'operator', 'none'] as const

let demo: Demo
let folder: string
let foreign: string // the other merchant's number
let mine: string
let routes: Route[]
let theirs: Known
let marks: string[]
const desks = new Map<string, Desk>()
let spare: Desk // the neighbour's owner once more: the questions sign everybody out at last
const may = new Map<string, Set<string>>()

const zhanggui = async (args: string[], input = '') => {
  const r = await runProgram([...args, '--data', demo.data, '--db', demo.database], input, { ZHANGGUI_DEV: 'yes', ASAN_OPTIONS: 'detect_leaks=0' })
  assert.equal(r.status, 0, `${args.join(' ')}: ${r.err}`)
  return r.out
}

/** All rows of the other merchant as an export has them; what the program itself writes there by the clock is left out. */
async function digest(): Promise<Map<string, string>> {
  const to = join(folder, unique('export'))
  await zhanggui(['export', '--merchant', foreign, to])
  const files = new Map<string, string>()
  const walk = (dir: string) => {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name)
      if (statSync(path).isDirectory()) walk(path)
      else if (!/README|store_check|shops_health|backfill_/.test(name)) files.set(path.slice(to.length), createHash('sha256').update(readFileSync(path)).digest('hex'))
    }
  }
  walk(to)
  rmSync(to, { recursive: true })
  return files
}
const differences = (a: Map<string, string>, b: Map<string, string>) => [...new Set([...a.keys(), ...b.keys()])].filter((k) => a.get(k) !== b.get(k))

before(async () => {
  demo = await startDemo(['--customers', '40'])
  folder = mkdtempSync(join(tmpdir(), 'zhanggui-leaks-'))
  foreign = JSON.parse(await zhanggui(['merchant', 'list', '--json'])).merchants[0].merchant_id
  mine = JSON.parse(await zhanggui(['merchant', 'create', '--name', '隔壁小店', '--login', 'next-door', '--json'], `${PASSWORD}\n`)).merchant_id
  await zhanggui(['operator', 'add', '--login', 'host', '--name', '运维老王'], `${PASSWORD}\n`)
  const owner = await new Desk(demo.console).login('next-door', PASSWORD)
  desks.set('owner', owner)
  for (const role of ROLES.slice(1, 5)) {
    await owner.post('/api/staff', { login: `next-${role}`, name: `隔壁${role}`, role, password: PASSWORD })
    desks.set(role, await new Desk(demo.console).login(`next-${role}`, PASSWORD))
  }
  desks.set('operator', await new Desk(demo.console).login('host', PASSWORD))
  desks.set('none', new Desk(demo.console))
  spare = await new Desk(demo.console).login('next-door', PASSWORD)
  for (const role of ROLES) may.set(role, new Set(role === 'none' ? [] : (await desks.get(role)!.get('/api/me')).staff.permissions))
  await until('the other merchant has orders and cases', async () =>
    (await demo.desk.get('/api/orders?limit=5')).items.length === 5 && (await demo.desk.get('/api/cases?limit=2')).items.length === 2 &&
    (await demo.desk.get('/api/threads?view=open&limit=5')).items.length === 5, 60000)
  await until('his past has been read: what changes from now on is our doing', async () =>
    ((await demo.desk.get('/api/backfill')).items as Json[]).every((r) => r.state === 'ready') && (await demo.desk.get('/dev/idle')).idle, 120000)
  await demo.desk.post('/api/blobs', { mime: 'image/png', data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==' })
    .then((b) => (blob = b.blob_id))
  const thread = (await demo.desk.get('/api/threads?view=open&limit=1')).items[0]
  await demo.desk.call('PUT', `/api/people/${thread.person_id}`, { name: unique('金丝雀'), note: unique('只给自己看的备注') })
  routes = await routesOf(demo.desk)
  theirs = await readOwn(demo.desk, routes)
  theirs.add({ blob_id: blob, merchant_id: foreign })
  const ours = await readOwn(owner, routes)
  ours.add((await new Desk(demo.console).raw('GET', '/api/openapi.json').then((r) => r.text())))
  marks = canaries(theirs, ours)
}, { timeout: 180000 })
let blob = ''
after(async () => {
  await demo?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** The demo's buttons are the installation's, and exist only there. What an operator may do about merchants is tried in hosting.test.ts. */
const apart = (route: Route, role: string) => route.path.startsWith('/api/demo/') || (role === 'operator' && route.permission === 'hosting.manage')

test('the search finds what it looks for: asked as the other merchant himself, his routes are full of it', async () => {
  assert.ok(marks.length > 200, `${marks.length} texts that only he has`)
  let shown = 0
  for (const route of routes.filter((r) => r.method === 'GET' && !apart(r, 'owner')))
    for (const q of questions(route, theirs, foreign))
      if ((await look(demo.desk, 'himself', route, q, marks)).leak) {
        shown++
        break
      }
  assert.ok(shown >= 12, `${shown} of his routes show something of his`)
})

test('route × role × foreign merchant: no leak, no change, no right that the role has not', { timeout: 150000 }, async () => {
  const begun = Date.now()
  const was = await digest()
  const leaks: Leak[] = []
  const wrong: string[] = []
  const kinds = new Set<string>()
  const asked = new Set<string>()
  let calls = 0
  const last = (r: Route) => Number(r.path === '/api/logout' || r.path === '/api/login')
  for (const role of ROLES)
    for (const route of [...routes].sort((a, b) => last(a) - last(b))) {
      if (apart(route, role)) continue
      for (const q of questions(route, theirs, foreign)) {
        const { status, leak } = await look(desks.get(role)!, role, route, q, marks)
        calls++
        kinds.add(q.kind)
        asked.add(`${route.method} ${route.path}`)
        if (leak) leaks.push(leak)
        const right = role === 'none' ? 401 : 403
        // A parameter that no route has, or a cursor of another form, is refused by its form before anybody asks who asks.
        const byForm = status === 400 && (q.kind === 'smuggled' || q.kind === 'query')
        if (route.permission && !may.get(role)!.has(route.permission) && status !== right && !byForm)
          wrong.push(`${role} ${route.method} ${q.path}: ${status}`)
        if (status >= 500 && status !== 502 && status !== 503) wrong.push(`${role} ${route.method} ${q.path}: ${status}`)
      }
    }
  const changed = differences(was, await digest())
  const line = { routes: asked.size, roles: ROLES.length, kinds: kinds.size, calls, canaries: marks.length, leaks: leaks.length, changed: changed.length, refused_wrongly: wrong.length, ms: Date.now() - begun }
  console.log(`routes ${line.routes} × roles ${line.roles} × kinds ${line.kinds} = ${calls} calls, ${leaks.length} leaks`)
  console.log(JSON.stringify(line))
  for (const w of wrong) console.log(w)
  const unknown = [...new Set(routes.flatMap((r) => r.params.filter((x) => x.in === 'path' && !x.number && theirs.of(x.name).length === 0).map((x) => x.name)))]
  console.log(`asked with the merchant's own number, because he has none of these: ${unknown.join(' ') || '-'}`)
  assert.ok(unknown.length <= 5, unknown.join(' '))
  assert.deepEqual(leaks, [])
  assert.deepEqual(changed, [])
  assert.deepEqual(wrong, [])
  assert.equal(asked.size, routes.filter((r) => !apart(r, 'owner')).length, 'every route was asked')
})

test('a planted leak is found, and a planted change', async () => {
  const route = routes.find((r) => r.method === 'GET' && r.path === '/api/orders/{order_id}')!
  const [q] = questions(route, theirs, foreign)
  assert.equal((await look(spare, 'owner', route, q, marks)).leak, null)
  assert.equal((await look(demo.desk, 'a server that forgot whose', route, q, marks)).leak?.kind, 'path')
  const was = await digest()
  const person = theirs.of('person_id')[0]
  await demo.desk.call('PUT', `/api/people/${person}`, { note: unique('改了') })
  assert.ok(differences(was, await digest()).length > 0)
})

/** What arrives on an event stream until `done` says so, or the time is over. */
async function listen(desk: Desk, lastId: string | null, ms: number): Promise<string> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), ms)
  let text = ''
  try {
    const reply = await fetch(`${desk.url}/api/events?topics=inbox,orders,aftersales,contacts,shops,staff,catalogue,backfill,system`, {
      headers: { Cookie: desk.cookie, ...(lastId ? { 'Last-Event-ID': lastId } : {}) }, signal: over.signal })
    for await (const part of reply.body!) text += Buffer.from(part).toString()
  } catch {
    // the time is over
  }
  clearTimeout(timer)
  return text
}

test('the event stream: one merchant hears the other neither now nor by going back', async () => {
  const greeting = await listen(demo.desk, null, 400)
  const from = /^id: (\d+)$/m.exec(greeting)![1]
  const hears = [listen(spare, null, 2500), listen(demo.desk, null, 2500)]
  await new Promise((done) => setTimeout(done, 400))
  const threads = (await demo.desk.get('/api/threads?view=open&limit=3')).items as Json[]
  for (const t of threads) await demo.desk.post(`/api/threads/${t.thread_id}/close`)
  const [heard, his] = await Promise.all(hears)
  assert.ok(threads.some((t) => his.includes(t.thread_id)), 'he hears himself')
  for (const t of threads) assert.ok(!heard.includes(t.thread_id))
  const again = await listen(spare, from, 600)
  for (const t of threads) assert.ok(!again.includes(t.thread_id), 'nor by Last-Event-ID')
  assert.ok((await listen(demo.desk, from, 600)).includes(threads[0].thread_id), 'he himself gets what he missed')
  const operator = await desks.get('operator')!.raw('GET', '/api/events?topics=inbox')
  assert.ok(operator.status === 403 || operator.status === 401, `${operator.status}`)
})

test('a picture is shown to the merchant alone that has it', async () => {
  assert.equal((await spare.raw('GET', `/api/blobs/${blob}`)).status, 404)
  assert.equal((await demo.desk.raw('GET', `/api/blobs/${blob}`)).status, 200)
})

test('an export of one holds nothing of the other', async () => {
  const to = join(folder, 'mine')
  await zhanggui(['export', '--merchant', mine, to])
  const all = (dir: string): string => readdirSync(dir).map((n) => join(dir, n)).map((p) => (statSync(p).isDirectory() ? all(p) : readFileSync(p, 'utf8'))).join('\n')
  const text = all(to)
  assert.ok(text.includes('next-warehouse'), 'his own people are there')
  // What was pasted into his fields by the questions above is his by now.
  const ids = theirs.of('thread_id').concat(theirs.of('order_id'), theirs.of('case_id'), theirs.of('person_id'))
  for (const id of ids) assert.ok(!text.includes(id), id)
  assert.ok((await digest()).size > 5)
})
