import { toValue, type MaybeRefOrGetter } from 'vue';
import { call } from '@/api/call';
import type { Merchant, MerchantNew, MerchantTerms } from '@/api/generated';
import { useAsk } from '@/ui/useAsk';
import { useList } from '@/ui/useList';
import type { Tone } from '@/ui/UiTag.vue';

export type { Merchant } from '@/api/generated';

/** How a merchant does, in one word: the worst of what is known. */
export function stateOf(m: Merchant): { key: 'suspended' | 'fail' | 'warn' | 'ok'; tone: Tone } {
        if (m.suspended_at > 0) return { key: 'suspended', tone: 'plain' };
        if (m.fails > 0 || m.jobs_dead > 0) return { key: 'fail', tone: 'bad' };
        if (m.warns > 0) return { key: 'warn', tone: 'warn' };
        return { key: 'ok', tone: 'good' };
}

/** "3 / 10", or "3" without a limit. */
export const ofMost = (n: number, most: number): string => (most > 0 ? `${n} / ${most}` : String(n));

export function useMerchants(q: MaybeRefOrGetter<string>) {
        const list = useList(
                () => toValue(q),
                (words, after) => call('GET /api/hosting/merchants', { q: words, after, limit: 50 }),
        );
        function put(one: Merchant): void {
                list.items.value = list.items.value.map((m) => (m.merchant_id === one.merchant_id ? one : m));
        }
        return {
                ...list,
                create: async (body: MerchantNew) => {
                        await call('POST /api/hosting/merchants', body);
                        await list.refresh();
                },
                setTerms: async (body: MerchantTerms) => put(await call('PUT /api/hosting/merchants/{merchant_id}', body)),
                suspend: async (merchant_id: string, why: string) => put(await call('POST /api/hosting/merchants/{merchant_id}/suspend', { merchant_id, why })),
                resume: async (merchant_id: string) => put(await call('POST /api/hosting/merchants/{merchant_id}/resume', { merchant_id })),
        };
}

export const useMerchant = (merchant_id: MaybeRefOrGetter<string>) =>
        useAsk(
                () => toValue(merchant_id),
                (id) => call('GET /api/hosting/merchants/{merchant_id}', { merchant_id: id }),
        );

export const useHosted = () =>
        useAsk(
                () => 0,
                () => call('GET /api/hosted'),
        );

export const useVisits = () =>
        useAsk(
                () => 0,
                async () => (await call('GET /api/visits')).items,
        );

/** Whose rights count changes with a visit: everything is read anew. */
export async function beginVisit(merchant_id: string, reason: string, minutes: number): Promise<void> {
        await call('POST /api/hosting/merchants/{merchant_id}/visit', { merchant_id, reason, minutes });
        window.location.assign('/');
}

export async function endVisit(): Promise<void> {
        await call('DELETE /api/visit');
        window.location.assign('/hosting');
}
