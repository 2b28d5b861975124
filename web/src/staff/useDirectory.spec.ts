import { describe, expect, it } from 'vitest';
import { givable, pick, unlinked, type DirectoryMember } from './useDirectory';
import type { Staff } from './useStaff';

const member = (over: Partial<DirectoryMember>): DirectoryMember => ({
        account_id: '1', userid: 'LinXia', name: '林夏', department: '客服部', status: 'active', staff_id: null, asked_at: 0, ...over,
});
const person = (over: Partial<Staff>): Staff => ({ staff_id: '9', login: 'a', name: '阿珍', role: 'agent', disabled: false, created_at: 0, ...over });

describe('the directory', () => {
        it('finds by name, account and department, in its own corp', () => {
                const items = [member({}), member({ userid: 'zhoumo', name: '周末', department: '销售部' }), member({ account_id: '2' })];
                expect(pick(items, '1', '').length).toBe(2);
                expect(pick(items, '1', ' linx').map((m) => m.name)).toEqual(['林夏']);
                expect(pick(items, '1', '销售').map((m) => m.userid)).toEqual(['zhoumo']);
                expect(pick(items, '1', '没有')).toEqual([]);
        });

        it('gives no shop away: owners are nobody’s to give, supervisors an owner’s', () => {
                expect(givable(true)).toEqual(['supervisor', 'agent', 'warehouse', 'reader']);
                expect(givable(false)).toEqual(['agent', 'warehouse', 'reader']);
        });

        it('offers those who have a password and are nobody there yet', () => {
                const people = [
                        person({}),
                        person({ staff_id: '8', role: 'owner' }),
                        person({ staff_id: '7', disabled: true }),
                        person({ staff_id: '6' }),
                        person({ staff_id: '5', role: 'supervisor' }),
                ];
                const items = [member({ staff_id: '6' })];
                expect(unlinked(people, items, true).map((p) => p.staff_id)).toEqual(['9', '5']);
                expect(unlinked(people, items, false).map((p) => p.staff_id)).toEqual(['9']);
        });
});
