import { expect, test } from 'vitest';
import { marked, snippet } from './found';

test('words are marked without case, full-width letters as the usual ones', () => {
        expect(marked('ＢＢ霜 and bb', 'bb')).toEqual([
                { text: 'ＢＢ', hit: true },
                { text: '霜 and ', hit: false },
                { text: 'bb', hit: true },
        ]);
        expect(marked('我要退款', '退款 我')).toEqual([
                { text: '我', hit: true },
                { text: '要', hit: false },
                { text: '退款', hit: true },
        ]);
        expect(marked('没有', '退款')).toEqual([{ text: '没有', hit: false }]);
});

test('a long message is shown from a little before the word', () => {
        const long = '甲'.repeat(100) + '退款' + '乙'.repeat(10);
        expect(snippet(long, '退款')).toBe('…' + '甲'.repeat(12) + '退款' + '乙'.repeat(10));
        expect(snippet('短的退款', '退款')).toBe('短的退款');
});
