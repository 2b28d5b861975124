import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { session } from './session';
import { comeBack, goTo, needsNoClick, useOffers } from './useSignIn';

const asked: string[] = [];
let answers: Record<string, unknown>;
beforeEach(() => {
        asked.length = 0;
        localStorage.clear();
        sessionStorage.clear();
        answers = {};
        vi.stubGlobal('fetch', async (url: string, options: RequestInit) => {
                const key = `${options.method} ${url}`;
                asked.push(options.body ? `${key} ${String(options.body)}` : key);
                const answer = answers[key];
                return answer === undefined
                        ? new Response(JSON.stringify({ code: 'staff.state', detail: '请再点一次' }), { status: 409 })
                        : new Response(JSON.stringify(answer));
        });
});

afterEach(() => {
        vi.unstubAllGlobals();
        session.value = null; // the modules are every test's
});

describe('signing in by WeCom', () => {
        it('asks for the corp of the link, then for the only one', async () => {
                answers['GET /api/sign-in?corp=ww1'] = { items: [], next: null };
                answers['GET /api/sign-in'] = { items: [{ corp: 'ww2', name: '清禾' }], next: null };
                const offers = useOffers({ corp: 'ww1' });
                await vi.waitFor(() => expect(offers.value).toEqual([{ corp: 'ww2', name: '清禾' }]));
                expect(asked).toEqual(['GET /api/sign-in?corp=ww1', 'GET /api/sign-in']);
        });

        it('goes where the server says, remembers the corp, and comes back to what was wanted', async () => {
                answers['POST /api/sign-in/start'] = { url: 'https://login.example/' };
                answers['POST /api/sign-in'] = { staff: {}, csrf: 'c' };
                answers['GET /api/me'] = { staff: { staff_id: '1', permissions: [] }, csrf: 'c', now: 1 };
                const left: string[] = [];
                await goTo('ww1', '/orders', (url) => left.push(url));
                expect(left).toEqual(['https://login.example/']);
                expect(localStorage.getItem('zhanggui.corp')).toBe('ww1');
                expect(await comeBack({ code: 'c', state: 's' })).toBe('/orders');
                expect(await comeBack({ code: 'c', state: 's' })).toBe('');
        });

        it('asks nothing inside the client, when he came by the corp’s link', () => {
                const one = [{ corp: 'ww1', name: '清禾' }];
                const client = 'Mozilla/5.0 MicroMessenger/7.0.1 wxwork/4.1.0';
                expect(needsNoClick(client, { corp: 'ww1' }, one)).toBe(true);
                expect(needsNoClick(client, {}, one)).toBe(false); // signed out, or refused: else it would go round for ever
                expect(needsNoClick('Mozilla/5.0 Chrome/120', { corp: 'ww1' }, one)).toBe(false);
        });

        it('waits a moment when many come at once', async () => {
                let times = 0;
                vi.stubGlobal('fetch', async (url: string) =>
                        url === '/api/sign-in' && ++times < 2
                                ? new Response(JSON.stringify({ code: 'server.busy', detail: '服务器正忙' }), { status: 503 })
                                : new Response(JSON.stringify({ staff: { staff_id: '1', permissions: [] }, csrf: 'c', now: 1 })));
                expect(await comeBack({ code: 'c', state: 's' })).toBe('');
                expect(times).toBe(2);
        });

        it('without a code nobody is asked; a refusal is the server’s own sentence', async () => {
                expect(await comeBack({ state: 's' })).toBeNull();
                expect(asked).toEqual([]);
                await expect(comeBack({ code: 'c', state: 's' })).rejects.toThrow('请再点一次');
        });
});
