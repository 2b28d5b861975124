import { ref, shallowRef, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue';
import { call } from '@/api/call';
import type { BlobUpload, Message, Thread } from '@/api/generated';
import { Problem } from '@/api/http';
import { session } from '@/staff/session';
import { resync, useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import { serverNow } from '@/ui/useNow';
import { messageChanged, threadChanged } from './live';

export type { Message, Thread } from '@/api/generated';

/** 24 hex digits: fits the platform's 32 and needs no secure context. */
export function newClientId(): string {
        return [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** Ids are decimal strings beyond 2^53: longer is larger. */
function byId(a: string, b: string): number {
        return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function local(message: Message): boolean {
        return message.message_id.startsWith('local:');
}

export function inOrder(a: Message, b: Message): number {
        if (local(a) !== local(b)) return local(a) ? 1 : -1;
        return a.sent_at - b.sent_at || byId(a.message_id, b.message_id);
}

const same = (a: Message, b: Message) =>
        a.message_id === b.message_id || (a.client_id !== null && a.client_id !== '' && a.client_id === b.client_id);

/** A message's life only moves forward (src/inbox/states.c); a state that is not named here is a beginning. */
const STEP: Record<string, number> = { unconfirmed: 1, sent: 2, undelivered: 3, failed: 3, recalled: 3 };
const step = (m: Message) => (local(m) ? -1 : (STEP[m.state] ?? 0));

/**
 * The messages with these put in: each once, by its id, and a bubble of our own replaced by what the server made of it.
 * An answer may arrive behind the event that overtook it: what tells of an earlier step than the known one is old news.
 */
export function withMessages(list: Message[], news: Message[]): Message[] {
        const fresh = news.filter((n) => !list.some((m) => same(m, n) && step(m) > step(n)));
        return [...list.filter((m) => !fresh.some((n) => same(m, n))), ...fresh].sort(inOrder);
}

/** A bubble that only this page knows: "sending", or "offline" when the server could not be reached. */
export function bubble(thread_id: string, client_id: string, author: string, text: string, blob_id: string | null = null): Message {
        return {
                message_id: `local:${client_id}`,
                thread_id,
                direction: 'out',
                kind: blob_id === null ? 'text' : 'image',
                text,
                body: {},
                state: 'sending',
                state_note: null,
                author,
                author_id: null,
                automatic: 0,
                sent_at: serverNow(),
                client_id,
                blob_id,
        };
}

/** What the server takes: the platform's picture types and size. */
export const PICTURES = ['image/jpeg', 'image/png', 'image/gif'] as const;
export const PICTURE_BYTES = 2 * 1024 * 1024;

async function picture(file: Blob): Promise<BlobUpload> {
        const bytes = new Uint8Array(await file.arrayBuffer());
        let text = '';
        for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
        return { mime: file.type as BlobUpload['mime'], data: btoa(text) };
}

function useMessages(id: () => string) {
        const items: Ref<Message[]> = shallowRef([]);
        const more = ref(false);
        const page = useAsk(id, (thread_id) => call('GET /api/threads/{thread_id}/messages', { thread_id, limit: 50 }));
        watch(id, () => {
                items.value = [];
                more.value = false;
        });
        watch(page.value, (found) => {
                if (!found) return;
                // After a long absence the newest page may begin behind what is shown: what lies between is unknown, so
                // what came before goes. What arrived while the page was on its way stays.
                const [first, last] = [found.items[0], found.items.at(-1)];
                if (first && last && found.more) {
                        const known = items.value.filter((m) => !local(m) && inOrder(m, last) <= 0);
                        if (known.every((m) => inOrder(m, first) < 0)) {
                                items.value = items.value.filter((m) => local(m) || inOrder(m, first) >= 0);
                                more.value = true;
                        }
                }
                items.value = withMessages(items.value, found.items);
        });

        const adding = ref(false);
        async function older(): Promise<void> {
                const first = items.value.find((m) => !local(m));
                const thread_id = id();
                if (!first || !more.value || adding.value) return;
                adding.value = true;
                try {
                        const found = await call('GET /api/threads/{thread_id}/messages', { thread_id, before: first.message_id, limit: 50 });
                        if (thread_id !== id()) return;
                        items.value = withMessages(items.value, found.items);
                        more.value = found.more;
                } catch {
                        // The way to older ones stays on the page: it can be tried again.
                } finally {
                        adding.value = false;
                }
        }

        const put = (...news: Message[]) => (items.value = withMessages(items.value, news));
        useTopic(messageChanged, (message) => {
                if (message.thread_id === id()) put(message);
        });
        return { items, more, adding, older, put, face: page.face, error: page.error, reload: page.reload };
}

/** One thread on the screen: itself, its messages, and what a person does with it. */
export function useThread(threadId: MaybeRefOrGetter<string>) {
        const id = () => toValue(threadId);
        const asked = useAsk(id, (thread_id) => call('GET /api/threads/{thread_id}', { thread_id }));
        const thread = asked.value as Ref<Thread | null>;
        const messages = useMessages(id);

        useTopic(threadChanged, (changed) => {
                if (changed.thread_id === id()) asked.amend(() => changed);
        });

        async function deliver(message: Message): Promise<void> {
                const { thread_id, text, blob_id } = message;
                const client_id = message.client_id ?? '';
                const what = message.kind === 'image' ? { thread_id, client_id, kind: 'image' as const, blob_id } : { thread_id, client_id, text };
                const put = (m: Message) => (thread_id === id() ? messages.put(m) : undefined);
                put({ ...message, state: 'sending', state_note: null });
                try {
                        put(await call('POST /api/threads/{thread_id}/messages', what));
                } catch (e) {
                        const why = e instanceof Error ? e.message : String(e);
                        const unreachable = e instanceof Problem && e.unreachable;
                        put({ ...message, state: unreachable ? 'offline' : 'refused', state_note: why });
                        if (!unreachable && thread_id === id()) void asked.refresh(); // the budget on the page was not the true one
                }
        }

        /** Shows the bubble at once; the server's answer takes its place. */
        function send(text: string): Promise<void> {
                return deliver(bubble(id(), newClientId(), session.value?.staff.name ?? '', text));
        }

        /** A picture goes up first; from then on it is a message like any other. */
        async function sendPicture(file: Blob): Promise<void> {
                const thread_id = id();
                const { blob_id } = await call('POST /api/blobs', await picture(file));
                if (thread_id === id()) await deliver(bubble(thread_id, newClientId(), session.value?.staff.name ?? '', '', blob_id));
        }

        // What could not reach the server goes out again by itself: the client id makes it one message, however often.
        useTopic(resync, () => {
                for (const m of messages.items.value) if (m.state === 'offline') void deliver(m);
        });

        async function read(): Promise<void> {
                if (!thread.value || thread.value.unread === 0 || document.visibilityState !== 'visible') return;
                try {
                        await call('POST /api/threads/{thread_id}/read', { thread_id: thread.value.thread_id });
                } catch {
                        // stays unread
                }
        }
        watch(() => [thread.value?.thread_id, thread.value?.unread], () => void read());

        // The server tells everybody of what follows, this page too; asking again shows it even where news do not get through.
        async function assign(staff_id: string | null): Promise<void> {
                await call('POST /api/threads/{thread_id}/assign', { thread_id: id(), staff_id });
                await asked.refresh();
        }
        async function close(): Promise<void> {
                await call('POST /api/threads/{thread_id}/close', { thread_id: id() });
                await asked.refresh();
        }
        const settle = async (message: Message, as: 'sent' | 'undelivered') =>
                messages.put(await call('POST /api/messages/{message_id}/settle', { message_id: message.message_id, as }));
        const drop = (message: Message) => {
                messages.items.value = messages.items.value.filter((m) => m !== message);
        };
        return {
                thread,
                face: asked.face,
                error: asked.error,
                reload: asked.reload,
                refresh: asked.refresh,
                messages,
                send,
                sendPicture,
                resend: deliver,
                drop,
                assign,
                close,
                settle,
        };
}

/** What was begun and not sent yet, by thread; kept while the page lives. */
export const drafts = new Map<string, string>();
