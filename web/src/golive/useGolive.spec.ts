import { expect, test } from 'vitest';
import type { GoliveDay } from '@/api/generated';
import { dayText, doneOf, hundredthsOf, missing, oursOf, percent, STEPS } from './useGolive';

const day = (some: Partial<GoliveDay>): GoliveDay => ({ day: 20261123, rounds: 0, answered: 0, in_3min: 0, mean_s: 0, theirs: -1, over: true, ...some });

test('each state is a step further, and back begins anew', () => {
        expect(['none', 'rehearsed', 'accepted', 'switched', 'tested', 'live'].map(doneOf)).toEqual([0, 1, 2, 3, 4, STEPS.length]);
        expect(doneOf('back')).toBe(0);
});

test('our figure is a share of the rounds, in the console’s unit', () => {
        expect(oursOf(day({ rounds: 8, answered: 7, in_3min: 6 }))).toBe(7500);
        expect(oursOf(day({}))).toBe(-1);
        expect(percent(oursOf(day({ rounds: 3, in_3min: 2 })))).toBe('66.67%');
        expect(percent(-1)).toBe('–');
});

test('what a person reads in the console is taken as he writes it', () => {
        for (const [text, value] of [['96.5', 9650], [' 100% ', 10000], ['0', 0], ['7.05 %', 705]] as const) expect(hundredthsOf(text)).toBe(value);
        for (const text of ['', '101', '100.01', '9,5', '-1', 'x', '1.234']) expect(hundredthsOf(text)).toBeNaN();
});

test('a day is missed when it is over and its figure is not there', () => {
        const days = [day({ theirs: 9000 }), day({ day: 20261124 }), day({ day: 20261125, over: false })];
        expect(missing(days).map((d) => dayText(d.day))).toEqual(['11-24']);
});
