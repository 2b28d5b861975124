import { describe, expect, it } from 'vitest';
import { thread } from '../../dev/samples.ts';
import { belongs, merged } from './useThreads';

const ids = (list: { thread_id: string }[]) => list.map((t) => t.thread_id);

describe('belongs', () => {
        it('follows the server’s rules', () => {
                const waits = thread({ waiting_since: 5, assigned_to: '9' });
                expect(belongs(waits, 'waiting', '9')).toBe(true);
                expect(belongs(waits, 'mine', '9')).toBe(true);
                expect(belongs(waits, 'mine', '8')).toBe(false);
                expect(belongs(waits, 'closed', '9')).toBe(false);
                const closed = thread({ status: 'closed', waiting_since: 5, assigned_to: '9' });
                expect(belongs(closed, 'waiting', '9')).toBe(false);
                expect(belongs(closed, 'mine', '9')).toBe(false);
                expect(belongs(closed, 'closed', '9')).toBe(true);
        });
});

describe('merged', () => {
        const a = thread({ thread_id: 'a', waiting_since: 10, last_at: 10 });
        const b = thread({ thread_id: 'b', waiting_since: 20, last_at: 20 });
        const c = thread({ thread_id: 'c', waiting_since: 15, last_at: 30 });

        it('puts whoever waits longer first, and the newest word first elsewhere', () => {
                expect(ids(merged([a, b], c, 'waiting', '', true, false))).toEqual(['a', 'c', 'b']);
                expect(ids(merged([b, a], c, 'open', '', true, false))).toEqual(['c', 'b', 'a']);
        });

        it('lets go of who was answered', () => {
                expect(ids(merged([a, b], { ...a, waiting_since: 0 }, 'waiting', '', true, false))).toEqual(['b']);
        });

        it('moves a known one to its new place, once', () => {
                expect(ids(merged([b, a], { ...a, last_at: 99 }, 'open', '', true, false))).toEqual(['a', 'b']);
        });

        it('leaves no gap: behind the last row only when nothing is left to fetch', () => {
                const late = thread({ thread_id: 'z', waiting_since: 99 });
                expect(ids(merged([a, b], late, 'waiting', '', false, false))).toEqual(['a', 'b']);
                expect(ids(merged([a, b], late, 'waiting', '', true, false))).toEqual(['a', 'b', 'z']);
        });

        it('brings nobody new into a search', () => {
                const list = [a, b];
                expect(merged(list, c, 'open', '', true, true)).toBe(list);
        });
});
