/*
 * Live news. The server tells {topic, kind}; this table says who hears it. One EventSource per browser: the tab that holds
 * the lock listens and passes on to the others (six connections per host are all a browser has without HTTP/2).
 */
import { ref } from 'vue';
import { caseChanged } from '@/aftersales/live';
import type { Case, Message, Order, Thread } from '@/api/generated';
import { alarmsMoved } from '@/alarms/live';
import { backfillMoved } from '@/backfill/live';
import { personChanged } from '@/contacts/live';
import { goliveMoved } from '@/golive/live';
import { groupsChanged } from '@/groups/live';
import { visitChanged } from '@/hosting/live';
import { messageChanged, threadChanged } from '@/inbox/live';
import { orderChanged } from '@/orders/live';
import { connectionChanged } from '@/shops/live';
import { memberChanged, signedOut } from '@/staff/live';
import { may, recheck } from '@/staff/session';
import { doctorLooked } from '@/system/live';
import { resync } from '@/ui/topic';

export interface News {
        topic: string;
        kind: string;
        id: string;
        parent: string | null;
        body: unknown;
}

export const table: Record<string, (news: News) => void> = {
        'inbox/thread': (n) => threadChanged.tell(n.body as Thread),
        'inbox/message': (n) => messageChanged.tell(n.body as Message),
        'orders/order': (n) => orderChanged.tell(n.body as Order),
        'aftersales/case': (n) => caseChanged.tell(n.body as Case),
        'alarms/changed': () => alarmsMoved.tell(),
        'backfill/progress': (n) => backfillMoved.tell(n.id),
        'groups/changed': () => groupsChanged.tell(),
        'golive/changed': () => goliveMoved.tell(),
        'shops/connection': (n) => connectionChanged.tell(n.id),
        'staff/member': (n) => memberChanged.tell(n.id),
        'staff/visit': () => visitChanged.tell(),
        'staff/signed_out': (n) => signedOut.tell(n.id),
        'system/doctor': () => doctorLooked.tell(),
        'contacts/person': (n) => personChanged.tell(n.id),
};

export const topics = [...new Set(Object.keys(table).map((key) => key.split('/')[0] as string))];

export type Line = 'closed' | 'open' | 'lost';
/** How the line to the server is; "lost" is what the banner shows. */
export const line = ref<Line>('closed');

/** What the leading tab passes on: news, or a word about the line. */
type Word = { news: News } | { reset: true } | { line: Line } | { ask: true };

/* A live broadcast brings hundreds of events a second; the screen follows ten times a second. */
const FLUSH_MS = 100;
let waiting: News[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

export function take(news: News): void {
        waiting.push(news);
        timer ??= setTimeout(flush, FLUSH_MS);
}

function flush(): void {
        const batch = waiting;
        waiting = [];
        timer = undefined;
        for (const news of batch) table[`${news.topic}/${news.kind}`]?.(news);
}

export function parse(topic: string, data: string): News | null {
        try {
                const { kind, id, parent, body } = JSON.parse(data) as Partial<News>;
                if (typeof kind !== 'string' || typeof id !== 'string') return null;
                return { topic, kind, id, parent: parent ?? null, body };
        } catch {
                return null;
        }
}

const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/** Listens to the server itself; `tell` hears each word. Returns how to stop. */
export function listen(tell: (word: Word) => void, makeSource = (url: string) => new EventSource(url)): () => void {
        let source: EventSource | undefined;
        let again: ReturnType<typeof setTimeout> | undefined;
        let tries = 0;
        let missed = false;

        function open(): void {
                source = makeSource(`/api/events?topics=${heardTopics().join(',')}`);
                for (const topic of topics) {
                        source.addEventListener(topic, (e) => {
                                const news = parse(topic, (e as MessageEvent<string>).data);
                                if (news) tell({ news });
                        });
                }
                source.addEventListener('reset', () => tell({ reset: true }));
                source.onopen = () => {
                        tries = 0;
                        tell({ line: 'open' });
                        // A new source has no last id to resume from: what happened in between is only to be fetched.
                        if (missed) tell({ reset: true });
                        missed = false;
                };
                source.onerror = () => {
                        tell({ line: 'lost' });
                        if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again, with the last id
                        missed = true;
                        recheck(); // refused: perhaps because nobody is signed in any more
                        again = setTimeout(open, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
                };
        }

        open();
        return () => {
                clearTimeout(again);
                source?.close();
        };
}

/** What the person may hear; asking for more would get nothing at all. */
function heardTopics(): string[] {
        return topics.filter(may);
}

function hear(word: Word): void {
        if ('news' in word) take(word.news);
        else if ('reset' in word) resync.tell();
        else if ('line' in word) line.value = word.line;
}

/** Begins to hear, through this tab or through another one that listens already. Returns how to stop. */
export function startPush(): () => void {
        // Locks exist only where the page is served safely (https or this computer); elsewhere each tab listens for itself.
        if (!navigator.locks || typeof BroadcastChannel === 'undefined') {
                const stop = listen(hear);
                return () => {
                        stop();
                        line.value = 'closed';
                };
        }
        const channel = new BroadcastChannel('zhanggui.push');
        const giveUp = new AbortController();
        let stopListening: (() => void) | undefined;
        let leading = false;
        channel.onmessage = (e: MessageEvent<Word>) => {
                if (!('ask' in e.data)) hear(e.data);
                else if (leading) channel.postMessage({ line: line.value });
        };
        channel.postMessage({ ask: true });
        void navigator.locks
                .request('zhanggui.push', { signal: giveUp.signal }, () => {
                        const heir = line.value !== 'closed'; // another tab led until now: something may be missed
                        leading = true;
                        return new Promise<void>((done) => {
                                const stop = listen((word) => {
                                        hear(word);
                                        channel.postMessage(word);
                                });
                                stopListening = () => {
                                        stop();
                                        done();
                                };
                                if (heir) resync.tell();
                        });
                })
                .catch(() => undefined); // given up before it was our turn
        return () => {
                giveUp.abort();
                stopListening?.();
                channel.close();
                leading = false;
                line.value = 'closed';
        };
}
