import { describe, expect, it } from 'vitest';
import type { Account } from '@/api/generated';
import { familyOrder, share } from './useShops';

const account = (account_id: string, parent_id: string | null): Account => ({
        account_id, parent_id, kind: parent_id ? 'kf' : 'wecom', name: account_id, remote_id: account_id, read_only: false, bound: false,
        last_callback_at: 0, found_by_polling: 0, callback_path: null,
});

describe('accounts', () => {
        it('stand below their parents, and nobody is left out', () => {
                const all = [account('kf2', 'corp'), account('shop', null), account('kf1', 'corp'), account('corp', null), account('stray', 'gone')];
                expect(familyOrder(all).map((a) => a.account_id)).toEqual(['shop', 'corp', 'kf2', 'kf1', 'stray']);
        });
});

describe('margins', () => {
        it('seconds and days fit on one bar, in order', () => {
                const bars = [0, 15, 12_960, 259_200, 10 * 259_200].map(share);
                expect(bars).toEqual([...bars].sort((a, b) => a - b));
                expect(bars[0]).toBeGreaterThan(0);
                expect(bars.at(-1)).toBe(1);
        });
});
