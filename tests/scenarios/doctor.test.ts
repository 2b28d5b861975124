/* What may be wrong with the installation itself, planted one by one; and an address with a bad certificate in front of the wizard. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { resolve } from 'node:path'
import { root, type Json } from '../support/demo.ts'
import { runProgram, startFresh } from '../support/fresh.ts'

const folder = mkdtempSync(join(tmpdir(), 'zhanggui-doctor-'))
const data = join(folder, 'data')
const cert = join(folder, 'cert.pem')
const key = join(folder, 'key.pem')
const DAY = 86400
before(async () => {
  assert.equal((await runProgram(['init', '--merchant', '清禾', '--login', 'boss', '--data', data], 'eight-chars\n')).status, 0)
  execFileSync('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', join(folder, 'req.pem')], { stdio: 'ignore' })
  execFileSync('openssl', ['x509', '-req', '-in', join(folder, 'req.pem'), '-signkey', key, '-days', '-1', '-out', cert], { stdio: 'ignore' })
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function look(args: string[] = [], program = runProgram): Promise<{ report: Json; status: number }> {
  const { out, status, err } = await program(['doctor', '--json', '--data', data, ...args])
  assert.ok(out.startsWith('{'), `${status} ${out} ${err}`)
  return { report: JSON.parse(out), status }
}
const troubles = (report: Json) => (report.checks as Json[]).filter((c) => c.level === 'fail' || c.level === 'warn')

async function named(check: string, status: number, args: string[] = [], program = runProgram) {
  const seen = await look(args, program)
  assert.deepEqual(troubles(seen.report).map((c) => c.name), [check])
  assert.ok(troubles(seen.report).every((c) => c.fix_zh && c.fix_en))
  assert.equal(seen.status, status)
}

test('nothing wrong, no server running: exit status 0', async () => {
  const { report, status } = await look()
  assert.deepEqual(troubles(report), [])
  assert.equal(report.healthy, true)
  assert.equal(status, 0)
  assert.equal((await runProgram(['doctor', '--no-such'])).status, 3)
})

test('planted: the certificate has expired, or cannot be read', async () => {
  await named('system.tls', 2, ['--tls-cert', cert, '--tls-key', key])
  writeFileSync(join(folder, 'no.pem'), 'no certificate')
  await named('system.tls', 2, ['--tls-cert', join(folder, 'no.pem'), '--tls-key', key])
})

test('planted: the disk is nearly full', async () => named('system.disk', 1, ['--disk-free-mb', String(1 << 30)]))

test('planted: the newest backup is too old; none is made', async () => {
  const old = Date.now() / 1000 - 5 * DAY
  utimesSync(join(data, 'keys'), old, old)
  await named('system.backup_age', 2)
  mkdirSync(join(data, 'backups'), { recursive: true })
  writeFileSync(join(data, 'backups/daily-20200101.db'), 'x')
  assert.deepEqual(troubles((await look()).report), [])
  utimesSync(join(data, 'backups/daily-20200101.db'), old, old)
  await named('system.backup_age', 2)
  rmSync(join(data, 'backups'), { recursive: true })
  utimesSync(join(data, 'keys'), Date.now() / 1000, Date.now() / 1000)
  await named('system.backup_age', 1, ['--backup-days', '0'])
})

test('planted: jobs were given up', async () => {
  const db = new DatabaseSync(join(data, 'zhanggui.db'))
  db.exec(`insert into store_job (job_id, merchant_id, kind, key, account_id, class, state, tries, run_at, deadline, again, created_at)
    select 7, merchant_id, 'orders.fetch', 'k', 0, 1, 3, 10, 0, 0, 0, 0 from shops_merchant`)
  db.close()
  await named('system.jobs_dead', 2)
  const again = new DatabaseSync(join(data, 'zhanggui.db'))
  again.exec('delete from store_job')
  again.close()
})

test('planted: the database cannot be opened', async () => {
  const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui')
  const limited = (kib: number) => async (args: string[]) => {
    // A limit on the size of files is a full disk as far as the database can tell.
    const script = `trap '' XFSZ; ulimit -f ${kib}; exec "$@"`
    try {
      return { status: 0, out: execFileSync('bash', ['-c', script, 'bash', program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(), err: '' }
    } catch (e) {
      return { status: (e as Json).status as number, out: String((e as Json).stdout), err: '' }
    }
  }
  await named('system.database', 2, [], limited(8))
  assert.deepEqual(troubles((await look()).report), [])
})

test('an address with an expired certificate is refused by the wizard', async () => {
  const bad = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, reply) => reply.end('hello'))
  await new Promise<void>((done) => bad.listen(0, '127.0.0.1', done))
  const fresh = await startFresh()
  const { corp } = fresh.world
  const reply = await fresh.desk.raw('POST', '/api/connect/try', {
    kind: 'wecom', remote_id: corp.corp_id, name: '清禾', secret: corp.secret, origin: `https://127.0.0.1:${(bad.address() as Json).port}`, parent_id: null,
  })
  const said = (await reply.json()) as Json
  bad.close()
  await fresh.stop()
  assert.equal(said.code, 'shops.address')
  assert.match(said.detail, /证书/)
})

test('planted: another program holds the database of a running server', { skip: process.env.ZHANGGUI_TEST_DB ? 'SQLite only' : false }, async () => {
  const fresh = await startFresh()
  const db = new DatabaseSync(join(fresh.data, 'zhanggui.db'))
  db.exec('begin immediate')
  const begun = Date.now()
  const { out, status, err } = await fresh.run(['doctor', '--json'])
  const ms = Date.now() - begun
  db.exec('rollback')
  db.close()
  const after = await fresh.run(['doctor'])
  await fresh.stop()
  assert.equal(status, 2, err)
  assert.deepEqual(troubles(JSON.parse(out)).map((c) => c.name), ['system.database'])
  assert.ok(ms <= 10000, `${ms} ms`)
  assert.equal(after.status, 0, 'and well again')
})
