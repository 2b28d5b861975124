/* The scenarios in plain words (*.scn): each with the simulator alone, a scripted client playing the careless one; and with the
 * server attached when it has an act of the server. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { root, startDemo, type Json } from '../support/demo.ts'

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

const files = readdirSync(folder).filter((f) => f.endsWith('.scn')).sort()
const hasAct = (file: string, act: string) => new RegExp(`^act ${act}$`, 'm').test(readFileSync(join(folder, file), 'utf8'))

for (const file of files) {
  if (!hasAct(file, 'server') || hasAct(file, 'client'))
    test(`${file}: the scripted client`, async () => passed(await play(file, ...START)))
  if (hasAct(file, 'server'))
    test(`${file}: the server`, async () => {
      const demo = await startDemo(START)
      try {
        passed(await play(file, '--attach', demo.simulator, '--server', demo.console, '--login', `${demo.user}:${demo.password}`))
      } finally {
        await demo.stop()
      }
    })
}
