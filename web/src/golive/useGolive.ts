import { onScopeDispose, ref, watch } from 'vue';
import { call } from '@/api/call';
import type { GoliveDay, GoliveShop } from '@/api/generated';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import { goliveMoved } from './live';

export type { GoliveDay, GoliveShop, GoliveStop } from '@/api/generated';

/** What "zhanggui rehearse --json" prints; kept with the shop. */
export interface RehearseReport {
        ok: boolean;
        consults: number;
        arrived: number;
        answered: number;
        received: number;
        twice: number;
        back_after_ms: number;
        first_reply_ms: number;
        took_ms: number;
        why: string | null;
        people: { name: string; answered: number }[];
        refused: { code: string | null; text: string | null }[];
}

export const STEPS = ['rehearse', 'accept', 'switch', 'test', 'live'] as const;
export type Step = (typeof STEPS)[number];

/** How many of STEPS are done in a state. */
const DONE: Record<string, number> = { none: 0, back: 0, rehearsed: 1, accepted: 2, switched: 3, tested: 4, live: 5 };
export const doneOf = (state: string) => DONE[state] ?? 0;

/** Our share of rounds answered by a person within three minutes, hundredths of a per cent as the console's; -1: none began. */
export const oursOf = (d: GoliveDay) => (d.rounds > 0 ? Math.round((d.in_3min / d.rounds) * 10_000) : -1);
/** "96.5%" of 9650; a dash of -1. */
export const percent = (hundredths: number) => (hundredths < 0 ? '–' : `${+(hundredths / 100).toFixed(2)}%`);
/** 9650 of "96.5" or "96.5%"; NaN when it is no percentage. */
export function hundredthsOf(text: string): number {
        const found = /^(\d{1,3}(?:\.\d{1,2})?)\s*%?$/.exec(text.trim());
        const value = found ? Math.round(Number(found[1]) * 100) : NaN;
        return value <= 10_000 ? value : NaN;
}
/** Days that are over and whose figure nobody has entered. */
export const missing = (days: GoliveDay[]) => days.filter((d) => d.over && d.theirs < 0);
/** "11-23" of 20261123. */
export const dayText = (day: number) => `${String(Math.floor(day / 100) % 100).padStart(2, '0')}-${String(day % 100).padStart(2, '0')}`;
export const reportOf = (shop: GoliveShop) => shop.report as unknown as RehearseReport | null;

const LOOK_MS = 2000;
/* A rehearsal takes some seconds; one that ended without a word is not waited for for ever. */
const REHEARSAL_MS = 180_000;

export function useGolive() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                () => call('GET /api/golive'),
        );
        useTopic(goliveMoved, () => void refresh());

        /** The rehearsal that was begun here: of which shop, when, and the report that was known then. */
        const rehearsing = ref<{ account_id: string; since: number; before: number } | null>(null);
        const lost = ref('');
        watch(value, (page) => {
                const shop = page?.items.find((s) => s.account_id === rehearsing.value?.account_id);
                if (shop && rehearsing.value && shop.rehearsed_at !== rehearsing.value.before) rehearsing.value = null;
        });
        /* A consult that arrives is told to the inbox; here one looks while one waits for it. */
        const timer = setInterval(() => {
                if (rehearsing.value && Date.now() - rehearsing.value.since > REHEARSAL_MS) {
                        lost.value = rehearsing.value.account_id;
                        rehearsing.value = null;
                }
                if (rehearsing.value || value.value?.items.some((s) => s.state === 'switched')) void refresh();
        }, LOOK_MS);
        onScopeDispose(() => clearInterval(timer));

        async function rehearse(shop: GoliveShop, consults: number): Promise<void> {
                await call('POST /api/golive/{account_id}/rehearse', { account_id: shop.account_id, consults });
                lost.value = '';
                rehearsing.value = { account_id: shop.account_id, since: Date.now(), before: shop.rehearsed_at };
        }
        const then = async (done: Promise<unknown>) => {
                try {
                        await done;
                } finally {
                        await refresh(); // a refusal, too, means that something is otherwise than shown
                }
        };
        const accept = (shop: GoliveShop, keys: string[]) => then(call('POST /api/golive/{account_id}/accept', { account_id: shop.account_id, keys }));
        const switchOver = (shop: GoliveShop) => then(call('POST /api/golive/{account_id}/switch', { account_id: shop.account_id }));
        const tested = (shop: GoliveShop) => then(call('POST /api/golive/{account_id}/test', { account_id: shop.account_id }));
        const goLive = (shop: GoliveShop, silent_minutes: number) => then(call('POST /api/golive/{account_id}/live', { account_id: shop.account_id, silent_minutes }));
        const goBack = (shop: GoliveShop, why: string) => then(call('POST /api/golive/{account_id}/back', { account_id: shop.account_id, why: why || null }));
        const enter = (shop: GoliveShop, day: number, theirs: number) => then(call('PUT /api/golive/{account_id}/days/{day}', { account_id: shop.account_id, day, theirs }));
        return { page: value, face, error, reload, rehearsing, lost, rehearse, accept, switchOver, tested, goLive, goBack, enter };
}
