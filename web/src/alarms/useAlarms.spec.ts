import { expect, test } from 'vitest';
import type { AlarmRecipient, DirectoryMember } from '@/api/generated';
import { addable, hourOf, minuteOf } from './useAlarms';

test('minutes of a day and how people write them', () => {
        for (const minute of [0, 59, 60, 480, 1380, 1439]) expect(minuteOf(hourOf(minute))).toBe(minute);
        expect(minuteOf(' 8:05 ')).toBe(485);
        for (const wrong of ['', '24:00', '8', '8:60', 'eight', '8:5']) expect(minuteOf(wrong)).toBeNaN();
});

test('who can be added: active, and not told yet', () => {
        const member = (userid: string, status: DirectoryMember['status']) => ({ account_id: '1', userid, status }) as DirectoryMember;
        const told = [{ account_id: '1', userid: 'a' }, { account_id: '2', userid: 'b' }] as AlarmRecipient[];
        const members = [member('a', 'active'), member('b', 'active'), member('c', 'left')];
        expect(addable(members, told).map((m) => m.userid)).toEqual(['b']);
});
