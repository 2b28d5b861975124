/*
 * A server for looking at pages: answers /api from memory with made-up people. Only in `npm run dev`; never in the bundle.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type { Message } from '../src/api/generated.ts';
import * as world from './world.ts';

type Params = string[];
interface Asked {
        params: Params;
        query: URLSearchParams;
        body: Record<string, unknown>;
}
type Answer = [status: number, body?: unknown];

const ears = new Set<ServerResponse>();
let eventId = 0;

function tell(topic: string, kind: string, id: string, parent: string | null, body: unknown): void {
        const data = JSON.stringify({ kind, id, parent, body });
        for (const ear of ears) ear.write(`id: ${++eventId}\nevent: ${topic}\ndata: ${data}\n\n`);
}

function problem(status: number, code: string, detail: string): Answer {
        return [status, { type: 'about:blank', title: code, status, code, detail }];
}

function page<T>(items: T[], query: URLSearchParams): Answer {
        const at = Number(query.get('cursor') ?? query.get('before') ?? 0);
        const limit = Number(query.get('limit') ?? 50);
        return [200, { items: items.slice(at, at + limit), next: at + limit < items.length ? String(at + limit) : null }];
}

const byText = (q: string | null, ...texts: (string | null)[]) => !q || texts.some((t) => t?.includes(q));

let signedIn = true;
/** Who looks: the owner, an operator at home, an operator who acts for the merchant; or the owner while one does. */
let who: 'owner' | 'operator' | 'acting' | 'visited' = 'owner';
const visit = () => ({ merchant_id: world.merchants[0]?.merchant_id, merchant: '云锦里旗舰店', operator: '运维老王', reason: '商家来电：欢迎语不显示，代为检查', until: Date.now() + 42 * 60_000 });
function whoIsIt(): object {
        const rights = who === 'acting' ? { ...world.operator, permissions: world.me.permissions.filter((p) => !/manage|connect/.test(p)) } : who === 'operator' ? world.operator : world.me;
        return { staff: rights, acting: who === 'acting' ? visit() : null, visited: who === 'visited' ? visit() : null, csrf: 'x', demo: true, version: '0.1.0', now: Date.now() };
}
let live: { running: boolean; orders: number; chats: number } | null = null;
let plug: object | null = null;

function sent(thread_id: string, client_id: string, text: string): Message {
        const known = world.messages(thread_id).find((m) => m.client_id === client_id);
        if (known) return known;
        const message = world.outgoing(thread_id, client_id, text);
        const thread = world.thread(thread_id);
        Object.assign(thread, { waiting_since: 0, last_at: Date.now(), last_text: text, replies_left: thread.replies_left - 1 });
        if (thread.replies_left === 0) Object.assign(thread, { refused: 'budget', refused_text: '这一轮的 5 条回复已用完，她再发来消息后可以继续回复。' });
        setTimeout(() => {
                message.state = 'sent';
                tell('inbox', 'message', message.message_id, thread_id, message);
                tell('inbox', 'thread', thread_id, null, thread);
        }, 700);
        return message;
}

