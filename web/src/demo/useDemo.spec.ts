import { expect, it } from 'vitest';
import { settled } from './useDemo';

const plug = (at: number, lost: number) => ({ at, back_after_ms: 90, acked: 12, stored: 12, lost, found: 0 });

it('what is on its way after the plug was settled does not count as lost by it', () => {
        expect(settled(null, plug(1, 3))).toEqual(plug(1, 3));
        expect(settled(plug(1, 3), plug(1, 0))).toEqual(plug(1, 0));
        expect(settled(plug(1, 0), plug(1, 7))).toEqual(plug(1, 0));
        expect(settled(plug(1, 0), plug(2, 7))).toEqual(plug(2, 7));
        expect(settled(plug(1, 0), null)).toBeNull();
});
