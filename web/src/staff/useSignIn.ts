/* Signing in by WeCom: there and back. What was wanted is kept in this tab; the rest is between server, cookie and WeCom. */
import { ref } from 'vue';
import type { LocationQuery } from 'vue-router';
import { call } from '@/api/call';
import type { SignInOffer } from '@/api/generated';
import { Problem } from '@/api/http';
import { entered } from './session';

const CORP = 'zhanggui.corp'; // of who signed in here last
const WANTED = 'zhanggui.wanted'; // where he was going

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Which corps the login page offers: the one that the link names, or the one of last time, or the only merchant's. */
export function useOffers(query: LocationQuery) {
        const offers = ref<SignInOffer[]>([]);
        const named = text(query.corp) || localStorage.getItem(CORP) || '';

        async function look(): Promise<void> {
                offers.value = (await call('GET /api/sign-in', { corp: named || null })).items;
                if (offers.value.length === 0 && named) offers.value = (await call('GET /api/sign-in', { corp: null })).items;
        }
        void look().catch(() => undefined); // a password does as well; the form says what is wrong
        return offers;
}

/** In the WeCom client, come by the corp's own link, there is nothing to ask: it knows who he is. */
export const needsNoClick = (agent: string, query: LocationQuery, offers: SignInOffer[]): boolean =>
        /wxwork/i.test(agent) && offers.length === 1 && offers[0]?.corp === text(query.corp);

export async function goTo(corp: string, wanted: string, leave = (url: string) => window.location.assign(url)): Promise<void> {
        const { url } = await call('POST /api/sign-in/start', { corp, origin: window.location.origin });
        sessionStorage.setItem(WANTED, wanted);
        localStorage.setItem(CORP, corp);
        leave(url);
}

const TRIES = 6;
const PAUSE_MS = 400;

/** Only so many ask WeCom at once; at nine in the morning somebody has to wait a moment. The code is still good then. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
        for (let n = 1; ; n++) {
                try {
                        return await ask();
                } catch (e) {
                        if (n === TRIES || !(e instanceof Problem) || e.code !== 'server.busy') throw e;
                        await new Promise((done) => setTimeout(done, n * PAUSE_MS));
                }
        }
}

/** Where to go on, or null: WeCom sent him back without a code, because he changed his mind. */
export async function comeBack(query: LocationQuery): Promise<string | null> {
        const [code, state] = [text(query.code), text(query.state)];
        if (!code || !state) return null;
        await entered(patiently(() => call('POST /api/sign-in', { code, state })));
        const wanted = sessionStorage.getItem(WANTED) ?? '';
        sessionStorage.removeItem(WANTED);
        return wanted;
}