const routes: [method: string, path: RegExp, answer: (asked: Asked) => Answer][] = [
        ['POST', /^\/api\/login$/, ({ body }) => {
                if (body.password === 'wrong') return problem(401, 'staff.refused', '登录名或密码不对');
                signedIn = true;
                return [200, { staff: world.me, csrf: 'x' }];
        }],
        ['POST', /^\/api\/logout$/, () => ((signedIn = false), [204])],
        ['GET', /^\/api\/me$/, () =>
                signedIn ? [200, whoIsIt()] : problem(401, 'session', '请先登录')],
        ['POST', /^\/api\/mock\/(owner|operator|acting|visited)$/, ({ params }) => ((signedIn = true), (who = params[0] as typeof who), [204])],
        ['GET', /^\/api\/hosting\/merchants$/, ({ query }) => page(world.merchants.filter((m) => byText(query.get('q'), m.name)), query)],
        ['GET', /^\/api\/hosting\/merchants\/(\d+)$/, ({ params }) => [200, { merchant: world.merchants.find((m) => m.merchant_id === params[0]), accounts: world.hostedAccounts }]],
        ['POST', /^\/api\/hosting\/merchants\/(\d+)\/visit$/, () => ((who = 'acting'), [201, world.visits[0]])],
        ['DELETE', /^\/api\/visit$/, () => ((who = 'operator'), [204])],
        ['GET', /^\/api\/connect$/, () => [200, { items: [], files: [], next: null }]],
        ['GET', /^\/api\/hosted$/, () => [200, world.hosted]],
        ['GET', /^\/api\/visits$/, () => [200, { items: world.visits }]],
        ['GET', /^\/api\/staff$/, () => [200, { items: world.staff }]],
        ['POST', /^\/api\/staff$/, ({ body }) => {
                const one = { staff_id: String(Date.now()), disabled: false, created_at: Date.now(), ...body };
                world.staff.push(one as never);
                return [201, one];
        }],
        ['PUT', /^\/api\/staff\/(\d+)$/, ({ params, body }) => [200, Object.assign(world.staff.find((s) => s.staff_id === params[0]) ?? {}, body)]],
        ['GET', /^\/api\/sign-in$/, () => [200, { items: [{ corp: world.directory.corps[0]?.corp, name: '云锦里服饰' }], next: null }]],
        ['POST', /^\/api\/sign-in\/start$/, () => [200, { url: '/sign-in?code=x&state=y' }]],
        ['POST', /^\/api\/sign-in$/, () => problem(403, 'staff.unlinked', '店里还没有给你开通。店主或主管在「员工」页给你选好角色后，再登录一次。')],
        ['GET', /^\/api\/groups$/, () => [200, { items: world.groups, next: null }]],
        ['GET', /^\/api\/alarms$/, () => [200, world.alarms]],
        ['PUT', /^\/api\/alarms\/rules\/([^/]+)$/, ({ params, body }) => {
                for (const rule of world.alarms.rules) if (rule.kind === params[0]) Object.assign(rule, body);
                return [204];
        }],
        ['GET', /^\/api\/golive$/, () => [200, world.golive]],
        ['POST', /^\/api\/golive\/(\d+)\/(rehearse|accept|switch|test|live|back)$/, ({ params }) => {
                const [id = '', step = ''] = params;
                setTimeout(() => {
                        world.goliveStep(id, step);
                        tell('golive', 'changed', id, null, null);
                }, step === 'rehearse' ? 3000 : 0);
                return [step === 'rehearse' ? 202 : 204];
        }],
        ['PUT', /^\/api\/golive\/(\d+)\/days\/(\d+)$/, ({ params, body }) => {
                const day = world.golive.items.find((s) => s.account_id === params[0])?.days.find((d) => d.day === Number(params[1]));
                Object.assign(day ?? {}, body);
                return [204];
        }],
        ['GET', /^\/api\/directory$/, () => [200, world.directory]],
        ['POST', /^\/api\/directory\/links$/, ({ body }) => {
                for (const m of world.directory.items) if ((body.userids as string[]).includes(m.userid)) m.staff_id = (body.staff_id as string | null) ?? '1004';
                return [204];
        }],
        ['DELETE', /^\/api\/directory\/links\/(\d+)\/([^/]+)$/, ({ params }) => {
                for (const m of world.directory.items) if (m.userid === params[1]) m.staff_id = null;
                return [204];
        }],
        ['POST', /^\/api\/directory\/(\d+)\/sync$/, () => [204]],
        ['PUT', /^\/api\/directory\/(\d+)$/, ({ body }) => (Object.assign(world.directory.corps[0] ?? {}, body), [204])],
        ['GET', /^\/api\/accounts$/, () => [200, { items: world.accounts }]],
        ['PUT', /^\/api\/accounts\/(\d+)$/, ({ params, body }) => [200, Object.assign(world.accounts.find((s) => s.account_id === params[0]) ?? {}, body)]],
        ['GET', /^\/api\/margins$/, () => [200, { items: world.margins }]],
        ['GET', /^\/api\/people\/(\d+)$/, ({ params }) => [200, world.person(params[0] as string)]],
        ['PUT', /^\/api\/people\/(\d+)$/, ({ params, body }) => [200, Object.assign(world.person(params[0] as string), body)]],
        ['GET', /^\/api\/people\/(\d+)\/orders$/, ({ params }) => [200, { items: world.ordersOf(params[0] as string) }]],
        ['GET', /^\/api\/people\/(\d+)\/cases$/, ({ params }) => [200, { items: world.casesOf(params[0] as string) }]],
        ['DELETE', /^\/api\/links\/(\d+)$/, ({ params }) => {
                world.undo(params[0] as string);
                return [204];
        }],
        ['GET', /^\/api\/orders$/, ({ query }) =>
                page(world.orders.filter((o) => (!query.get('status') || String(o.status) === query.get('status')) &&
                        byText(query.get('q'), o.remote_id, o.title, o.waybill_id)), query)],
        ['GET', /^\/api\/orders\/(\d+)$/, ({ params }) => [200, world.orderDetail(params[0] as string)]],
        ['GET', /^\/api\/cases$/, ({ query }) => page(world.cases.filter((c) => query.get('state') !== 'waiting' || c.can_approve), query)],
        ['GET', /^\/api\/cases\/(\d+)$/, ({ params }) => [200, world.caseDetail(params[0] as string)]],
        ['GET', /^\/api\/cases\/(\d+)\/options$/, ({ params }) => [200, world.options(params[0] as string)]],
        ['POST', /^\/api\/cases\/(\d+)\/(approve|reject)$/, ({ params, body }) => {
                const one = world.caseOf(params[0] as string);
                if (body.version !== one.version) return problem(409, 'aftersales.stale', '这笔售后刚刚有变化，请再看一眼');
                const yes = params[1] === 'approve';
                Object.assign(one, { decision: yes ? 'approving' : 'rejecting', can_approve: false, can_reject: false, version: one.version + 1 });
                setTimeout(() => {
                        Object.assign(one, yes
                                ? { decision: 'approved', status: 'PLATFORM_REFUNDING', status_text: '平台退款中', version: one.version + 1 }
                                : { decision: 'rejected', status: 'MERCHANT_REJECT_REFUND', status_text: '已拒绝退款', version: one.version + 1 });
                        tell('aftersales', 'case', one.case_id, null, one);
                }, 900);
                return [200, one];
        }],
        ['GET', /^\/api\/threads$/, ({ query }) => {
                const view = query.get('view') ?? 'open';
                const fits = world.threads.filter((t) =>
                        (view === 'closed' ? t.status === 'closed' : t.status === 'open') &&
                        (view !== 'waiting' || t.waiting_since > 0) &&
                        (view !== 'mine' || t.assigned_to === world.me.staff_id) &&
                        byText(query.get('q'), t.name, t.last_text));
                return page(fits.sort((a, b) => (view === 'waiting' ? a.waiting_since - b.waiting_since : b.last_at - a.last_at)), query);
        }],
        ['GET', /^\/api\/threads\/(\d+)$/, ({ params }) => [200, world.thread(params[0] as string)]],
        ['GET', /^\/api\/threads\/(\d+)\/messages$/, ({ params, query }) => {
                const all = world.messages(params[0] as string);
                const end = query.get('before') ? all.findIndex((m) => m.message_id === query.get('before')) : all.length;
                const start = Math.max(0, end - Number(query.get('limit') ?? 50));
                return [200, { items: all.slice(start, end), more: start > 0 }];
        }],
        ['POST', /^\/api\/threads\/(\d+)\/messages$/, ({ params, body }) => [201, sent(params[0] as string, String(body.client_id), String(body.text))]],
        ['POST', /^\/api\/threads\/(\d+)\/ask-card$/, ({ params, body }) => {
                const text = '亲，方便把订单卡片发给我一下吗？点聊天框右下角“+”→“订单”，选中要咨询的那一笔就可以啦。';
                const message = sent(params[0] as string, String(body.client_id), text);
                tell('inbox', 'message', message.message_id, params[0] as string, message);
                return [201, message];
        }],
        ['POST', /^\/api\/threads\/(\d+)\/read$/, ({ params }) => {
                world.thread(params[0] as string).unread = 0;
                return [204];
        }],
        ['POST', /^\/api\/threads\/(\d+)\/assign$/, ({ params, body }) =>
                [200, Object.assign(world.thread(params[0] as string), { assigned_to: body.staff_id, assigned_name: body.staff_id ? world.me.name : null })]],
        ['POST', /^\/api\/threads\/(\d+)\/close$/, ({ params }) => [200, Object.assign(world.thread(params[0] as string), { status: 'closed', waiting_since: 0 })]],
        ['POST', /^\/api\/threads\/(\d+)\/links$/, ({ params }) => [200, world.person(world.thread(params[0] as string).person_id)]],
        ['POST', /^\/api\/messages\/(\d+)\/settle$/, ({ params, body }) => [200, Object.assign(world.message(params[0] as string), { state: body.as })]],
        ['GET', /^\/api\/health-page$/, () => [200, world.health]],
        ['POST', /^\/api\/failures\/([^/]+)\/(\d+)\/replay$/, () => {
                world.health.failures.pop();
                return [204];
        }],
        ['GET', /^\/api\/jobs\/dead$/, () => [200, { items: world.dead }]],
        ['POST', /^\/api\/jobs\/(\d+)\/retry$/, () => (world.dead.pop(), [204])],
        ['DELETE', /^\/api\/jobs\/(\d+)$/, () => (world.dead.pop(), [204])],
        ['GET', /^\/api\/audit$/, ({ query }) => page(world.audit, query)],
        ['POST', /^\/api\/demo\/live$/, () => {
                live = { running: true, orders: 0, chats: 0 };
                return [200, { text: '直播开始' }];
        }],
        ['GET', /^\/api\/demo\/state$/, () => {
                if (live?.running) {
                        live = { running: live.orders < 5000, orders: live.orders + 137, chats: live.chats + 52 };
                }
                return [200, { live, plug, simulator_url: 'http://127.0.0.1:9000/' }];
        }],
        ['POST', /^\/api\/demo\/plug$/, () => {
                setTimeout(() => (plug = { at: Date.now(), killed_after_ms: 3, back_after_ms: 1240, acked: 4182, stored: 4182, lost: 0, found: 37 }), 4000);
                return [202];
        }],
];

