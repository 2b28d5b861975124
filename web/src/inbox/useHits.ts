import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { call } from '@/api/call';
import { useList } from '@/ui/useList';
import { marked, snippet } from './found';

/** Messages that contain every word of `q`, with what is to be marked in them. */
export function useHits(q: MaybeRefOrGetter<string>) {
        const list = useList(
                () => toValue(q),
                (words, cursor) => call('GET /api/messages', { q: words, cursor, limit: 20 }),
        );
        const hits = computed(() => list.items.value.map((one) => ({ ...one, parts: marked(snippet(one.text, toValue(q)), toValue(q)) })));
        return { ...list, hits };
}
