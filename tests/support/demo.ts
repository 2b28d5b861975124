/* Starts "zhanggui demo" for a test, and speaks to its server and simulator. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
export type Json = Record<string, any>

export interface Ready {
  console: string
  user: string
  password: string
  simulator: string
}

/** Waits until `probe` gives something other than undefined or false; throws with `what` after `ms`. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false, ms = 40000): Promise<T> {
  const end = Date.now() + ms
  let last: unknown
  for (;;) {
    try {
      const value = await probe()
      if (value !== undefined && value !== false) return value as T
      last = undefined
    } catch (e) {
      last = e
    }
    if (Date.now() > end) throw new Error(`not in time: ${what}${last ? ` (${last})` : ''}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** The simulator's admin API. */
export class Sim {
  url: string
  constructor(url: string) {
    this.url = url
  }
  async call(method: string, path: string, body?: Json): Promise<Json> {
    const reply = await fetch(this.url + path, {
      method,
      headers: body ? { 'Content-Type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : undefined,
    })
    const text = await reply.text()
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
    return text ? JSON.parse(text) : {}
  }
  get(path: string) {
    return this.call('GET', path)
  }
  post(path: string, body: Json = {}) {
    return this.call('POST', path, body)
  }
  set(name: string, value: unknown) {
    return this.post('/sim/switch', { name, value })
  }
}

/** One signed-in person of the server's JSON API. */
export class Desk {
  url: string
  cookie = ''
  csrf = ''
  constructor(url: string) {
    this.url = url
  }
  async raw(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(this.cookie ? { Cookie: this.cookie } : {}),
        ...(this.csrf ? { 'X-CSRF-Token': this.csrf } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    })
  }
  async call(method: string, path: string, body?: unknown): Promise<Json> {
    const reply = await this.raw(method, path, body)
    const text = await reply.text()
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
    return text ? JSON.parse(text) : {}
  }
  get(path: string) {
    return this.call('GET', path)
  }
  post(path: string, body: Json = {}) {
    return this.call('POST', path, body)
  }
  async login(user: string, password: string) {
    const reply = await this.raw('POST', '/api/login', { login: user, password })
    if (reply.status !== 200) throw new Error(`login: ${reply.status} ${await reply.text()}`)
    this.cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0]
    this.csrf = ((await reply.json()) as Json).csrf
    return this
  }
}

export interface Demo extends Ready {
  sim: Sim
  desk: Desk
  data: string
  process: ChildProcess
  contract: string
  database: string
  log: () => string
  stop: () => Promise<void>
}

/** Statements of administration at the test server (ZHANGGUI_TEST_DB). */
export function psql(url: string, ...statements: string[]): void {
  for (const sql of statements) execFileSync('psql', [url, '-qXc', 'set client_min_messages = warning', '-c', sql], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** With ZHANGGUI_TEST_DB: a schema of its own there, and its URL; else the data folder's SQLite. */
export function ownDatabase(): { url: string; drop: () => void } {
  const server = process.env.ZHANGGUI_TEST_DB
  if (!server) return { url: 'sqlite', drop: () => undefined }
  const name = `demo_${process.pid}_${Math.random().toString(36).slice(2, 8)}`
  psql(server, `create schema ${name}`)
  return { url: `${server}?options=-csearch_path%3D${name}`, drop: () => psql(server, `drop schema ${name} cascade`) }
}

/** Starts a demo of its own port and data folder. ZHANGGUI_BUILD names the build folder (build). */
export async function startDemo(args: string[] = []): Promise<Demo> {
  const data = mkdtempSync(join(tmpdir(), 'zhanggui-test-'))
  const contract = join(data, 'contract.txt')
  const database = ownDatabase()
  const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui')
  const child = spawn(program, ['demo', '--listen', '127.0.0.1:0', '--data', data, ...args], {
    env: { ...process.env, ZHANGGUI_CONTRACT_LOG: contract, ZHANGGUI_DEV: 'yes', ZHANGGUI_DB: database.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let log = ''
  child.stdout!.on('data', (d) => (out += d))
  child.stderr!.on('data', (d) => (log = (log + d).slice(-400000)))
  const ended = new Promise<void>((done) => child.on('exit', () => done()))
  const ready: Ready = await until('the demo is ready', () => {
    if (child.exitCode !== null) throw new Error(`the demo ended: ${log.slice(-2000)}`)
    return out.includes('\n') ? (JSON.parse(out) as Ready) : undefined
  }, 60000)
  const desk = await new Desk(ready.console).login(ready.user, ready.password)
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    const bad = log.split('\n').filter((l) => /AddressSanitizer|runtime error|LeakSanitizer|ThreadSanitizer/.test(l))
    keepContract(contract)
    rmSync(data, { recursive: true, force: true })
    database.drop()
    if (bad.length) throw new Error(`a sanitizer speaks: ${bad.slice(0, 5).join('\n')}\n${log.slice(-4000)}`)
  }
  return { ...ready, sim: new Sim(ready.simulator), desk, data, process: child, contract, database: database.url, log: () => log, stop }
}

/** Keeps what was exercised and what did not fit, for the contract check at the end of all suites. */
export function keepContract(file: string) {
  if (!existsSync(file)) return
  const folder = join(root, 'build/logs')
  mkdirSync(folder, { recursive: true })
  appendFileSync(join(folder, 'contract.txt'), readFileSync(file))
}

/** The thread of a 微信客服 or in-shop customer, by a message she wrote. */
export async function threadWith(desk: Desk, text: string, ms = 40000): Promise<Json> {
  return until(`a thread with "${text}"`, async () => {
    for (const view of ['waiting', 'open']) {
      const list = await desk.get(`/api/threads?view=${view}&limit=100`)
      const found = (list.items as Json[]).find((t) => t.last_text?.includes(text))
      if (found) return found
    }
    return undefined
  }, ms)
}
export async function messages(desk: Desk, threadId: string): Promise<Json[]> {
  return (await desk.get(`/api/threads/${threadId}/messages?limit=100`)).items
}
let serial = 0
export const unique = (prefix: string) => `${prefix}${Date.now().toString(36)}${(serial++).toString(36)}`