function read(request: IncomingMessage): Promise<Record<string, unknown>> {
        return new Promise((done) => {
                let text = '';
                request.on('data', (part: Buffer) => (text += part.toString()));
                request.on('end', () => done(text ? (JSON.parse(text) as Record<string, unknown>) : {}));
        });
}

async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
        const url = new URL(request.url ?? '/', 'http://127.0.0.1');
        for (const [method, path, fn] of routes) {
                const match = path.exec(url.pathname);
                if (!match || method !== request.method) continue;
                const [status, body] = fn({ params: match.slice(1), query: url.searchParams, body: await read(request) });
                reply.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json' });
                reply.end(body === undefined ? '' : JSON.stringify(body));
                return;
        }
        const [status, body] = problem(404, 'none', `没有 ${url.pathname}`);
        reply.writeHead(status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(body));
}

export function mockServer(): Plugin {
        return {
                name: 'zhanggui-mock',
                configureServer(server) {
                        server.middlewares.use((request, reply, next) => {
                                if (!request.url?.startsWith('/api/')) return next();
                                if (request.url.startsWith('/api/events')) {
                                        reply.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
                                        reply.write(':\n\n');
                                        ears.add(reply);
                                        request.on('close', () => ears.delete(reply));
                                        return;
                                }
                                if (request.url.startsWith('/api/blobs/')) {
                                        reply.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(world.picture);
                                        return;
                                }
                                void answer(request, reply);
                        });
                },
        };
}
