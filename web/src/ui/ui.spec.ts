import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { money, stopwatch } from './useFormat';
import { ownPicture } from './picture';
import { nameOf, useKeys, listenToKeys } from './useKeys';
import { useAsk } from './useAsk';
import { useList } from './useList';
import { resync } from './topic';
import { setServerNow, useNow } from './useNow';

const settle = () => new Promise((done) => setTimeout(done));

describe('numbers', () => {
        it('money is exact to the fen', () => {
                expect([money(0), money(5), money(18900), money(123456789), money(-250)]).toEqual(['¥0.00', '¥0.05', '¥189.00', '¥1,234,567.89', '-¥2.50']);
        });

        it('waiting is counted in seconds', () => {
                expect([stopwatch(-5), stopwatch(999), stopwatch(61_000), stopwatch(3_723_000)]).toEqual(['0:00', '0:00', '1:01', '1:02:03']);
        });
});

describe('pictures', () => {
        it('come from our own server only', () => {
                expect(['/api/blobs/7', 'data:image/png;base64,x'].map(ownPicture)).toEqual(['/api/blobs/7', 'data:image/png;base64,x']);
                expect(['https://cdn.example/a.png', '//cdn.example/a', '/\\cdn.example', 'javascript:1', '', null].map(ownPicture).join('')).toBe('');
        });
});

describe('useNow', () => {
        beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
        afterEach(() => {
                setServerNow(0);
                vi.useRealTimers();
        });

        it('ticks by the server’s clock', () => {
                setServerNow(5_000_000);
                const scope = effectScope();
                const now = scope.run(() => useNow());
                expect(now?.value).toBe(5_000_000);
                vi.advanceTimersByTime(2000);
                expect(now?.value).toBe(5_002_000);
                scope.stop();
        });
});

describe('useList', () => {
        it('drops an answer that was overtaken, adds pages, and starts over with its key', async () => {
                const key = ref('a');
                const answers: Record<string, (page: { items: string[]; next: string | null }) => void> = {};
                const scope = effectScope();
                const list = scope.run(() => useList(key, (k, cursor) => new Promise<{ items: string[]; next: string | null }>((done) => (answers[k + (cursor ?? '')] = done)))) as ReturnType<typeof useList<string, string>>;
                key.value = 'b';
                await nextTick();
                answers.b?.({ items: ['b1'], next: '2' });
                answers.a?.({ items: ['a1'], next: null });
                await settle();
                expect(list.items.value).toEqual(['b1']);
                void list.more();
                answers.b2?.({ items: ['b2'], next: null });
                await settle();
                expect(list.items.value).toEqual(['b1', 'b2']);
                expect(list.next.value).toBeNull();
                scope.stop();
        });

        it('keeps the news that overtook an answer, on the first page and on the next', async () => {
                let go: (page: { items: string[]; next: string | null }) => void = () => undefined;
                const scope = effectScope();
                const list = scope.run(() => useList(() => 0, () => new Promise<{ items: string[]; next: string | null }>((done) => (go = done)))) as ReturnType<typeof useList<number, string>>;
                const comes = (one: string) => list.amend((items) => (items.includes(one) ? items : [one, ...items]));
                comes('x');
                expect(list.items.value).toEqual([]);
                go({ items: ['a'], next: '2' });
                await settle();
                expect(list.items.value).toEqual(['x', 'a']);
                void list.more();
                comes('y');
                expect(list.items.value).toEqual(['y', 'x', 'a']);
                go({ items: ['b'], next: null });
                await settle();
                expect(list.items.value).toEqual(['y', 'x', 'a', 'b']);
                void list.refresh();
                comes('z');
                go({ items: ['a', 'b'], next: null });
                await settle();
                expect(list.items.value).toEqual(['z', 'a', 'b']);
                scope.stop();
        });

        it('shows the first error, and keeps what it has when a quiet look fails', async () => {
                let down = true;
                const scope = effectScope();
                const list = scope.run(() => useList(() => 0, async () => {
                        if (down) throw new Error('没有应答');
                        return { items: [1], next: null };
                })) as ReturnType<typeof useList<number, number>>;
                await settle();
                expect([list.face.value, list.error.value]).toEqual(['error', '没有应答']);
                down = false;
                await list.reload();
                down = true;
                resync.tell();
                await settle();
                expect([list.face.value, list.items.value]).toEqual(['ready', [1]]);
                scope.stop();
        });
});

describe('useAsk', () => {
        it('is not taken back to what the server said before the news', async () => {
                let go: (value: string) => void = () => undefined;
                const scope = effectScope();
                const asked = scope.run(() => useAsk(() => 0, () => new Promise<string>((done) => (go = done)))) as ReturnType<typeof useAsk<number, string>>;
                asked.amend(() => 'new');
                expect(asked.value.value).toBeNull();
                go('old');
                await settle();
                expect([asked.value.value, asked.face.value]).toEqual(['new', 'ready']);
                void asked.refresh();
                go('newer');
                await settle();
                expect(asked.value.value).toBe('newer');
                scope.stop();
        });
});

describe('keys', () => {
        const press = (key: string, some: KeyboardEventInit = {}, target: EventTarget = window) =>
                target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...some }));

        it('reads the letter from the code, because Alt changes the character on some keyboards', () => {
                expect(nameOf({ key: 'å', code: 'KeyA', altKey: true, ctrlKey: false, metaKey: false })).toBe('alt+a');
        });

        it('are heard by the newest, never taken from a person who types, and forgotten with the page', () => {
                listenToKeys();
                const done: string[] = [];
                const outer = effectScope();
                const inner = effectScope();
                outer.run(() => useKeys([{ key: 'j', what: '', run: () => done.push('outer') }, { key: 'alt+j', what: '', run: () => done.push('alt') }]));
                inner.run(() => useKeys([{ key: 'j', what: '', run: () => done.push('inner') }]));
                press('j');
                inner.stop();
                press('j');
                const field = document.body.appendChild(document.createElement('textarea'));
                press('j', {}, field);
                press('j', { altKey: true, code: 'KeyJ' }, field);
                outer.stop();
                press('j');
                expect(done).toEqual(['inner', 'outer', 'alt']);
                field.remove();
        });
});
