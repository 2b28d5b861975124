import { call } from '@/api/call';
import type { Account } from '@/api/generated';
import { useAsk } from '@/ui/useAsk';

export type { Account, Margin } from '@/api/generated';

/** Corps and shops first, each followed by what hangs below it. */
export function familyOrder(all: Account[]): Account[] {
        const below = (a: Account) => all.filter((one) => one.parent_id === a.account_id);
        const tops = all.filter((a) => !all.some((p) => p.account_id === a.parent_id));
        return tops.flatMap((top) => [top, ...below(top)]);
}

export function useAccounts() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                async () => familyOrder((await call('GET /api/accounts')).items),
        );
        async function setReadOnly(one: Account, read_only: boolean): Promise<void> {
                const changed = await call('PUT /api/accounts/{account_id}', { account_id: one.account_id, read_only });
                value.value = (value.value ?? []).map((a) => (a.account_id === changed.account_id ? changed : a));
        }
        return { accounts: value, face, error, reload, refresh, setReadOnly };
}

/** From 5 s to 3 days on a logarithmic scale, 0..1: seconds and days fit on one bar. */
export function share(margin_s: number): number {
        const [low, high] = [Math.log(5), Math.log(3 * 86_400)];
        return Math.min(1, Math.max(0.02, (Math.log(Math.max(1, margin_s)) - low) / (high - low)));
}

export function useMargins(language: () => string) {
        const { value, face, error, reload } = useAsk(language, async () => (await call('GET /api/margins')).items);
        return { margins: value, face, error, reload };
}
