/* What the server refuses to start on: one sentence that says what to do, a status, and nothing changed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { ownDatabase, psql, root } from '../support/demo.ts'

const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui')
const folder = mkdtempSync(join(tmpdir(), 'zhanggui-refusals-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const server = process.env.ZHANGGUI_TEST_DB

let count = 0
function dataFolder(): string {
  const data = join(folder, `data${count++}`)
  mkdirSync(data)
  return data
}

/** Starts it, expects it to end by itself, and gives what it said. */
function refused(args: string[], before: string[] = []): string {
  const [cmd, ...rest] = [...before, program, 'serve', '--listen', '127.0.0.1:0', ...args]
  const ran = spawnSync(cmd!, rest, { encoding: 'utf8', timeout: 20000, env: { ...process.env, ZHANGGUI_DB: undefined } })
  assert.notEqual(ran.status, 0)
  assert.notEqual(ran.status, null, `it goes on: ${ran.stderr.slice(-500)}`)
  assert.ok(ran.stderr.trim().length > 0)
  return ran.stderr
}

test('a database that is none', () => {
  const data = dataFolder()
  assert.match(refused(['--data', data, '--db', 'mysql://localhost/x']), /"sqlite", or postgresql:\/\//)
  assert.deepEqual(readdirSync(data), [])
})

test('a database that cannot be reached', () => {
  const said = refused(['--data', dataFolder(), '--db', 'postgresql://zhanggui:secret@127.0.0.1:1/x'])
  assert.match(said, /cannot be reached.*check host, port, name, user and password of --db/)
  assert.doesNotMatch(said, /secret/)
})

test('a file of another program', () => {
  const data = dataFolder()
  const other = new DatabaseSync(join(data, 'zhanggui.db'))
  other.exec('create table theirs (x int); insert into theirs values (1)')
  other.close()
  const bytes = readFileSync(join(data, 'zhanggui.db'))
  assert.match(refused(['--data', data]), /belongs to another program/)
  assert.deepEqual(readFileSync(join(data, 'zhanggui.db')), bytes)
  writeFileSync(join(data, 'zhanggui.db'), 'no database at all '.repeat(500))
  assert.match(refused(['--data', data]), /not a database/)
})

test('data of a newer program', () => {
  const data = dataFolder()
  const made = spawnSync(program, ['init', '--merchant', 'm', '--login', 'owner', '--data', data], { input: 'eight-chars\n', encoding: 'utf8' })
  assert.equal(made.status, 0, made.stderr)
  const db = new DatabaseSync(join(data, 'zhanggui.db'))
  db.exec("insert into store_migration values ('orders', 999, 1)")
  db.close()
  assert.match(refused(['--data', data]), /newer.*start that/)
})

test('a folder that cannot be written', (t) => {
  const data = dataFolder()
  const may = spawnSync('unshare', ['--mount', 'sh', '-c', `mount -t tmpfs -o ro none ${data}`], { encoding: 'utf8' })
  if (may.status !== 0) return t.skip('no private mounts here')
  const script = `mount -t tmpfs -o ro none ${data} && exec "$0" "$@"`
  assert.match(refused(['--data', data], ['unshare', '--mount', 'sh', '-c', script]), /cannot write into the data folder/)
})

test('a full disk', (t) => {
  const data = dataFolder()
  const may = spawnSync('unshare', ['--mount', 'sh', '-c', `mount -t tmpfs -o size=64k none ${data}`], { encoding: 'utf8' })
  if (may.status !== 0) return t.skip('no private mounts here')
  const script = `mount -t tmpfs -o size=64k none ${data} && exec "$0" "$@"`
  assert.match(refused(['--data', data], ['unshare', '--mount', 'sh', '-c', script]), /full|No space left/)
})

test('a PostgreSQL database of another program, and a wrong name', (t) => {
  if (!server) return t.skip('no PostgreSQL here')
  const { url, drop } = ownDatabase()
  psql(url, 'create table theirs (x int)')
  assert.match(refused(['--data', dataFolder(), '--db', url]), /tables of another program.*createdb/)
  drop()
  assert.match(refused(['--data', dataFolder(), '--db', server.replace(/\/[^/]*$/, '/no-such-name')]), /cannot be reached.*no-such-name/)
  assert.match(refused(['--data', dataFolder(), '--db', server.replace('//zhanggui@', '//nobody@')]), /cannot be reached.*nobody/)
  psql(server, 'drop role if exists locked', "create role locked login password 'right'")
  const said = refused(['--data', dataFolder(), '--db', server.replace('//zhanggui@', '//locked:wrong@')])
  assert.match(said, /cannot be reached.*password authentication failed.*check/)
  assert.doesNotMatch(said, /wrong/)
})

test('backups on the command line: made, verified, restored; wrong names are told', () => {
  const data = dataFolder()
  const run = (...args: string[]) => spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ZHANGGUI_DB: 'sqlite' } })
  spawnSync(program, ['init', '--merchant', 'm', '--login', 'owner', '--data', data], { input: 'eight-chars\n', env: { ...process.env, ZHANGGUI_DB: 'sqlite' } })
  const file = join(folder, 'one.db')
  assert.match(run('backup', file, '--data', data).stdout, /^kept .* tables, /)
  const again = run('backup', file, '--data', data)
  assert.equal(again.status, 1)
  assert.match(again.stderr, /is there already and is not overwritten/)
  assert.match(run('verify', file).stdout, /whole: /)
  assert.equal(run('restore', file, '--data', join(folder, 'new')).status, 0)
  assert.ok(existsSync(join(folder, 'new', 'zhanggui.db')) && existsSync(join(folder, 'new', 'keys')))
  assert.equal(run('restore', file, '--data', join(folder, 'new')).status, 1)
  assert.equal(run('verify', join(data, 'keys')).status, 1)
  assert.equal(run('verify').status, 2)
  assert.match(run('backup', join(folder, 'x.db'), '--data', join(folder, 'nothing')).stderr, /there is no database in/)
})
