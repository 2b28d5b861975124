import { describe, expect, it } from 'vitest';
import { presaleOf, toneOf, type ProductSku } from './useProducts';

const sku = (some: Partial<ProductSku>) => ({ presale: 1, presale_after_end: 0, presale_days: 7, presale_ends_at: 0, ...some }) as ProductSku;

describe('a presale', () => {
        it('ships after the payment or after its end', () => {
                expect(presaleOf(sku({ presale: 0 }))).toBeNull();
                expect(presaleOf(sku({}))).toEqual({ key: 'paid', days: 7, at: 0 });
                expect(presaleOf(sku({ presale_after_end: 1, presale_days: 2, presale_ends_at: 5 }))).toEqual({ key: 'ended', days: 2, at: 5 });
        });
});

describe('a status', () => {
        it('calls for somebody only when the platform took the product down', () => {
                expect([5, 11, 13, 20].map(toneOf)).toEqual(['good', 'plain', 'bad', 'bad']);
        });
});
