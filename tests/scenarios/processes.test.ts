/* Two servers on one PostgreSQL: what comes in at one is seen at the other, and when one is killed the other goes on.
 * Skipped without ZHANGGUI_TEST_DB: SQLite belongs to one process. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { Desk, messages, root, startDemo, threadWith, unique, until, type Demo, type Json } from '../support/demo.ts'

const alone = !process.env.ZHANGGUI_TEST_DB && 'needs ZHANGGUI_TEST_DB'

interface Server {
  url: string
  process: ChildProcess
  data: string
  log: () => string
}

/** The demo's own server: its process id and its flags. */
function serverOf(demo: Demo): { pid: number; args: Record<string, string> } {
  const demoPid = demo.process.pid!
  for (const pid of readFileSync(`/proc/${demoPid}/task/${demoPid}/children`, 'utf8').trim().split(' ')) {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    if (words[1] !== 'serve') continue
    const args: Record<string, string> = {}
    for (let i = 2; i + 1 < words.length; i += 2) args[words[i]] = words[i + 1]
    return { pid: Number(pid), args }
  }
  throw new Error('the demo has no server')
}

const metric = async (url: string, name: string) =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 0)

/** Another server beside the demo's: the same database, keys and platform, a data folder of its own. */
async function startBeside(demo: Demo): Promise<Server> {
  const of = serverOf(demo).args
  const data = mkdtempSync(join(tmpdir(), 'zhanggui-beside-'))
  copyFileSync(join(of['--data'], 'keys'), join(data, 'keys'))
  const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui')
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', data, '--dev', 'yes', '--loopback-only', 'yes', '--db', demo.database]
  for (const name of ['--simulator', '--wecom-base', '--weixin-base']) args.push(name, of[name])
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr!.on('data', (d) => (log += d))
  const url = await until('the second server is ready', () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${log.slice(-2000)}`)
    return /"event":"serve.ready","url":"([^"]+)"/.exec(log)?.[1]
  }, 30000)
  return { url, process: child, data, log: () => log }
}

/** Reads a server's event stream; `seen` grows. */
function listen(desk: Desk): { seen: () => string; stop: () => void } {
  const end = new AbortController()
  let seen = ''
  void (async () => {
    try {
      const reply = await fetch(`${desk.url}/api/events?topics=inbox`, { headers: { Cookie: desk.cookie }, signal: end.signal })
      for await (const part of reply.body!) seen += new TextDecoder().decode(part)
    } catch {
      /* the end */
    }
  })()
  return { seen: () => seen, stop: () => end.abort() }
}

let demo: Demo
let beside: Server
let desk: Desk

before(async () => {
  if (alone) return
  demo = await startDemo()
  beside = await startBeside(demo)
  desk = await new Desk(beside.url).login(demo.user, demo.password)
}, { timeout: 120000 })
after(async () => {
  beside?.process.kill('SIGKILL')
  await demo?.stop()
  if (beside) rmSync(beside.data, { recursive: true, force: true })
})

const customers = async (): Promise<Json[]> => (await demo.sim.get('/sim/customers?limit=50')).items
const kfid = async () => (await demo.desk.get('/api/accounts')).items.find((a: Json) => a.kind === 'kf').remote_id as string
const say = async (c: Json, text: string) =>
  demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: await kfid(), msgtype: 'text', text })

test('a message taken in by one server is seen at once by a console of the other', { skip: alone }, async () => {
  const ear = listen(desk)
  await until('it listens', () => ear.seen().includes('id: '))
  const c = (await customers())[0]
  const text = unique('跨进程 ')
  await say(c, text)
  const thread = await threadWith(desk, text)
  await until('an event', () => ear.seen().includes(`"parent":"${thread.thread_id}"`) && ear.seen().includes('event: inbox'))
  ear.stop()
  assert.equal((await messages(desk, thread.thread_id)).filter((m) => m.text === text).length, 1)
  const answer = unique('在的 ')
  await desk.post(`/api/threads/${thread.thread_id}/messages`, { client_id: unique('c'), text: answer })
  await until('she has the answer once', async () =>
    ((await demo.sim.get(`/sim/received?customer=${c.external_userid}`)).items as Json[]).filter((m) => m.text === answer).length === 1)
})

test('an event id of the other server is answered with reset', { skip: alone }, async () => {
  const ear = listen(demo.desk)
  const id = await until('an id', () => /id: (\d+)/.exec(ear.seen())?.[1])
  ear.stop()
  const end = new AbortController()
  const reply = await fetch(`${desk.url}/api/events?topics=inbox&last_event_id=${id}`, { headers: { Cookie: desk.cookie }, signal: end.signal })
  const first = await reply.body!.getReader().read()
  assert.match(new TextDecoder().decode(first.value), /event: reset/)
  end.abort()
})

test('of a killed server everything acknowledged is at the other within ten seconds, once', { skip: alone }, async () => {
  const some = (await customers()).slice(5, 17)
  const texts = some.map((_, i) => unique(`第${i}位 `))
  const server = serverOf(demo)
  const before = await metric(demo.console, 'zhanggui_ledger_appended_total')
  demo.process.kill('SIGSTOP') // it would start its server again
  await Promise.all(some.map((c, i) => say(c, texts[i])))
  await until('all are acknowledged', async () => (await metric(demo.console, 'zhanggui_ledger_appended_total')) >= before + some.length)
  process.kill(server.pid, 'SIGKILL')
  const killed = Date.now()
  for (const text of texts) {
    const thread = await threadWith(desk, text, Math.max(1, killed + 10000 - Date.now()))
    assert.equal((await messages(desk, thread.thread_id)).filter((m) => m.text === text).length, 1)
  }
  await until('nothing is left to do', async () => (await fetch(`${beside.url}/dev/idle`)).json().then((j: any) => j.idle))
  assert.equal((await desk.get('/api/jobs/dead')).items.length, 0)
  demo.process.kill('SIGCONT')
})
