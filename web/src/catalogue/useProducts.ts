import { shallowRef, toValue, type MaybeRefOrGetter } from 'vue';
import { call } from '@/api/call';
import type { Product, ProductDetail, ProductSku } from '@/api/generated';
import { useList } from '@/ui/useList';
import type { Tone } from '@/ui/UiTag.vue';

export type { Product, ProductDetail, ProductSku } from '@/api/generated';

/** The platform's numbers that people filter by. */
export const STATUSES = [5, 11, 13, -1] as const;
export const LOW_STOCK = 10;

export function toneOf(status: number): Tone {
        if (status === 5) return 'good';
        if (status >= 13) return 'bad';
        return 'plain';
}

/** When a presale ships, as the platform's rules have it: "paid": days after payment; "ended": days after the end. */
export function presaleOf(sku: ProductSku): { key: 'paid' | 'ended'; days: number; at: number } | null {
        if (sku.presale !== 1) return null;
        return { key: sku.presale_after_end === 1 ? 'ended' : 'paid', days: sku.presale_days, at: sku.presale_ends_at };
}

export interface Filter {
        q: string;
        status: number | undefined;
        account_id: string;
}

export function useProducts(filter: MaybeRefOrGetter<Filter>) {
        return useList(
                () => ({ ...toValue(filter) }),
                (f, cursor) => call('GET /api/products', { ...f, cursor, limit: 50 }),
        );
}

/** Skus of one product, fetched when first wanted. */
export function useProductDetail(product: () => Product) {
        const detail = shallowRef<ProductDetail | null>(null);
        const error = shallowRef('');
        async function open(): Promise<void> {
                error.value = '';
                try {
                        detail.value = await call('GET /api/products/{product_id}', { product_id: product().product_id });
                } catch (e) {
                        error.value = e instanceof Error ? e.message : String(e);
                }
        }
        return { detail, error, open };
}
