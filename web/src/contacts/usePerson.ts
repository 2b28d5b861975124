import { ref, shallowRef, toValue, type MaybeRefOrGetter, type Ref } from 'vue';
import { call } from '@/api/call';
import type { Link, Order, Person } from '@/api/generated';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import { personChanged } from './live';

export type { Identity, Link, Order, Person } from '@/api/generated';

/** Is a buyer known behind this person? Without one, her orders cannot be shown: an ordinary state, never a guess. */
export function linked(person: Person): boolean {
        return person.identities.some((i) => i.kind === 'shop');
}

/** The order number in a link's evidence; '' when that rests on something else. */
export function orderNumber(link: Link): string {
        if (link.detail === null) return '';
        try {
                const detail: unknown = JSON.parse(link.detail);
                if (typeof detail !== 'object' || detail === null) return '';
                const { order } = detail as { order?: unknown };
                return typeof order === 'string' ? order : '';
        } catch {
                return '';
        }
}

export function usePerson(personId: MaybeRefOrGetter<string>) {
        const asked = useAsk(() => toValue(personId), (person_id) => call('GET /api/people/{person_id}', { person_id }));
        const person = asked.value as Ref<Person | null>;
        useTopic(personChanged, (id) => {
                if (id === toValue(personId)) void asked.refresh();
        });
        const change = async (body: { name?: string; note?: string }) => {
                person.value = await call('PUT /api/people/{person_id}', { person_id: toValue(personId), ...body });
        };
        const undo = async (link: Link) => {
                await call('DELETE /api/links/{link_id}', { link_id: link.link_id });
                await asked.refresh();
        };
        return { ...asked, person, change, undo };
}

/** One request to her for the order card; the same id however often the key is pressed while it is on its way. */
export async function askForCard(threadId: string): Promise<void> {
        const client_id = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');
        await call('POST /api/threads/{thread_id}/ask-card', { thread_id: threadId, client_id });
}

/** Finding the order that is hers, and tying it. */
export function useOrderSearch(threadId: MaybeRefOrGetter<string>) {
        const found: Ref<Order[] | null> = shallowRef(null);
        const error = ref('');
        const busy = ref(false);
        let turn = 0;

        async function search(q: string): Promise<void> {
                const mine = ++turn;
                error.value = '';
                if (q.trim() === '') {
                        found.value = null;
                        return;
                }
                busy.value = true;
                try {
                        const { items } = await call('GET /api/orders', { q: q.trim(), limit: 8 });
                        if (mine === turn) found.value = items;
                } catch (e) {
                        if (mine === turn) error.value = e instanceof Error ? e.message : String(e);
                } finally {
                        if (mine === turn) busy.value = false;
                }
        }

        const link = async (order: Order): Promise<Person> => {
                const person = await call('POST /api/threads/{thread_id}/links', { thread_id: toValue(threadId), order_id: order.order_id });
                personChanged.tell(person.person_id);
                found.value = null;
                return person;
        };
        return { found, error, busy, search, link };
}
