import { afterEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick } from 'vue';
import { message, thread } from '../../dev/samples.ts';
import { resync } from '@/ui/topic';
import { messageChanged } from './live';
import { bubble, inOrder, newClientId, useThread, withMessages } from './useThread';

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const settle = async () => {
        for (let n = 0; n < 8; n++) await new Promise((done) => setTimeout(done));
        await nextTick();
};

afterEach(() => vi.unstubAllGlobals());

describe('the order of messages', () => {
        it('is by time, then by id as a number, and own bubbles last', () => {
                const list = [
                        bubble('1', 'x', '我', '马上'),
                        message({ message_id: '100', sent_at: 5 }),
                        message({ message_id: '99', sent_at: 5 }),
                        message({ message_id: '7', sent_at: 9 }),
                ].sort(inOrder);
                expect(list.map((m) => m.message_id)).toEqual(['99', '100', '7', 'local:x']);
        });

        it('replaces an own bubble by what the server made of it, whichever comes first', () => {
                const own = bubble('1', 'x', '我', '马上');
                const made = message({ message_id: '50', direction: 'out', client_id: 'x', state: 'queued' });
                const both = withMessages(withMessages([own], [made]), [{ ...made, state: 'sent' }]);
                expect(both).toHaveLength(1);
                expect(both[0]).toMatchObject({ message_id: '50', state: 'sent' });
        });

        it('keeps what is known when older news of it comes late', () => {
                const made = message({ message_id: '50', direction: 'out', client_id: 'x', state: 'queued' });
                for (const state of ['unconfirmed', 'sent', 'failed', 'undelivered'])
                        expect(withMessages([{ ...made, state }], [made])).toEqual([{ ...made, state }]);
                expect(withMessages([made], [bubble('1', 'x', '我', '马上')])).toEqual([made]);
                expect(withMessages([made], [{ ...made, text: '改' }])[0]?.text).toBe('改');
        });

        it('never takes two messages without a client id for one', () => {
                expect(withMessages([message({ message_id: '1', client_id: '' })], [message({ message_id: '2', client_id: '' })])).toHaveLength(2);
        });
});

it('client ids fit the platform’s alphabet and differ', () => {
        expect(newClientId()).toMatch(/^[0-9a-zA-Z_-]{1,32}$/);
        expect(newClientId()).not.toBe(newClientId());
});

describe('coming back after a long absence', () => {
        it('leaves no hole: what lies before the newest page goes, and can be read again', async () => {
                let page = { items: [message({ message_id: '1', sent_at: 1 }), message({ message_id: '2', sent_at: 2 })], more: false };
                vi.stubGlobal('fetch', async (url: string) => answer(200, url.includes('/messages') ? page : thread()));
                const scope = effectScope();
                const t = scope.run(() => useThread('1')) as ReturnType<typeof useThread>;
                await settle();
                const ids = () => t.messages.items.value.map((m) => m.message_id);
                expect(ids()).toEqual(['1', '2']);
                page = { items: [message({ message_id: '2', sent_at: 2 }), message({ message_id: '3', sent_at: 3 })], more: true };
                resync.tell();
                await settle();
                expect([ids(), t.messages.more.value]).toEqual([['1', '2', '3'], false]);
                page = { items: [message({ message_id: '90', sent_at: 90 })], more: true };
                resync.tell();
                await settle();
                expect([ids(), t.messages.more.value]).toEqual([['90'], true]);
                scope.stop();
        });
});

describe('a reply', () => {
        function open(reply: (body: { client_id: string; text: string }) => Promise<Response> | Response) {
                const bodies: { client_id: string; text: string }[] = [];
                vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
                        if (url.includes('/messages') && init.method === 'POST') {
                                const body = JSON.parse(init.body as string) as { client_id: string; text: string };
                                bodies.push(body);
                                return reply(body);
                        }
                        return url.includes('/messages') ? answer(200, { items: [], more: false }) : answer(200, thread());
                });
                const scope = effectScope();
                const it = scope.run(() => useThread('1')) as ReturnType<typeof useThread>;
                return { ...it, bodies, stop: () => scope.stop() };
        }

        it('is on the screen at once and then becomes the server’s message', async () => {
                let go: (r: Response) => void = () => undefined;
                const t = open(() => new Promise<Response>((done) => (go = done)));
                await settle();
                const sending = t.send('您好');
                expect(t.messages.items.value.at(-1)).toMatchObject({ text: '您好', state: 'sending' });
                await settle();
                go(answer(201, message({ message_id: '77', direction: 'out', text: '您好', state: 'queued', client_id: t.bodies[0]?.client_id ?? null })));
                await sending;
                expect(t.messages.items.value.map((m) => [m.message_id, m.state])).toEqual([['77', 'queued']]);
                t.stop();
        });

        it('stays sent when the event overtakes the answer', async () => {
                const t = open((body) => {
                        const made = message({ thread_id: '1', message_id: '77', direction: 'out', client_id: body.client_id, state: 'queued' });
                        messageChanged.tell({ ...made, state: 'sent' });
                        return answer(201, made);
                });
                await settle();
                await t.send('您好');
                expect(t.messages.items.value.map((m) => [m.message_id, m.state])).toEqual([['77', 'sent']]);
                t.stop();
        });

        it('keeps the bubble with the reason when it is refused', async () => {
                const t = open(() => answer(409, { code: 'inbox.window_closed', detail: '48 小时已过' }));
                await settle();
                await t.send('您好');
                expect(t.messages.items.value.at(-1)).toMatchObject({ state: 'refused', state_note: '48 小时已过' });
                t.stop();
        });

        it('goes out again by itself under the same client id when the server is back', async () => {
                let down = true;
                const t = open((body) => {
                        if (down) throw new TypeError('down');
                        return answer(201, message({ message_id: '78', direction: 'out', client_id: body.client_id, state: 'queued' }));
                });
                await settle();
                await t.send('您好');
                expect(t.messages.items.value.at(-1)?.state).toBe('offline');
                down = false;
                resync.tell();
                await settle();
                expect(t.messages.items.value.map((m) => m.message_id)).toEqual(['78']);
                expect(new Set(t.bodies.map((b) => b.client_id)).size).toBe(1);
                t.stop();
        });
});
