/*
 * The one way to the server. A refusal arrives as a Problem (RFC 9457): `code` is for programs, `message` is the sentence
 * the server wrote for the person; we show it as it is and never make up our own.
 */

export class Problem extends Error {
        readonly status: number;
        readonly code: string;
        readonly field: string | null;

        constructor(status: number, code: string, detail: string, field: string | null = null) {
                super(detail);
                this.name = 'Problem';
                this.status = status;
                this.code = code;
                this.field = field;
        }

        /** The request may not have reached the server: asking again is right. */
        get unreachable(): boolean {
                return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
        }
}

type Value = string | number | boolean | null | undefined;
export type Query = Record<string, Value>;

interface Surroundings {
        csrf: string;
        language: () => string;
        /** Sentences for what no server could word: it did not answer. */
        words: (code: 'unreachable' | 'unreadable') => string;
        signedOut: () => void;
}

const around: Surroundings = {
        csrf: '',
        language: () => 'zh-CN',
        words: (code) => code,
        signedOut: () => undefined,
};

/** The session hands in what every request carries. */
export function surround(some: Partial<Surroundings>): void {
        Object.assign(around, some);
}

function address(path: string, query: Query | undefined): string {
        const params = new URLSearchParams();
        for (const [name, value] of Object.entries(query ?? {})) {
                if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
        }
        const text = params.toString();
        return text ? `${path}?${text}` : path;
}

async function problemOf(answer: Response): Promise<Problem> {
        try {
                const { code, detail, title, field } = (await answer.json()) as Record<string, string | undefined>;
                return new Problem(answer.status, code ?? '', detail ?? title ?? String(answer.status), field ?? null);
        } catch {
                const gone = answer.status >= 502 && answer.status <= 504;
                return new Problem(answer.status, '', around.words(gone ? 'unreachable' : 'unreadable'));
        }
}

export async function request<T>(method: string, path: string, query?: Query, body?: unknown): Promise<T> {
        const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': around.language() };
        if (method !== 'GET') headers['X-CSRF-Token'] = around.csrf;
        if (body !== undefined) headers['Content-Type'] = 'application/json';
        let answer: Response;
        try {
                answer = await fetch(address(path, query), {
                        method,
                        headers,
                        body: body === undefined ? undefined : JSON.stringify(body),
                        credentials: 'same-origin',
                });
        } catch {
                throw new Problem(0, '', around.words('unreachable'));
        }
        if (!answer.ok) {
                const problem = await problemOf(answer);
                if (answer.status === 401 && path !== '/api/login') around.signedOut();
                throw problem;
        }
        if (answer.status === 204) return undefined as T;
        const text = await answer.text();
        if (text === '') return undefined as T;
        try {
                return JSON.parse(text) as T;
        } catch {
                throw new Problem(answer.status, '', around.words('unreadable'));
        }
}
