import { ref, shallowRef, watch, type Ref, type WatchSource } from 'vue';
import { useMeanwhile, type Change } from './meanwhile';
import { resync, useTopic } from './topic';
import type { Face } from './useAsk';

interface Page<T> {
        items: T[];
        next: string | null;
}

/**
 * A list that arrives page by page. It starts over when `key` (its filters) changes; on resync it fetches its first page
 * quietly again. An answer that was overtaken by a newer question is dropped; one that was overtaken by news gets them.
 */
export function useList<K, T>(key: WatchSource<K>, ask: (key: K, cursor: string | undefined) => Promise<Page<T>>) {
        const items: Ref<T[]> = shallowRef([]);
        const next = ref<string | null>(null);
        const face = ref<Face>('loading');
        const error = ref('');
        const adding = ref(false);
        const meanwhile = useMeanwhile<T[]>();
        let turn = 0;
        let last: K;

        async function load(quiet: boolean): Promise<void> {
                const mine = ++turn;
                const news = meanwhile.begin();
                adding.value = false;
                if (!quiet) {
                        face.value = 'loading';
                        items.value = [];
                        next.value = null;
                }
                try {
                        const page = await ask(last, undefined);
                        if (mine !== turn) return;
                        next.value = page.next;
                        items.value = news.over(page.items);
                        face.value = 'ready';
                } catch (e) {
                        if (mine !== turn || (quiet && face.value === 'ready')) return;
                        error.value = e instanceof Error ? e.message : String(e);
                        face.value = 'error';
                } finally {
                        news.close();
                }
        }

        async function more(): Promise<void> {
                if (next.value === null || adding.value) return;
                const mine = turn;
                const news = meanwhile.begin();
                adding.value = true;
                try {
                        const page = await ask(last, next.value);
                        if (mine !== turn) return;
                        next.value = page.next;
                        items.value = news.over([...items.value, ...page.items]);
                } catch (e) {
                        if (mine === turn) error.value = e instanceof Error ? e.message : String(e);
                } finally {
                        news.close();
                        if (mine === turn) adding.value = false;
                }
        }

        function amend(change: Change<T[]>): void {
                if (face.value === 'ready') items.value = change(items.value);
                meanwhile.heard(change);
        }

        watch(
                key,
                (k) => {
                        last = k as K;
                        void load(false);
                },
                { immediate: true },
        );
        useTopic(resync, () => void load(true));
        return { items, next, face, error, adding, more, amend, reload: () => load(false), refresh: () => load(true) };
}
