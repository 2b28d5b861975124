/*
 * fidelity.ts RECORD LIST NOTES-COUNTS CODES SAMPLES [--json]
 *
 * Compares what the simulator answered and pushed while its own tests called it (RECORD, see sim/record.h) with what it says it
 * plays (LIST, of --list-endpoints) and with real samples of the platform. Each endpoint must have been called with arguments
 * that are right and wrong; each event must have been pushed; each field of a sample must be in the answer with the same JSON
 * type and nesting. What differs must be explained in explained.txt: "call-or-event field reason" ("-" for a field: the call
 * takes no argument that could be wrong). Each error code of the notes (CODES, of tools/sim/codes.awk) must have been answered,
 * or codes.txt says why it is not. Ends with one line of JSON (--json: that line alone).
 */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { basename, join } from "node:path"

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const [recordFile, listFile, countsFile, codesFile, samplesFolder] = process.argv.slice(2)
const quiet = process.argv.includes("--json")
const here = import.meta.dirname
const say = (line: string) => quiet || console.log(line)
const lines = (file: string) => readFileSync(file, "utf8").split("\n").filter((line) => line !== "")

/* ---- what was played ---- */

interface Played {
        right: Json[]
        wrong: number
        unknown: number
}
const calls = new Map<string, Played>()
const answered = new Set<number>()
const permission = /^480\d\d$/

/* The call's code, and those of the items within its answer. */
function codesOf(errcode: number, value: Json) {
        answered.add(errcode)
        if (value === null || typeof value !== "object") return
        for (const [name, member] of Object.entries(value))
                if (name === "errcode" && typeof member === "number") answered.add(member)
                else codesOf(errcode, member as Json)
}

const pushes = new Map<string, Json[]>()

/* The platform's XML is flat enough for this: elements, CDATA, text. Repeated elements become a list. */
function xmlToJson(text: string): Json {
        const open = /<([A-Za-z_][\w]*)>/g
        const object: { [name: string]: Json } = {}
        let found = false
        for (let m = open.exec(text); m; m = open.exec(text)) {
                const name = m[1]!
                const end = text.indexOf(`</${name}>`, open.lastIndex)
                if (end < 0) break
                const inner = text.slice(open.lastIndex, end)
                const cdata = /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/.exec(inner)
                const value: Json = cdata ? cdata[1]! : /<[A-Za-z]/.test(inner) ? xmlToJson(inner) : inner.trim()
                const before = object[name]
                object[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
                open.lastIndex = end + name.length + 3
                found = true
        }
        return found ? object : text.trim()
}

function parse(text: string): Json {
        const trimmed = text.trim()
        if (!trimmed.startsWith("<")) return JSON.parse(trimmed.replace(/^\uFEFF/, "")) as Json
        const root = xmlToJson(trimmed.replace(/^<\?xml[^>]*\?>/, ""))
        return root !== null && typeof root === "object" && !Array.isArray(root) && "xml" in root ? root["xml"]! : root
}

for (const line of lines(recordFile!)) {
        const row = JSON.parse(line) as {
                call?: string
                errcode?: number
                argument?: boolean
                answer?: Json
                push?: string
                message?: string
        }
        if (row.call) {
                const key = row.call.slice(row.call.indexOf(" ") + 1)
                const played = calls.get(key) ?? { right: [], wrong: 0, unknown: 0 }
                if (row.errcode === 0) played.right.push(row.answer ?? null)
                else if (row.argument && !permission.test(String(row.errcode))) played.wrong++
                codesOf(row.errcode!, row.answer ?? null)
                calls.set(key, played)
        } else if (row.push) {
                pushes.set(row.push, [...(pushes.get(row.push) ?? []), parse(row.message!)])
        }
}

/* ---- shapes: "a.b[].c" -> the JSON types seen there ---- */

type Shape = Map<string, Set<string>>
function shape(value: Json, path = "", into: Shape = new Map()): Shape {
        const type = value === null ? "null" : Array.isArray(value) ? "list" : typeof value
        if (path) into.set(path, (into.get(path) ?? new Set<string>()).add(type))
        if (Array.isArray(value)) for (const one of value) shape(one, `${path}[]`, into)
        else if (value !== null && typeof value === "object")
                for (const [name, member] of Object.entries(value)) shape(member, path ? `${path}.${name}` : name, into)
        return into
}

/* ---- samples ---- */

const names = lines(join(here, "samples.txt"))
        .filter((line) => !line.startsWith("#"))
        .map((line) => line.split(/\s+/))
const plain = (text: string) =>
        text
                .toLowerCase()
                .replace(/[^a-z0-9]/g, "")
                .replace(/msg/g, "message")

function walk(folder: string): string[] {
        return readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
                e.isDirectory() ? walk(join(folder, e.name)) : [join(folder, e.name)],
        )
}

/* The call whose answer a sample file holds, by its name; or by samples.txt. */
function callOf(file: string): string | undefined {
        const name = basename(file).replace(/\.(json|xml)$/, "")
        const told = names.find(([sample]) => sample === name)
        if (told) return told[1] === "-" ? undefined : `${told[1]} ${told[2]}`
        const work = file.includes("/Work/") || file.includes("/wechatpy/work/")
        const host = work ? "qyapi.weixin.qq.com" : "api.weixin.qq.com"
        const keys = [...calls.keys()].filter((key) => key.startsWith(`${host} `))
        if (file.includes("skit-wechat") && name.endsWith("Response")) {
                const wanted = plain(name.slice(0, -"Response".length))
                return keys.find((key) => plain(key.slice(host.length)) === wanted)
        }
        if (file.includes("/wechatpy/")) return keys.find((key) => plain(key).endsWith(plain(name)))
        return undefined
}

