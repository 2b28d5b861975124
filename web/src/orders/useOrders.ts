import { shallowRef, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue';
import { call } from '@/api/call';
import type { Order, OrderDetail } from '@/api/generated';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import { useList } from '@/ui/useList';
import type { Tone } from '@/ui/UiTag.vue';
import { orderChanged } from './live';

export type { Order, OrderDetail } from '@/api/generated';

/** The platform's numbers that people filter by. */
export const STATUSES = [10, 20, 21, 30, 100, 200, 250] as const;

export function toneOf(status: number): Tone {
        if (status === 20 || status === 21) return 'warn';
        if (status === 30) return 'info';
        if (status === 100) return 'good';
        return 'plain';
}

export interface Filter {
        q: string;
        status: number | undefined;
        account_id: string;
}

/** Changed orders take their new place in the row they are in; whether a new one fits a search only the server knows. */
export function replaced(list: Order[], order: Order): Order[] {
        return list.some((o) => o.order_id === order.order_id) ? list.map((o) => (o.order_id === order.order_id ? order : o)) : list;
}

export function useOrders(filter: MaybeRefOrGetter<Filter>) {
        const list = useList(
                () => ({ ...toValue(filter) }),
                (f, cursor) => call('GET /api/orders', { ...f, cursor, limit: 50 }),
        );
        useTopic(orderChanged, (order) => {
                const { q, status, account_id } = toValue(filter);
                const plain = !q && status === undefined && !account_id;
                // Without filters a new order belongs on top.
                list.amend((items) => {
                        const next = replaced(items, order);
                        return next === items && plain ? [order, ...next].slice(0, 300) : next;
                });
        });
        return list;
}

/** Her newest orders, over all her identities. */
export function usePersonOrders(personId: MaybeRefOrGetter<string>) {
        const asked = useAsk(
                () => toValue(personId),
                async (id) => (await call('GET /api/people/{person_id}/orders', { person_id: id })).items,
        );
        const orders = asked.value as Ref<Order[] | null>;
        useTopic(orderChanged, (order) => {
                asked.amend((known) => replaced(known, order));
        });
        return { ...asked, orders };
}

/** Lines, parcels and notes of one order, fetched when first wanted. */
export function useOrderDetail(order: () => Order) {
        const detail = shallowRef<OrderDetail | null>(null);
        const error = shallowRef('');
        async function open(): Promise<void> {
                error.value = '';
                try {
                        detail.value = await call('GET /api/orders/{order_id}', { order_id: order().order_id });
                } catch (e) {
                        error.value = e instanceof Error ? e.message : String(e);
                }
        }
        watch(
                () => order().updated_at,
                () => (detail.value ? void open() : undefined),
        );
        return { detail, error, open };
}
