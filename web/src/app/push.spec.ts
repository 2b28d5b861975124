import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aCase, message, order, thread } from '../../dev/samples.ts';
import { caseChanged } from '@/aftersales/live';
import { alarmsMoved } from '@/alarms/live';
import { backfillMoved } from '@/backfill/live';
import { personChanged } from '@/contacts/live';
import { goliveMoved } from '@/golive/live';
import { groupsChanged } from '@/groups/live';
import { messageChanged, threadChanged } from '@/inbox/live';
import { orderChanged } from '@/orders/live';
import { connectionChanged } from '@/shops/live';
import { memberChanged, signedOut } from '@/staff/live';
import { doctorLooked } from '@/system/live';
import { listen, parse, table, take, topics } from './push';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
        vi.useRealTimers();
        vi.unstubAllGlobals();
});

describe('the table', () => {
        it('hears every topic of the server', () => {
                expect(topics.sort()).toEqual(['aftersales', 'alarms', 'backfill', 'contacts', 'golive', 'groups', 'inbox', 'orders', 'shops', 'staff', 'system']);
        });

        it('brings each piece of news to its domain', () => {
                const heard: unknown[] = [];
                const stops = [threadChanged, messageChanged, orderChanged, caseChanged, personChanged, backfillMoved, connectionChanged, memberChanged, signedOut].map((t) => t.hear((n: unknown) => heard.push(n)));
                let looked = 0;
                stops.push(doctorLooked.hear(() => looked++));
                stops.push(alarmsMoved.hear(() => looked++));
                stops.push(goliveMoved.hear(() => looked++));
                stops.push(groupsChanged.hear(() => looked++));
                const bodies = { 'inbox/thread': thread(), 'inbox/message': message(), 'orders/order': order(), 'aftersales/case': aCase() };
                for (const [key, body] of Object.entries(bodies)) {
                        const [topic, kind] = key.split('/') as [string, string];
                        take({ topic, kind, id: '1', parent: null, body });
                }
                take({ topic: 'contacts', kind: 'person', id: '44', parent: null, body: null });
                take({ topic: 'backfill', kind: 'progress', id: '66', parent: null, body: null });
                take({ topic: 'shops', kind: 'connection', id: '55', parent: null, body: null });
                take({ topic: 'staff', kind: 'member', id: '77', parent: null, body: null });
                take({ topic: 'staff', kind: 'signed_out', id: '88', parent: null, body: null });
                take({ topic: 'alarms', kind: 'changed', id: '0', parent: null, body: null });
                take({ topic: 'groups', kind: 'changed', id: '98', parent: null, body: null });
                take({ topic: 'golive', kind: 'changed', id: '99', parent: null, body: null });
                take({ topic: 'system', kind: 'doctor', id: '0', parent: null, body: null });
                take({ topic: 'weather', kind: 'rain', id: '1', parent: null, body: null });
                expect(heard).toEqual([]);
                vi.advanceTimersByTime(100);
                expect(heard).toEqual([...Object.values(bodies), '44', '66', '55', '77', '88']);
                expect(looked).toBe(4);
                expect(Object.keys(table)).toHaveLength(14);
                for (const stop of stops) stop();
        });

        it('takes no news that is none', () => {
                expect(parse('inbox', '{')).toBeNull();
                expect(parse('inbox', '{"kind":1,"id":"2"}')).toBeNull();
                expect(parse('inbox', '{"kind":"thread","id":"2","body":{}}')).toEqual({ topic: 'inbox', kind: 'thread', id: '2', parent: null, body: {} });
        });
});

class Source extends EventTarget {
        static all: Source[] = [];
        readyState = 0;
        onopen: (() => void) | null = null;
        onerror: (() => void) | null = null;
        close = vi.fn();
        constructor() {
                super();
                Source.all.push(this);
        }
}

describe('the line', () => {
        it('asks for everything anew when it had to begin again, not when the browser could resume', () => {
                vi.stubGlobal('EventSource', { CLOSED: 2 });
                Source.all = [];
                const words: unknown[] = [];
                const stop = listen((word) => words.push(word), () => new Source() as unknown as EventSource);
                const [first] = Source.all as [Source];
                first.onopen?.();
                first.readyState = 0;
                first.onerror?.(); // the browser tries again by itself
                first.onopen?.();
                expect(words).toEqual([{ line: 'open' }, { line: 'lost' }, { line: 'open' }]);
                first.readyState = 2;
                first.onerror?.(); // refused: the browser gave up
                vi.advanceTimersByTime(500);
                expect(Source.all).toHaveLength(2);
                words.length = 0;
                Source.all[1]?.onopen?.();
                expect(words).toEqual([{ line: 'open' }, { reset: true }]);
                stop();
                expect(Source.all[1]?.close).toHaveBeenCalled();
        });

        it('passes on the server’s own reset', () => {
                vi.stubGlobal('EventSource', { CLOSED: 2 });
                Source.all = [];
                const words: unknown[] = [];
                listen((word) => words.push(word), () => new Source() as unknown as EventSource);
                Source.all[0]?.dispatchEvent(new Event('reset'));
                expect(words).toEqual([{ reset: true }]);
        });
});
