import { ref, shallowRef, toValue, type MaybeRefOrGetter, type Ref } from 'vue';
import {
        askCard,
        getPerson,
        linkThread,
        listOrders,
        undoLink,
        updatePerson,
        type Identity,
        type Link,
        type Order,
        type Person,
} from '@/api/generated';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import { personChanged } from './live';

export type { Identity, Link, Order, Person } from '@/api/generated';

/** Is a buyer known behind this person? Without one, her orders cannot be shown: an ordinary state, never a guess. */
export function linked(person: Person): boolean {
        return person.identities.some((i) => i.kind === 'shop');
}

/** The order number in a link's evidence, whatever form the detail has. */
export function orderNumber(link: Link): string {
        const { detail } = link;
        let value = detail;
        if (typeof detail === 'string') {
                try {
                        value = JSON.parse(detail) as Link['detail'];
                } catch {
                        return /^\d{8,}$/.test(detail) ? detail : '';
                }
        }
        if (typeof value === 'number') return String(detail);
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value === 'string' ? value : '';
        for (const name of ['order_id', 'remote_id', 'order_remote_id', 'order_number', 'order']) {
                const found = value[name];
                if (typeof found === 'string' && found !== '') return found;
        }
        return '';
}

/** The two identities a link ties; one that has left the person since is null. */
export function ends(person: Person, link: Link): (Identity | null)[] {
        return [link.identity_a, link.identity_b].map((id) => person.identities.find((i) => i.identity_id === id) ?? null);
}

export function usePerson(personId: MaybeRefOrGetter<string>) {
        const asked = useAsk(() => toValue(personId), getPerson);
        const person = asked.value as Ref<Person | null>;
        useTopic(personChanged, (id) => {
                if (id === toValue(personId)) void asked.refresh();
        });
        const change = async (body: { name?: string; note?: string }) => {
                person.value = await updatePerson(toValue(personId), body);
        };
        const undo = async (link: Link) => {
                await undoLink(link.link_id);
                await asked.refresh();
        };
        return { ...asked, person, change, undo };
}

/** One request to her for the order card; the same id however often the key is pressed while it is on its way. */
export async function askForCard(threadId: string): Promise<void> {
        const client_id = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');
        await askCard(threadId, { client_id });
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
                        const { items } = await listOrders({ q: q.trim(), limit: 8 });
                        if (mine === turn) found.value = items;
                } catch (e) {
                        if (mine === turn) error.value = e instanceof Error ? e.message : String(e);
                } finally {
                        if (mine === turn) busy.value = false;
                }
        }

        const link = async (order: Order): Promise<Person> => {
                const person = await linkThread(toValue(threadId), { order_id: order.order_id });
                personChanged.tell(person.person_id);
                found.value = null;
                return person;
        };
        return { found, error, busy, search, link };
}
