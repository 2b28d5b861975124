/* Every named query of the program, as the preprocessor pieces it together, is prepared on both databases. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { ownDatabase, root, until } from '../support/demo.ts'

interface Query {
  name: string
  sql: string
  pg: string
  args: string
}

const program = resolve(root, process.env.ZHANGGUI_BUILD ?? 'build', 'zhanggui')
const folder = mkdtempSync(join(tmpdir(), 'zhanggui-queries-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const literal = '((?:"(?:[^"\\\\]|\\\\.)*"\\s*)+)'
/** Adjacent C string literals as one text. */
function joined(literals: string | undefined): string {
  return (literals?.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((s) => JSON.parse(s) as string).join('')
}

function queriesOf(file: string): Query[] {
  const text = execFileSync('cc', ['-E', '-P', '-D_GNU_SOURCE', '-DZHANGGUI_VERSION="0"', '-Isrc', file], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  return text.split(/\.name\s*=\s*/).slice(1).flatMap((part) => {
    const name = /^"([a-z_]+\.[a-z_0-9]+)"/.exec(part)?.[1]
    const sql = new RegExp(`\\.sql\\s*=\\s*${literal}`).exec(part)?.[1]
    if (!name || !sql) return []
    const pg = new RegExp(`\\.sql_pg\\s*=\\s*${literal}`).exec(part)?.[1]
    return [{ name, sql: joined(sql), pg: joined(pg ?? sql), args: /\.args\s*=\s*"([a-zA-Z]*)"/.exec(part)?.[1] ?? '' }]
  })
}

/* The drivers' own files speak one language only; so do these queries of the search index and of the ledger's two homes. */
const queries = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.c') && !/_test\.c$|db_(sqlite|pg)/.test(f))
  .sort()
  .flatMap((f) => queriesOf(join('src', f)).map((q) => ({ ...q, file: f })))
const sqliteOnly = (q: { name: string; file: string }) => q.name === 'store.search_find' || q.name === 'store.search_add_grams' || q.file.endsWith('ledger_file.c')
const postgresOnly = (q: { name: string; file: string }) => /^store\.search_find_/.test(q.name) || /ledger_(pg|table)/.test(q.file) || q.file.endsWith('process.c')

/** Starts the server once on `args`, so that all of its tables are there. */
async function tablesIn(args: string[]): Promise<void> {
  const made = spawnSync(program, ['init', '--merchant', 'm', '--login', 'owner', ...args], { input: 'eight-chars\n', encoding: 'utf8', env: { ...process.env, ZHANGGUI_DB: undefined } })
  assert.equal(made.status, 0, made.stderr)
  const ran = spawnSync('timeout', ['-s', 'TERM', '3', program, 'serve', '--listen', '127.0.0.1:0', ...args], { encoding: 'utf8', env: { ...process.env, ZHANGGUI_DB: undefined } })
  assert.match(ran.stderr, /serve\.ready/)
}

test('there are queries, and no two share a name', () => {
  assert.ok(queries.length > 150, `${queries.length}`)
  const names = queries.map((q) => q.name)
  assert.deepEqual(names.filter((n, i) => names.indexOf(n) !== i), [])
})

test('on SQLite', async () => {
  await tablesIn(['--data', folder])
  await until('the files are there', () => readdirSync(folder).includes('search.db'))
  const main = new DatabaseSync(join(folder, 'zhanggui.db'))
  const index = new DatabaseSync(join(folder, 'search.db'))
  const day = new DatabaseSync(':memory:')
  day.exec('create table ledger_entry (seq integer primary key, stream, received_at, merchant_id, account_id, kind, query, body)')
  const wrong = queries.filter((q) => !postgresOnly(q)).flatMap((q) => {
    const sql = q.sql.replace(/:list (\$\d+)/g, 'select value from json_each($1)').replace(/\$\$/g, '$')
    const errors = [main, index, day].map((db) => {
      try {
        db.prepare(sql)
        return undefined
      } catch (e) {
        return `${q.name}: ${(e as Error).message}`
      }
    })
    return errors.includes(undefined) ? [] : [errors[0]!]
  })
  for (const db of [main, index, day]) db.close()
  assert.deepEqual(wrong, [])
})

test('on PostgreSQL', async (t) => {
  if (!process.env.ZHANGGUI_TEST_DB) return t.skip('no PostgreSQL here')
  const { url, drop } = ownDatabase()
  await tablesIn(['--data', join(folder, 'pg'), '--db', url])
  const types: Record<string, string> = { i: 'bigint', t: 'text', b: 'bytea', d: 'double precision', I: 'bigint[]', T: 'text[]', B: 'bytea[]' }
  const script = queries.filter((q) => !sqliteOnly(q)).map((q) => {
    const sql = q.pg.replace(/ not in \(:list (\$\d+)\)/g, ' <> all($1)').replace(/ in \(:list (\$\d+)\)/g, ' = any($1)')
    const args = [...q.args].map((a) => types[a]).join(', ')
    return `\\echo ${q.name}\nprepare "${q.name}"${args ? `(${args})` : ''} as ${sql};`
  })
  const ran = spawnSync('psql', [url, '-qX'], { input: script.join('\n'), encoding: 'utf8', maxBuffer: 1 << 26 })
  drop()
  assert.deepEqual(ran.stderr.split('\n').filter((l) => l.includes('ERROR')), [])
})
