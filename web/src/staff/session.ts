import { ref, shallowRef } from 'vue';
import { call } from '@/api/call';
import type { MeOut } from '@/api/generated';
import { Problem, surround } from '@/api/http';
import { resync } from '@/ui/topic';
import { setServerNow } from '@/ui/useNow';

/** Who sits here; null: nobody. */
export const session = shallowRef<MeOut | null>(null);
/** Why nobody could be asked; shown on the login page. */
export const sessionError = ref('');

/** May the person do this? "staff.manage" asks for that right, "inbox" for any right in that domain. */
export function may(right: string): boolean {
        const rights = session.value?.staff.permissions ?? [];
        return right.includes('.') ? rights.includes(right) : rights.some((r) => r.startsWith(`${right}.`));
}

let asked: Promise<void> | null = null;

function leave(): void {
        session.value = null;
        surround({ csrf: '' });
}

async function ask(): Promise<void> {
        try {
                const found = await call('GET /api/me');
                sessionError.value = '';
                surround({ csrf: found.csrf });
                setServerNow(found.now);
                session.value = found;
        } catch (e) {
                if (e instanceof Problem && e.status === 401) return leave();
                sessionError.value = e instanceof Error ? e.message : String(e);
                asked = null; // nobody knows yet: the next page asks again
        }
}

/** Asks once who we are. */
export function restore(): Promise<void> {
        asked ??= ask();
        return asked;
}

export async function signIn(name: string, password: string): Promise<void> {
        const { csrf } = await call('POST /api/login', { login: name, password });
        surround({ csrf });
        asked = ask();
        await asked;
}

export async function signOut(): Promise<void> {
        try {
                await call('POST /api/logout');
        } catch {
                // The session may be over already; here it ends in any case.
        }
        leave();
}

surround({ signedOut: leave });

// After a broken line the server may be another process with another clock.
resync.hear(() => {
        if (session.value) void ask();
});
