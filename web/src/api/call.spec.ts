import { afterEach, describe, expect, it, vi } from 'vitest';
import { call } from './call';
import { Problem, surround } from './http';

function serve(status: number, body: unknown, type = 'application/json') {
        const fetcher = vi.fn(async (_url: string, _init: RequestInit) =>
                new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'Content-Type': type } }));
        vi.stubGlobal('fetch', fetcher);
        return fetcher;
}

const first = (fetcher: ReturnType<typeof serve>) => fetcher.mock.calls[0] as [string, RequestInit];

afterEach(() => {
        vi.unstubAllGlobals();
        surround({ csrf: '', signedOut: () => undefined, words: (code) => code });
});

describe('call', () => {
        it('puts path parameters into the path and the rest of a GET into the query', async () => {
                const fetcher = serve(200, { items: [], more: false });
                await call('GET /api/threads/{thread_id}/messages', { thread_id: '12/3', before: '9', limit: 50 });
                expect(first(fetcher)[0]).toBe('/api/threads/12%2F3/messages?before=9&limit=50');
        });

        it('leaves out what was not said', async () => {
                const fetcher = serve(200, { items: [], next: null });
                await call('GET /api/orders', { q: '', status: undefined, cursor: null });
                expect(first(fetcher)[0]).toBe('/api/orders');
        });

        it('puts the rest of a POST into the body and carries the token', async () => {
                surround({ csrf: 'tok' });
                const fetcher = serve(201, {});
                await call('POST /api/threads/{thread_id}/messages', { thread_id: '7', client_id: 'c1', text: '好的' });
                const [url, init] = first(fetcher);
                expect(url).toBe('/api/threads/7/messages');
                expect(JSON.parse(init.body as string)).toEqual({ client_id: 'c1', text: '好的' });
                expect((init.headers as Record<string, string>)['X-CSRF-Token']).toBe('tok');
        });

        it('says a refusal in the server’s own words', async () => {
                serve(409, { code: 'inbox.budget', detail: '五条回复已用完', status: 409 }, 'application/problem+json');
                const problem = await call('POST /api/threads/{thread_id}/close', { thread_id: '7' }).catch((e: unknown) => e);
                expect(problem).toBeInstanceOf(Problem);
                expect(problem).toMatchObject({ status: 409, code: 'inbox.budget', message: '五条回复已用完', unreachable: false });
        });

        it('tells an absent server from a refusing one', async () => {
                vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('down'))));
                expect(await call('GET /api/me').catch((e: unknown) => e)).toMatchObject({ status: 0, unreachable: true, message: 'unreachable' });
                serve(502, '<html>bad gateway</html>', 'text/html');
                expect(await call('GET /api/me').catch((e: unknown) => e)).toMatchObject({ status: 502, unreachable: true });
        });

        it('ends the session on 401, but not for a wrong password', async () => {
                const signedOut = vi.fn();
                surround({ signedOut });
                serve(401, { code: 'staff.refused', detail: '不对' });
                await call('POST /api/login', { login: 'a', password: 'b' }).catch(() => undefined);
                expect(signedOut).not.toHaveBeenCalled();
                await call('GET /api/staff').catch(() => undefined);
                expect(signedOut).toHaveBeenCalledOnce();
        });
});
