import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue';
import { call } from '@/api/call';
import type { Thread } from '@/api/generated';
import { session } from '@/staff/session';
import { resync, useTopic } from '@/ui/topic';
import { useList } from '@/ui/useList';
import { threadChanged } from './live';

export type View = 'waiting' | 'mine' | 'open' | 'closed';
export const VIEWS: View[] = ['waiting', 'mine', 'open', 'closed'];

export function isView(text: unknown): text is View {
        return VIEWS.includes(text as View);
}

/** Does the thread belong to the view? The same rule as the server's, so that news can be sorted in at once. */
export function belongs(thread: Thread, view: View, me: string): boolean {
        switch (view) {
                case 'waiting':
                        return thread.status === 'open' && thread.waiting_since > 0;
                case 'mine':
                        return thread.status === 'open' && thread.assigned_to === me;
                case 'open':
                        return thread.status === 'open';
                case 'closed':
                        return thread.status === 'closed';
        }
}

/** Who comes first: whoever waits longest; elsewhere the newest word. */
export function order(view: View): (a: Thread, b: Thread) => number {
        return view === 'waiting' ? (a, b) => a.waiting_since - b.waiting_since : (a, b) => b.last_at - a.last_at;
}

/**
 * The list after one changed thread. `whole`: nothing is left to fetch, so a thread behind the last row belongs into it;
 * otherwise it would leave a gap before it. `known`: only threads in the list may change it (a search).
 */
export function merged(list: Thread[], thread: Thread, view: View, me: string, whole: boolean, known: boolean): Thread[] {
        const rest = list.filter((t) => t.thread_id !== thread.thread_id);
        const was = rest.length < list.length;
        if (!belongs(thread, view, me)) return was ? rest : list;
        if (!was && known) return list;
        const compare = order(view);
        const last = rest.at(-1);
        if (!whole && !was && last && compare(thread, last) > 0) return list;
        const at = rest.findIndex((t) => compare(thread, t) < 0);
        return at < 0 ? [...rest, thread] : [...rest.slice(0, at), thread, ...rest.slice(at)];
}

/* A broadcast brings thousands of new threads; the page keeps what a person can look at. */
const KEEP = 300;

export function useThreads(view: MaybeRefOrGetter<View>, q: MaybeRefOrGetter<string>) {
        const list = useList(
                () => [toValue(view), toValue(q)] as const,
                ([v, words], cursor) => call('GET /api/threads', { view: v, q: words, cursor, limit: 50 }),
        );
        useTopic(threadChanged, (thread) => {
                const me = session.value?.staff.staff_id ?? '';
                list.amend((items) => merged(items, thread, toValue(view), me, list.next.value === null, toValue(q) !== ''));
                if (list.items.value.length > KEEP) void list.refresh();
        });
        return list;
}

export type Counts = Record<'waiting' | 'mine' | 'open', string>;

const LIMIT = 100;
const counts: Ref<Counts> = ref({ waiting: '', mine: '', open: '' });
let users = 0;
let due: ReturnType<typeof setTimeout> | undefined;
let deaf: (() => void)[] = [];

async function count(view: keyof Counts): Promise<string> {
        const { items, next } = await call('GET /api/threads', { view, limit: LIMIT });
        return items.length === 0 ? '' : `${items.length}${next === null ? '' : '+'}`;
}

async function recount(): Promise<void> {
        due = undefined;
        if (!session.value) return;
        try {
                const [waiting, mine, open] = await Promise.all([count('waiting'), count('mine'), count('open')]);
                counts.value = { waiting, mine, open };
        } catch {
                // The old numbers stay; the list itself says when the server is away.
        }
}

/** How many are in each view, "100+" beyond a page. Counted anew a few seconds after news; shared by all who show it. */
export function useCounts(): Ref<Counts> {
        if (users++ === 0) {
                void recount();
                const soon = (ms: number) => (due ??= setTimeout(() => void recount(), ms));
                deaf = [threadChanged.hear(() => soon(3000)), resync.hear(() => soon(300))];
        }
        onScopeDispose(() => {
                if (--users > 0) return;
                clearTimeout(due);
                due = undefined;
                for (const stop of deaf) stop();
        });
        return counts;
}

/** For the navigation: how many customers wait. */
export function waitingBadge(): Ref<string> {
        const all = useCounts();
        watch(
                () => session.value?.staff.staff_id,
                () => void recount(),
        );
        return computed(() => all.value.waiting);
}
