import { describe, expect, it } from 'vitest';
import type { Connection } from '@/api/generated';
import { ofCard, stateOf } from './useConnect';

const one = (over: Partial<Connection>): Connection => ({
        account_id: '1', parent_id: null, kind: 'shop', name: 'a', agent_id: null, remote_id: 'wx', callback_path: null, read_only: true, connected_at: 0,
        called_at: 0, url_checked_at: 0, heard_at: 0, kf_granted_at: 0, kf_heard_at: 0, refused: null, refused_at: 0, troubles: [], ...over,
});

describe('cards', () => {
        it('turn green with both proofs only', () => {
                expect(stateOf('shop', [])).toBe('none');
                expect(stateOf('shop', [one({ called_at: 5 })])).toBe('waiting');
                expect(stateOf('shop', [one({ connected_at: 5 })])).toBe('green');
        });

        it('in-shop 客服 is the shop’s, and proven by itself', () => {
                const shop = one({ connected_at: 5, kf_granted_at: 5 });
                expect(ofCard('shopkf', [shop, one({ kind: 'mp' })])).toEqual([shop]);
                expect(stateOf('shopkf', [shop])).toBe('waiting');
                expect(stateOf('shopkf', [{ ...shop, kf_heard_at: 6 }])).toBe('green');
        });
});
