/*
 * Does anything of one merchant reach another's people? Every route of /api/openapi.json is asked as each role with the other
 * merchant's ids, cursors and texts wherever a parameter of that name stands; no answer may hold anything that only he has.
 */
import { Desk, type Json } from './demo.ts'

export interface Route {
  method: string
  path: string
  permission: string | null
  params: { name: string; in: string; required: boolean; number: boolean }[]
  body: Json | null
}

export async function routesOf(desk: Desk): Promise<Route[]> {
  const api = await desk.get('/api/openapi.json')
  return Object.entries(api.paths as Json).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, op]: [string, Json]) => ({
      method: method.toUpperCase(),
      path,
      permission: op['x-permission'] ?? null,
      params: (op.parameters ?? []).map((p: Json) => ({ name: p.name, in: p.in, required: p.required, number: p.schema?.type === 'integer' })),
      body: op.requestBody?.content?.['application/json']?.schema ?? null,
    })))
}

/** What a merchant's own answers are made of: by field name for asking, all texts for finding. */
export class Known {
  named = new Map<string, Set<string>>()
  texts = new Set<string>()
  cursors = new Set<string>()

  /** `sentences`: the answer has sentences of the program's own in it; of those only ids and names count as his. */
  add(value: unknown, name = '', sentences = false): void {
    if (Array.isArray(value)) for (const one of value) this.add(one, name, sentences)
    else if (value && typeof value === 'object') for (const [key, one] of Object.entries(value)) this.add(one, key, sentences)
    else if (typeof value === 'string' && value.length > 0) {
      if (!sentences || /(^|_)(id|name|cursor|next)$/.test(name)) this.texts.add(value)
      if (name === 'next') this.cursors.add(value)
      if (!this.named.has(name)) this.named.set(name, new Set())
      const some = this.named.get(name)!
      if (some.size < 3) some.add(value)
    }
  }

  /** Values for a parameter: of that name, of a longer name that ends in it, or a cursor. */
  of(name: string): string[] {
    const exact = this.named.get(name)
    if (exact) return [...exact]
    if (['cursor', 'before', 'after'].includes(name)) return [...this.cursors].slice(-2)
    const like = [...this.named].filter(([other]) => other.endsWith(`_${name}`) || name.endsWith(`_${other}`))
    return like.flatMap(([, values]) => [...values]).slice(0, 2)
  }
}

/** Answers that are mostly the program's own words: what the doctor says, what a job does. */
const SENTENCES = /^\/api\/(backfill|connect|doctor|health-page|jobs|margins|audit|hosted)/

const fill = (path: string, value: (name: string) => string) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(value(name)))

/** Reads all that a person can read of his own, by following ids from one answer to the next question. */
export async function readOwn(desk: Desk, routes: Route[]): Promise<Known> {
  const known = new Known()
  const reads = routes.filter((r) => r.method === 'GET' && !r.path.startsWith('/api/demo/'))
  for (let round = 0; round < 3; round++)
    for (const route of reads) {
      const names = route.params.filter((p) => p.in === 'path').map((p) => p.name)
      if (names.some((n) => known.of(n).length === 0)) continue
      const limit = route.params.some((p) => p.name === 'limit') ? (round === 1 ? 'limit=1' : 'limit=50') : ''
      const views = route.path === '/api/threads' ? ['view=waiting', 'view=open', 'view=closed', 'view=mine'] : ['']
      for (const at of [0, 1])
        for (const view of views) {
          const path = fill(route.path, (n) => known.of(n)[at] ?? known.of(n)[0])
          const reply = await desk.raw('GET', `${path}?${[limit, view].filter(Boolean).join('&')}`)
          if (reply.status === 200 && reply.headers.get('content-type')?.includes('json')) known.add(await reply.json(), '', SENTENCES.test(route.path))
          if (names.length === 0 && at === 0 && views.length === 1) break
        }
    }
  return known
}

/** What only `theirs` has, long enough to be told from chance: ids, names, words of customers. */
export function canaries(theirs: Known, ours: Known, ignore: RegExp = /^$/): string[] {
  const shared = [...ours.texts].join('\n')
  return [...theirs.texts].filter((t) => {
    const wide = /[^\x00-\x7f]/.test(t)
    return t.length >= (wide ? 3 : 8) && !/^\d{13}$/.test(t) && !shared.includes(t) && !ignore.test(t)
  })
}

