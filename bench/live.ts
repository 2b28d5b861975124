/*
 * A live broadcast, measured: thousands of orders, hundreds of chats, every callback delivered twice, every reply posted
 * twice. Prints one JSON line.
 *   sh web/tools/node.sh bench/live.ts [--orders 5000] [--chats 2000] [--seconds 600] [--samples 200]
 *
 *   message_ms   typed at the simulator -> in the console's event stream
 *   order_ms     paid at the simulator -> in the console's event stream
 *   replies      how many were posted (twice each), how many reached the simulator once, more than once, never
 *   visitors     of the broadcast's visitors: linkable ones with exactly their own orders, others with none, wrong persons
 */
import { startDemo, unique, until, type Json } from '../tests/support/demo.ts'

const option = (name: string, usual: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at > 0 ? Number(process.argv[at + 1]) : usual
}
const orders = option('orders', 5000)
const chats = option('chats', 2000)
const seconds = option('seconds', 600)
const samples = option('samples', 200)

const percentile = (list: number[], p: number) => {
  const sorted = [...list].sort((a, b) => a - b)
  return sorted.length ? Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * p) - 1)]) : null
}
const summary = (list: number[]) => ({ n: list.length, p50: percentile(list, 0.5), p99: percentile(list, 0.99), max: percentile(list, 1) })

const demo = await startDemo()
try {
  console.log(JSON.stringify(await run()))
} finally {
  await demo.stop()
}

/** Hears the console's event stream; `when` answers with the moment at which `find` first matched. */
function listen() {
  const waiting = new Map<string, (at: number) => void>()
  const stop = new AbortController()
  const reading = (async () => {
    const reply = await fetch(`${demo.console}/api/events?topics=inbox,orders`, { headers: { Cookie: demo.desk.cookie }, signal: stop.signal })
    let rest = ''
    const words = new TextDecoder()
    for await (const part of reply.body!) {
      rest += words.decode(part as Uint8Array, { stream: true })
      const at = performance.now()
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const event = rest.slice(0, end)
        rest = rest.slice(end + 2)
        for (const [key, tell] of waiting) if (event.includes(key)) tell(at)
      }
    }
  })().catch(() => undefined)
  return {
    when: (key: string, ms: number) =>
      new Promise<number | null>((done) => {
        const timer = setTimeout(() => (waiting.delete(key), done(null)), ms)
        waiting.set(key, (at) => (clearTimeout(timer), waiting.delete(key), done(at)))
      }),
    stop: async () => (stop.abort(), reading),
  }
}

async function run() {
  const accounts = (await demo.desk.get('/api/accounts')).items as Json[]
  const kf = accounts.find((a) => a.kind === 'kf')!.remote_id
  const appid = accounts.find((a) => a.kind === 'shop')!.remote_id
  const people = (await demo.sim.get('/sim/customers?limit=1000')).items as Json[]
  await until('the history is here', async () => ((await demo.desk.get('/api/orders?limit=100')).items as Json[]).length >= 100, 60000)
  await demo.sim.post('/sim/live', { orders, chats, seconds, duplicate: true })
  const stream = listen()
  const message: number[] = []
  const paid: number[] = []
  const posted: { customer: string; text: string }[] = []
  let late = 0
  const end = Date.now() + seconds * 1000
  for (let i = 0; i < samples; i++) {
    const c = people[i % people.length]
    await sample(i, c)
    await new Promise((done) => setTimeout(done, Math.max(0, (end - Date.now()) / (samples - i) - 120)))
  }

  async function sample(i: number, c: Json) {
    const text = unique('测')
    const heard = stream.when(`"text":"${text}"`, 10000)
    const begun = performance.now()
    await demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
    const at = await heard
    at === null ? late++ : message.push(at - begun)
    await reply(c, text)
    const known = performance.now()
    const order = (await demo.sim.post('/sim/order', { appid, openid: c.openids[appid], pay: true })).order_id as string
    const seen = await stream.when(`"remote_id":"${order}"`, 10000)
    seen === null ? late++ : paid.push(seen - known)
  }

  /** Answers the thread that the text arrived in, with two posts at once. */
  async function reply(c: Json, text: string) {
    const list = (await demo.desk.get(`/api/threads?view=open&limit=100`)).items as Json[]
    const thread = list.find((t) => t.last_text === text)
    if (!thread) return
    const answer = unique('答')
    const body = { client_id: unique('c'), text: answer }
    const both = await Promise.all([0, 1].map(() => demo.desk.raw('POST', `/api/threads/${thread.thread_id}/messages`, body)))
    if (both.some((r) => r.status < 300)) posted.push({ customer: c.external_userid, text: answer })
  }

  const live = await until('the broadcast has ended', async () => {
    const l = await demo.sim.get('/sim/live')
    return !l.running && l
  }, seconds * 1000 + 60000)
  await until('all is applied', async () => ((await (await fetch(demo.console + '/dev/idle')).json()) as Json).idle, 120000)
  const replies = { posted: posted.length, once: 0, more: 0, never: 0 }
  for (const p of posted) {
    const n = ((await demo.sim.get(`/sim/received?customer=${p.customer}`)).items as Json[]).filter((m) => m.text === p.text).length
    replies[n === 1 ? 'once' : n ? 'more' : 'never']++
  }
  await stream.stop()
  const state = await demo.sim.get('/sim/state')
  const plug = (await demo.desk.get('/api/health-page')) as Json
  return {
    orders: live.orders, chats: live.chats, seconds, message_ms: summary(message), order_ms: summary(paid), late, replies,
    visitors: await visitors(), pushes: state.pushes, intake: plug.intake, dead: (plug.jobs as Json[]).reduce((n, j) => n + j.dead, 0),
  }
}

/** The panel of 200 visitors of the broadcast against the simulator's truth. */
async function visitors() {
  const all: Json[] = []
  for (let at: number | undefined = 0; at !== undefined; ) {
    const page = await demo.sim.get(`/sim/customers?limit=1000&since=${at}`)
    all.push(...page.items)
    at = page.more ? page.next : undefined
  }
  const byRemote = new Map<string, Json>()
  for (const p of all) {
    byRemote.set(p.external_userid, p)
    for (const id of Object.values(p.openids) as string[]) byRemote.set(id, p)
  }
  const result = { looked: 0, linkable: 0, linkable_right: 0, others: 0, others_empty: 0, wrong_person: 0 }
  let cursor: string | null = null
  do {
    const page: Json = await demo.desk.get(`/api/threads?view=open&limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    for (const t of page.items as Json[]) {
      if (result.looked >= 200) return result
      const person = await demo.desk.get(`/api/people/${t.person_id}`)
      const mine = (person.identities as Json[]).find((i) => i.identity_id === t.identity_id)!
      const truth = byRemote.get(mine.remote_id)
      if (!truth?.live) continue
      const shown = ((await demo.desk.get(`/api/people/${t.person_id}/orders`)).items as Json[]).map((o) => o.remote_id)
      const hers = new Set((truth.orders as Json[]).map((o) => o.order_id))
      const linkable = t.channel === 'shop' || truth.clue === 'number' || truth.clue === 'card'
      result.looked++
      if (shown.some((o) => !hers.has(o))) result.wrong_person++
      if (linkable) {
        result.linkable++
        const wanted = truth.wrote_order && t.channel === 'kf' ? shown.includes(truth.wrote_order) : shown.length > 0 || hers.size === 0
        if (wanted && shown.every((o) => hers.has(o))) result.linkable_right++
      } else {
        result.others++
        if (shown.length === 0) result.others_empty++
      }
    }
    cursor = page.next
  } while (cursor)
  return result
}
