/* A small live broadcast: everything arrives, every reply once, nobody sees somebody else's orders. Times are measured by
 * bench/live.sh, not judged here. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../support/demo.ts'

test('a broadcast with every callback delivered twice and every reply posted twice', () => {
  const out = execFileSync(process.execPath, [join(root, 'bench/live.ts'), '--orders', '120', '--chats', '60', '--seconds', '12', '--samples', '12'], {
    encoding: 'utf8',
    timeout: 150000,
  })
  const r = JSON.parse(out.trim().split('\n').at(-1)!)
  assert.equal(r.orders, 120)
  assert.equal(r.chats, 60)
  assert.equal(r.late, 0)
  assert.equal(r.pushes.failed + r.pushes.gave_up + r.pushes.open, 0)
  assert.equal(r.intake.appended, r.pushes.acked)
  assert.equal(r.intake.applied, r.intake.appended)
  assert.equal(r.intake.failed + r.dead, 0)
  assert.equal(r.replies.once, r.replies.posted)
  assert.ok(r.replies.posted >= 6)
  assert.equal(r.visitors.wrong_person, 0)
  assert.ok(r.visitors.linkable > 0 && r.visitors.others > 0)
  assert.equal(r.visitors.linkable_right, r.visitors.linkable)
  assert.equal(r.visitors.others_empty, r.visitors.others)
})
