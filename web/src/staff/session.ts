import { ref, shallowRef } from 'vue';
import { call } from '@/api/call';
import type { LoginOut, MeOut } from '@/api/generated';
import { Problem, surround } from '@/api/http';
import { resync } from '@/ui/topic';
import { setServerNow } from '@/ui/useNow';
import { signedOut } from './live';

/** Who sits here; null: nobody. */
export const session = shallowRef<MeOut | null>(null);
/** Why nobody could be asked; shown on the login page. */
export const sessionError = ref('');

/** May the person do this? "staff.manage" asks for that right, "inbox" for any right in that domain. */
export function may(right: string): boolean {
        const rights = session.value?.staff.permissions ?? [];
        return right.includes('.') ? rights.includes(right) : rights.some((r) => r.startsWith(`${right}.`));
}

/** False: an operator at home, who belongs to no merchant and hears of none. */
export const ofMerchant = (): boolean => session.value?.staff.role !== 'operator' || session.value.acting !== null;

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

/** Whichever way somebody proved who he is. */
export async function entered(proof: Promise<LoginOut>): Promise<void> {
        const { csrf } = await proof;
        surround({ csrf });
        asked = ask();
        await asked;
}

export const signIn = (name: string, password: string) => entered(call('POST /api/login', { login: name, password }));

export async function signOut(): Promise<void> {
        try {
                await call('POST /api/logout');
        } catch {
                // The session may be over already; here it ends in any case.
        }
        leave();
}

surround({ signedOut: leave });

/** Is there a session still? */
export function recheck(): void {
        if (session.value) void ask();
}

signedOut.hear((who) => {
        if (who === session.value?.staff.staff_id) recheck();
});

// After a broken line the server may be another process with another clock.
resync.hear(recheck);
