import { describe, expect, it } from 'vitest';
import { aCase } from '../../dev/samples.ts';
import { merged, replaced, toneOf, urgent, waits } from './useCases';

describe('cases', () => {
        it('come by deadline, those without one last, then by age', () => {
                const list = [aCase({ case_id: 'none', deadline: 0 }), aCase({ case_id: 'late', deadline: 9 }), aCase({ case_id: 'soon', deadline: 3, created_at: 2 }), aCase({ case_id: 'older', deadline: 3 })];
                expect(list.sort(urgent).map((c) => c.case_id)).toEqual(['older', 'soon', 'late', 'none']);
        });

        it('are not overwritten by an older answer', () => {
                const now = aCase({ version: 5, decision: 'approving' });
                expect(replaced([now], aCase({ version: 4 }))[0]).toBe(now);
                expect(replaced([now], aCase({ version: 6, decision: 'approved' }))[0]?.decision).toBe('approved');
        });

        it('that stop waiting stay in place, new ones come in where they belong', () => {
                const done = aCase({ case_id: 'a', version: 2, can_approve: false, can_reject: false });
                expect(merged([aCase({ case_id: 'a', deadline: 9 })], done, 'waiting')).toEqual([done]);
                expect(merged([aCase({ case_id: 'a', deadline: 9 })], aCase({ case_id: 'b', deadline: 3 }), 'waiting').map((c) => c.case_id)).toEqual(['b', 'a']);
                expect(merged([], done, 'waiting')).toEqual([]);
        });

        it('show who has to act', () => {
                expect(waits(aCase())).toBe(true);
                expect(toneOf(aCase())).toBe('warn');
                expect(toneOf(aCase({ can_approve: false, can_reject: false, status: 'MERCHANT_REFUND_SUCCESS' }))).toBe('good');
                expect(toneOf(aCase({ can_approve: false, can_reject: false, status: 'PLATFORM_REFUND_FAIL' }))).toBe('bad');
        });
});
