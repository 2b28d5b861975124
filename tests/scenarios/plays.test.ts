/* The scenarios in plain words (*.scn): each with the simulator alone, a scripted client playing the careless one; and with the
 * server attached when it has an act of the server: twice, and the simulator's two ledgers tell the same of everybody. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { Sim, root, startDemo, type Json } from '../support/demo.ts'

const folder = join(root, 'tests/scenarios')
const sim = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui-sim')
/* One moment for all, a little ahead: the server's clock is set to it, and should not find years to catch up with. */
const START = ['--population', 'empty', '--clock', 'manual', '--start', String(Date.now() + 120000)]

/** Plays a file; its verdict, the last line on standard output. */
function play(file: string, ...args: string[]): Promise<Json> {
  return new Promise((done, fail) => {
    execFile(sim, ['--scenario', join(folder, file), '--once', ...args], { timeout: 120000, maxBuffer: 1 << 24 }, (error, out, err) => {
      const lines = out.trim().split('\n')
      if (error && ![1].includes(Number(error.code))) fail(new Error(`${file}: ${error.message}\n${err.slice(-3000)}`))
      else done(JSON.parse(lines[lines.length - 1]))
    })
  })
}

function passed(verdict: Json) {
  assert.ok(verdict.passed, `line ${verdict.line}: ${verdict.text}\n${verdict.why}`)
  assert.ok(verdict.checks > 0, 'a scenario that checks nothing cannot fail')
}

/** By entity and sequence. What the server makes up anew each time is left out: its URLs, and the keys of its messages. */
async function sortedLedger(sim: Sim): Promise<string[]> {
  const rows: Json[] = []
  for (let since = 0; ; ) {
    const page = await sim.get(`/sim/ledger?since=${since}&limit=1000`)
    rows.push(...page.items)
    if (!page.more) break
    since = page.next
  }
  const told = rows
    .filter((r) => r.what !== 'url_set')
    .map((r) => ({ entity: `${r.account} ${['received', 'undelivered', 'repeated'].includes(r.what) ? r.detail : r.id}`, seq: r.seq, line: `${r.at} ${r.what} ${r.detail}` }))
  told.sort((a, b) => (a.entity < b.entity ? -1 : a.entity > b.entity ? 1 : a.seq - b.seq))
  return told.map((r) => `${r.entity}: ${r.line}`)
}

async function withServer(file: string): Promise<string[]> {
  const demo = await startDemo(START)
  try {
    passed(await play(file, '--attach', demo.simulator, '--server', demo.console, '--login', `${demo.user}:${demo.password}`))
    return await sortedLedger(demo.sim)
  } finally {
    await demo.stop()
  }
}

const files = readdirSync(folder).filter((f) => f.endsWith('.scn')).sort()
const has = (file: string, line: string) => new RegExp(`^${line}$`, 'm').test(readFileSync(join(folder, file), 'utf8'))

for (const file of files) {
  if (!has(file, 'act server') || has(file, 'act client'))
    test(`${file}: the scripted client`, async () => passed(await play(file, ...START)))
  if (has(file, 'act server'))
    test(`${file}: the server, and the same story told again`, async () => {
      const story = await withServer(file)
      /* A power cut comes when it comes: how far a call had got is in nobody's hand. */
      if (!has(file, 'power fails')) assert.deepEqual(await withServer(file), story)
    })
}

/** Plays a text; exit status, verdict and what it said on standard error. */
function playText(text: string): { status: number; verdict: Json; said: string } {
  const dir = mkdtempSync(join(tmpdir(), 'zhanggui-play-'))
  writeFileSync(join(dir, 'x.scn'), text)
  const run = spawnSync(sim, ['--scenario', join(dir, 'x.scn'), '--once', '--population', 'empty', '--clock', 'manual'], { encoding: 'utf8', timeout: 60000 })
  rmSync(dir, { recursive: true })
  return { status: run.status ?? -1, verdict: JSON.parse(run.stdout.trim().split('\n').at(-1)!), said: run.stderr }
}

test('what is not true fails, with its line and why', () => {
  for (const [line, why] of [
    ['order 单 must be 30', /it is 20/],
    ['platform must have received "有" for 小满', /she has it 0 times/],
    ['ledger must show said 2 times', /it stands there 1 times/],
    ['platform must have been asked /cgi-bin/kf/send_msg', /nobody asked/],
    ['client must hear channels_ec_order_pay', /heard none/],
    ['simulator does /sim/order/1/pay with {}', /no such order/],
    ['customer 小美 says "在吗"', /nobody and nothing is called/],
  ] as const) {
    const { status, verdict } = playText(`scenario "x"\ncustomer 小满 appears\ncustomer 小满 buys 单\n# she writes\ncustomer 小满 says "在吗"\n${line}\n`)
    assert.equal(status, 1, line)
    assert.equal(verdict.passed, false, line)
    assert.equal(verdict.line, 6, line)
    assert.equal(verdict.text, line)
    assert.match(verdict.why, why)
  }
})

test('a line that is no sentence is told with file, line and what was expected; nothing is played', () => {
  const { status, said, verdict } = playText('scenario "x"\ncustomer 小满 appears\ncustomer 小满 sings "啦"\n  aloud\nfive minutes passes\n')
  assert.equal(status, 2)
  assert.match(said, /x\.scn:3: after "小满" expected .*says.*, not "sings"/)
  assert.match(said, /x\.scn:5: after "minutes" expected pass, not "passes"/)
  assert.equal(verdict.scenario, undefined)
  assert.equal(playText('customer 小满 says "ab\n').status, 2)
})
