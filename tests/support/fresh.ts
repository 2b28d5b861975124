/* A server with nothing connected, and a simulator whose corp, shops and official account nobody has connected either. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Desk, keepContract, ownDatabase, root, Sim, until, type Json } from './demo.ts'

export const USER = 'boss'
export const PASSWORD = 'fresh-password'

export interface Outcome {
  status: number
  out: string
  err: string
}

export interface Fresh {
  console: string
  data: string
  world: Json
  sim: Sim
  desk: Desk
  log: () => string
  /** A command of the program on the same data; `input` is its standard input. */
  run: (args: string[], input?: string) => Promise<Outcome>
  page: (path: string, body: Json) => Promise<Json>
  fault: (name: string, on: boolean) => Promise<void>
  stop: () => Promise<void>
}

function start(program: string, args: string[], env: Record<string, string>): { child: ChildProcess; out: () => string; log: () => string; ended: Promise<void> } {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let log = ''
  child.stdout!.on('data', (d) => (out = (out + d).slice(-400000)))
  child.stderr!.on('data', (d) => (log = (log + d).slice(-400000)))
  const ended = new Promise<void>((done) => child.on('exit', () => done()))
  return { child, out: () => out, log: () => log, ended }
}

const build = () => resolve(root, process.env.ZHANGGUI_BUILD ?? 'build')

export function runProgram(args: string[], input = '', env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((done) => {
    const child = execFile(join(build(), 'zhanggui'), args, { env: { ...process.env, ...env }, timeout: 60000 }, (error, out, err) =>
      done({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }))
    child.stdin!.on('error', () => undefined) // a command that refuses reads no secret
    child.stdin!.end(input)
  })
}

/** `settings` are flags of the server; `simulator` of the simulator. */
export async function startFresh(settings: string[] = [], simulator: string[] = ['--fresh']): Promise<Fresh> {
  const folder = mkdtempSync(join(tmpdir(), 'zhanggui-fresh-'))
  const data = join(folder, 'data')
  const contract = join(folder, 'contract.txt')
  const database = ownDatabase()
  const env = { ZHANGGUI_DB: database.url, ZHANGGUI_DEV: 'yes' }
  const begun = await runProgram(['init', '--merchant', '清禾小铺', '--login', USER, '--data', data], `${PASSWORD}\n`, env)
  if (begun.status) throw new Error(`init: ${begun.err}`)
  const platform = start(join(build(), 'zhanggui-sim'), ['--listen', '127.0.0.1:0', ...simulator], {})
  const world: Json = await until('the simulator is ready', () => (platform.out().includes('\n') ? JSON.parse(platform.out().split('\n')[0]) : undefined), 30000)
  const server = start(
    join(build(), 'zhanggui'),
    ['serve', '--data', data, '--listen', '127.0.0.1:0', '--loopback-only', 'yes', '--wecom-base', world.wecom_base, '--weixin-base', world.weixin_base, '--login-base', world.wecom_base,
     '--contract-log', contract, ...settings],
    env,
  )
  const ready = await until('the server is ready', () => {
    if (server.child.exitCode !== null) throw new Error(`the server ended: ${server.log().slice(-2000)}`)
    return server.log().split('\n').find((l) => l.includes('"serve.ready"'))
  }, 60000)
  const console_ = JSON.parse(ready).url as string
  const desk = await new Desk(console_).login(USER, PASSWORD)
  const sim = new Sim(world.url)
  const stop = async () => {
    server.child.kill('SIGTERM')
    await server.ended
    platform.child.kill('SIGTERM')
    await platform.ended
    const bad = server.log().split('\n').filter((l) => /AddressSanitizer|runtime error|LeakSanitizer|ThreadSanitizer/.test(l))
    keepContract(contract)
    rmSync(folder, { recursive: true, force: true })
    database.drop()
    if (bad.length) throw new Error(`a sanitizer speaks: ${bad.slice(0, 5).join('\n')}`)
  }
  return {
    console: console_, data, world, sim, desk, log: server.log, stop,
    run: (args, input) => runProgram([...args, '--data', data], input, { ...env, ZHANGGUI_LOOPBACK_ONLY: 'yes', ZHANGGUI_WECOM_BASE: world.wecom_base, ZHANGGUI_WEIXIN_BASE: world.weixin_base }),
    page: async (path, body) => {
      const answer = await sim.post(`/sim/console/${path}`, body)
      if (!answer.ok) throw new Error(`the platform's page ${path}: ${answer.errcode} ${answer.errmsg}`)
      return answer
    },
    fault: async (name, on) => void (await sim.call('PUT', `/sim/faults/${name}`, { on })),
  }
}

/** Begins an account over HTTP, as the card does: asks first, then keeps. */
export async function begin(fresh: Fresh, input: Json): Promise<Json> {
  const body = { secret: null, origin: null, parent_id: null, ...input }
  await fresh.desk.call('POST', '/api/connect/try', body)
  return fresh.desk.call('POST', '/api/connect', body)
}

const paste = (fresh: Fresh, made: Json) => ({ url: fresh.console + made.path, token: made.token, aes_key: made.aes_key })

/** All that a person clicks at the platform and here, without the clicking: five cards green. */
export async function connectAll(fresh: Fresh): Promise<void> {
  const { world, page } = fresh
  const shop = world.shops[0]
  const mp = world.mp[0]
  const wecom = await begin(fresh, { kind: 'wecom', remote_id: world.corp.corp_id, name: '清禾', secret: world.corp.secret, origin: fresh.console })
  await page('wecom/callback', paste(fresh, wecom))
  await page('wecom/trusted-ip', { ips: ['127.0.0.1'] })
  const madeShop = await begin(fresh, { kind: 'shop', remote_id: shop.appid, name: '清禾女装', secret: shop.secret })
  await page('shop/ip', { ips: ['127.0.0.1'] })
  await page('shop/callback', paste(fresh, madeShop))
  const madeMp = await begin(fresh, { kind: 'mp', remote_id: mp.appid, name: '清禾公众号', secret: mp.secret })
  await page('mp/ip', { ips: ['127.0.0.1'] })
  await page('mp/callback', { ...paste(fresh, madeMp), mode: 'security' })
  await page('open/bind', { shop: true, mp: true, wecom: true })
  for (const kf of world.kf as Json[]) {
    await page('kf/api', { open_kfid: kf.open_kfid, on: true })
    await begin(fresh, { kind: 'kf', remote_id: kf.open_kfid, name: kf.name, parent_id: wecom.account_id })
  }
  await page('shop/kf-api', { on: true })
  for (const kind of ['wecom', 'shop', 'mp', 'shopkf']) await page('say', { kind })
  for (const kf of world.kf as Json[]) await page('say', { kind: 'kf', open_kfid: kf.open_kfid })
  await until('all are connected', async () => {
    const items = (await fresh.desk.get('/api/connect')).items as Json[]
    return items.length === 5 && items.every((c) => c.connected_at > 0 && (c.kind !== 'shop' || (c.kf_granted_at > 0 && c.kf_heard_at > 0)))
  }, 30000)
}
