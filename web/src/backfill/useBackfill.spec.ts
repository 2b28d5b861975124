import { describe, expect, it } from 'vitest';
import { share } from './useBackfill';

describe('the bar', () => {
        it('is full only when nothing is left', () => {
                expect(share(0, 0, false)).toBe(0);
                expect(share(50, 100, false)).toBe(0.5);
                expect(share(100, 100, false)).toBeLessThan(1);
                expect(share(120, 100, false)).toBeLessThan(1);
                expect(share(0, 0, true)).toBe(1);
        });
});