function eventOf(sample: Json, file: string): string | undefined {
        if (names.some(([name, host]) => host === "-" && name === basename(file).replace(/\.(json|xml)$/, ""))) return undefined
        if (sample === null || typeof sample !== "object" || Array.isArray(sample) || typeof sample["Event"] !== "string") return undefined
        const kind = typeof sample["ChangeType"] === "string" ? `${sample["Event"]}/${sample["ChangeType"]}` : sample["Event"]
        const host = file.includes("/Work/") || file.includes("/cp/") ? "qyapi.weixin.qq.com" : "api.weixin.qq.com"
        return [`${host} ${kind}`, `${host} ${sample["Event"]}`].find((key) => pushes.has(key))
}

interface Difference {
        where: string
        field: string
        what: string
}
const differences: Difference[] = []
let compared = 0

function compare(where: string, sample: Json, got: Json[]) {
        const ours: Shape = new Map()
        for (const one of got) shape(one, "", ours)
        const theirs = shape(sample)
        compared++
        for (const [field, types] of theirs) {
                const have = ours.get(field)
                const parent = field.replace(/(\[\]|\.?[^.[\]]+)$/, "")
                if (!have && parent && !ours.has(parent)) continue /* told by the parent already */
                if (!have) differences.push({ where, field, what: "missing" })
                else if (![...types].some((t) => have.has(t) || t === "null"))
                        differences.push({ where, field, what: `${[...have].join("|")} instead of ${[...types].join("|")}` })
        }
}

/* ---- codes of the notes ---- */

const excused = lines(join(here, "codes.txt"))
        .filter((line) => !line.startsWith("#"))
        .map((line) => /^(\S+) (.+)$/.exec(line)!)
        .map(([, codes, reason]) => ({ codes: codes!.split(","), reason: reason!, used: false }))
const covers = (range: string, code: string) => {
        const [from, to] = range.split("..")
        return range === code || (to !== undefined && Number(code) >= Number(from) && Number(code) <= Number(to))
}
let codes = 0
let codesMissing = 0
let codesExcused = 0
for (const line of lines(codesFile!)) {
        const [file, code] = line.split("\t") as [string, string]
        codes++
        if (answered.has(Number(code))) continue
        const why = excused.find((e) => e.codes.some((range) => covers(range, code)))
        if (why) {
                why.used = true
                codesExcused++
        } else codesMissing++
        say(why ? `not played   ${code}: ${why.reason}` : `NOT ANSWERED ${code} of ${file}`)
}
for (const e of excused) if (!e.used && codes) say(`STALE       codes.txt ${e.codes.join(",")}: every one of them is answered`)

const samplesHere = samplesFolder !== undefined && existsSync(samplesFolder)
if (samplesHere) {
        for (const file of walk(samplesFolder).filter((f) => /\/(skit-wechat|wechatpy|wxjava)\//.test(f)).sort()) {
                let sample: Json
                try {
                        sample = parse(readFileSync(file, "utf8"))
                } catch {
                        continue /* a literal with comments or placeholders: not data */
                }
                const call = callOf(file)
                if (call !== undefined && calls.get(call)?.right.length) compare(call, sample, calls.get(call)!.right)
                const event = eventOf(sample, file)
                if (event !== undefined) compare(event, sample, pushes.get(event)!)
        }
}

/* ---- judging ---- */

const explained = lines(join(here, "explained.txt"))
        .filter((line) => !line.startsWith("#"))
        .map((line) => /^(\S+ \S+) (\S+) (.+)$/.exec(line)!)
        .map(([, where, field, reason]) => ({ where: where!, field: field!, reason: reason!, used: false }))
const fits = (pattern: string, text: string) =>
        new RegExp(`^${pattern.split("*").map((p) => p.replace(/[.[\]()+?^$|\\]/g, "\\$&")).join(".*")}$`).test(text)
let unexplained = 0
for (const d of differences) {
        const why = explained.find((e) => fits(e.where, d.where) && fits(e.field, d.field))
        if (why) why.used = true
        else unexplained++
        say(`${why ? "explained  " : "DIFFERENT  "} ${d.where} ${d.field}: ${d.what}${why ? ` (${why.reason})` : ""}`)
}
/* Nothing to get wrong: its "-" line is true only while no argument was refused. */
function takesNone(key: string): boolean {
        const why = explained.find((e) => e.where === key && e.field === "-")
        if (why) why.used = true
        return why !== undefined
}
let uncalled = 0
for (const line of lines(listFile!)) {
        const [kind, , host, name] = line.split("\t")
        const key = `${host} ${name}`
        const played = calls.get(key)
        const lacks =
                kind === "event"
                        ? name!.startsWith("sync_msg/") || pushes.has(key)
                                ? []
                                : ["never pushed"]
                        : [...(played?.right.length ? [] : ["never called rightly"]), ...(played?.wrong || takesNone(key) ? [] : ["never called wrongly"])]
        if (!lacks.length) continue
        uncalled++
        say(`UNTESTED    ${key}: ${lacks.join(", ")}`)
}
const counts = JSON.parse(readFileSync(countsFile!, "utf8")) as { [name: string]: number }
say(samplesHere ? `${compared} samples compared` : "the samples are not here: nothing compared with them")
console.log(
        JSON.stringify({
                endpoints: counts["endpoints"],
                implemented: counts["implemented"],
                left_out: counts["left_out"],
                sample_differences: unexplained,
                missing: counts["missing"],
                untested: uncalled,
                samples: compared,
                explained: differences.length - unexplained,
                codes,
                codes_answered: codes - codesExcused - codesMissing,
                codes_missing: codesMissing,
        }),
)
process.exitCode = unexplained || uncalled || codesMissing || counts["missing"] ? 1 : 0
