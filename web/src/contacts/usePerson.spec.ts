import { describe, expect, it } from 'vitest';
import type { Link } from '@/api/generated';
import { linked, orderNumber } from './usePerson';

const link = (detail: string | null): Link => ({
        link_id: '1', identity_a: '2', identity_b: '3', evidence: 'order_number', detail, made_by: 'system', made_at: 1, undone_at: 0, undone_by: null,
});

describe('links', () => {
        it('name the order they rest on', () => {
                expect(orderNumber(link('{"order":"3725206800000000028","message_id":"9"}'))).toBe('3725206800000000028');
                for (const nothing of [null, '', '{', 'null', '7', '{"order":5}']) expect(orderNumber(link(nothing))).toBe('');
        });

        it('a person without a buyer is not yet linked', () => {
                const kf = { identity_id: '1', kind: 'kf', account_id: '1', remote_id: 'wm', nickname: null, unionid: null };
                const person = { person_id: '1', name: null, note: null, created_at: 1, identities: [kf], links: [] };
                expect(linked(person)).toBe(false);
                expect(linked({ ...person, identities: [kf, { ...kf, kind: 'shop' }] })).toBe(true);
        });
});
