import { ref, shallowRef, watch, type Ref, type WatchSource } from 'vue';
import { useMeanwhile, type Change } from './meanwhile';
import { resync, useTopic } from './topic';

export type Face = 'loading' | 'ready' | 'error';

/**
 * One thing fetched from the server, fetched again when `key` changes or the screen must be brought up to date. News of it
 * are put in by `amend`, which cannot be undone by an answer that left the server before them.
 */
export function useAsk<K, T>(key: WatchSource<K>, ask: (key: K) => Promise<T>) {
        const value: Ref<T | null> = shallowRef(null);
        const face = ref<Face>('loading');
        const error = ref('');
        const meanwhile = useMeanwhile<T>();
        let turn = 0;
        let last: K;

        async function load(quiet: boolean): Promise<void> {
                const mine = ++turn;
                const news = meanwhile.begin();
                if (!quiet) {
                        face.value = 'loading';
                        value.value = null;
                }
                try {
                        const found = await ask(last);
                        if (mine !== turn) return;
                        value.value = news.over(found);
                        face.value = 'ready';
                } catch (e) {
                        if (mine !== turn || (quiet && value.value !== null)) return; // keep what is shown
                        error.value = e instanceof Error ? e.message : String(e);
                        face.value = 'error';
                } finally {
                        news.close();
                }
        }

        function amend(change: Change<T>): void {
                if (value.value !== null) value.value = change(value.value);
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
        return { value, face, error, amend, reload: () => load(false), refresh: () => load(true) };
}