export interface Leak {
  route: string
  role: string
  kind: string
  status: number
  found: string
}

export interface Asked {
  kind: string
  path: string
  body: unknown
  headers: Record<string, string>
}

function bodyOf(schema: Json, foreign: Known | null): Json {
  const body: Json = {}
  for (const [name, s] of Object.entries((schema.properties ?? {}) as Json) as [string, Json][]) {
    const values = foreign?.of(name) ?? []
    const required = (schema.required ?? []).includes(name)
    const type = Array.isArray(s.type) ? s.type[0] : s.type
    if (s.enum) { if (required) body[name] = s.enum[0] }
    else if (type === 'string' && values.length && !['password', 'secret'].includes(name)) body[name] = values[0]
    else if (type === 'array' && values.length) body[name] = [values[0]]
    else if (!required) continue
    else if (type === 'string') body[name] = /\[0-9\]/.test(s.pattern ?? '') ? '7' : 'leak-test-word'
    else if (type === 'integer') body[name] = s.minimum ?? 1
    else if (type === 'boolean') body[name] = false
    else if (type === 'array') body[name] = []
    else body[name] = {}
  }
  return body
}

/** The ways to ask one route about the other merchant. */
export function questions(route: Route, foreign: Known, merchant: string): Asked[] {
  const all: Asked[] = []
  const body = (f: Known | null) => (route.method === 'GET' || route.method === 'DELETE' ? undefined : route.body ? bodyOf(route.body, f) : {})
  const paths = route.params.filter((p) => p.in === 'path').map((p) => p.name)
  const queries = route.params.filter((p) => p.in === 'query')
  const ask = (kind: string, path: string, b: unknown, headers: Record<string, string> = {}) => all.push({ kind, path, body: b, headers })
  const ids = Math.max(1, ...paths.map((n) => foreign.of(n).length))
  const needed = queries.filter((q) => q.required).map((q) => `${q.name}=leak-test-word`).join('&')
  const place = (value: (name: string) => string, query = '') => {
    const all = [needed, query].filter(Boolean).join('&')
    return fill(route.path, value) + (all ? `?${all}` : '')
  }
  // A number in a path is no id (a day); an id that he has none of is asked for by his own number.
  const number = (n: string) => route.params.some((p) => p.name === n && p.number)
  const his = (i: number) => (n: string) => (number(n) ? '20260308' : (foreign.of(n)[i] ?? foreign.of(n)[0] ?? merchant))
  const nowhere = (n: string) => (number(n) ? '20260308' : '7')
  if (paths.length === 0) ask('plain', place(nowhere), body(null))
  for (let i = 0; i < ids && paths.length; i++) ask('path', place(his(i)), body(null))
  for (const q of queries)
    for (const value of foreign.of(q.name).slice(0, 2)) ask('query', place(nowhere, `${q.name}=${encodeURIComponent(value)}`), body(null))
  if (route.body) ask('body', place(his(0)), body(foreign))
  ask('header', place(his(0)), body(null), { 'X-Merchant-Id': merchant, 'X-Merchant': merchant })
  ask('smuggled', place(nowhere, `merchant_id=${merchant}`), body(null))
  if (route.method !== 'GET') ask('repeated', place(his(0)), body(foreign), { 'Idempotency-Key': foreign.of('client_id')[0] ?? merchant })
  return all
}

/** Asks, and says what of the other merchant's the answer holds that was not in the question. */
export async function look(desk: Desk, role: string, route: Route, q: Asked, marks: string[]): Promise<{ status: number; leak: Leak | null }> {
  const reply = await desk.raw(route.method, q.path, q.body, q.headers)
  const text = await reply.text()
  const asked = decodeURIComponent(q.path) + JSON.stringify(q.body ?? '') + JSON.stringify(q.headers)
  const found = marks.find((m) => text.includes(m) && !asked.includes(m))
  return { status: reply.status, leak: found ? { route: `${route.method} ${route.path}`, role, kind: q.kind, status: reply.status, found } : null }
}
