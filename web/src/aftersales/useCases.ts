import { computed, onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue';
import { call } from '@/api/call';
import type { Case, CaseMove, CaseOptions } from '@/api/generated';
import { session } from '@/staff/session';
import { resync, useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import { useList } from '@/ui/useList';
import type { Tone } from '@/ui/UiTag.vue';
import { caseChanged } from './live';

export type { Case, CaseMove, CaseOptions } from '@/api/generated';

export type State = 'waiting' | 'open' | 'all';
export const STATES: State[] = ['waiting', 'open', 'all'];

export function isState(text: unknown): text is State {
        return STATES.includes(text as State);
}

/** Does somebody of ours have to act? */
export function waits(one: Case): boolean {
        return one.can_approve || one.can_reject;
}

export function toneOf(one: Case): Tone {
        if (waits(one)) return 'warn';
        if (/SUCCESS$/.test(one.status)) return 'good';
        if (/REJECT|FAIL|OVERDUE/.test(one.status)) return 'bad';
        if (/CANCEL|CLOSED/.test(one.status)) return 'plain';
        return 'info';
}

/** The deadline that comes first; without one, whoever asked first. */
export function urgent(a: Case, b: Case): number {
        return (a.deadline || Infinity) - (b.deadline || Infinity) || a.created_at - b.created_at;
}

/** An older answer must not cover a newer one: the version only grows. */
export function replaced(list: Case[], one: Case): Case[] {
        return list.map((c) => (c.case_id === one.case_id && c.version <= one.version ? one : c));
}

/** The list after one changed case. What stopped waiting stays where it is until the next look, so that nothing jumps away. */
export function merged(list: Case[], one: Case, state: State): Case[] {
        if (list.some((c) => c.case_id === one.case_id)) return replaced(list, one);
        if (state === 'waiting') return waits(one) ? [...list, one].sort(urgent) : list;
        return [one, ...list];
}

export function useCases(state: MaybeRefOrGetter<State>) {
        const list = useList(
                () => toValue(state),
                (s, cursor) => call('GET /api/cases', { state: s, cursor, limit: 50 }),
        );
        useTopic(caseChanged, (one) => {
                list.amend((items) => merged(items, one, toValue(state)).slice(0, 300));
        });
        return list;
}

export function usePersonCases(personId: MaybeRefOrGetter<string>, identityId: MaybeRefOrGetter<string>) {
        const asked = useAsk(
                () => toValue(personId),
                async (id) => (await call('GET /api/people/{person_id}/cases', { person_id: id })).items,
        );
        const cases = asked.value as Ref<Case[] | null>;
        useTopic(caseChanged, (one) => {
                asked.amend((known) => {
                        if (known.some((c) => c.case_id === one.case_id)) return replaced(known, one);
                        const hers = one.identity_id === toValue(identityId) || known.some((c) => c.identity_id === one.identity_id);
                        return hers ? [one, ...known] : known;
                });
        });
        return { ...asked, cases };
}

/** The steps a case has made, fetched when wanted and again when it moves. */
export function useMoves(one: () => Case) {
        const moves = shallowRef<CaseMove[] | null>(null);
        const open = async () => (moves.value = (await call('GET /api/cases/{case_id}', { case_id: one().case_id })).moves);
        watch(
                () => one().version,
                () => (moves.value ? void open().catch(() => undefined) : undefined),
        );
        return { moves, open };
}

/** What a person needs before deciding. */
export function useOptions() {
        const options = shallowRef<CaseOptions | null>(null);
        const error = ref('');
        async function open(case_id: string): Promise<void> {
                options.value = null;
                error.value = '';
                try {
                        options.value = await call('GET /api/cases/{case_id}/options', { case_id });
                } catch (e) {
                        error.value = e instanceof Error ? e.message : String(e);
                }
        }
        return { options, error, open };
}

/** The two decisions; each names the version that was on the screen, so nobody agrees to what he has not seen. */
export async function approve(one: Case, address_id: string | undefined): Promise<void> {
        caseChanged.tell(await call('POST /api/cases/{case_id}/approve', { case_id: one.case_id, version: one.version, address_id }));
}

export async function reject(one: Case, reason_type: number, text: string): Promise<void> {
        caseChanged.tell(await call('POST /api/cases/{case_id}/reject', { case_id: one.case_id, version: one.version, reason_type, text: text || undefined }));
}

/** After "changed since you looked": everyone gets the case as it is now. */
export async function lookAgain(case_id: string): Promise<void> {
        caseChanged.tell(await call('GET /api/cases/{case_id}', { case_id }));
}

const LIMIT = 100;

/** For the navigation: how many cases wait for the merchant. */
export function waitingBadge(): Ref<string> {
        const number = ref('');
        let due: ReturnType<typeof setTimeout> | undefined;
        async function count(): Promise<void> {
                due = undefined;
                if (!session.value) return;
                try {
                        const { items, next } = await call('GET /api/cases', { state: 'waiting', limit: LIMIT });
                        number.value = items.length === 0 ? '' : `${items.length}${next === null ? '' : '+'}`;
                } catch {
                        // the old number stays
                }
        }
        const soon = () => (due ??= setTimeout(() => void count(), 3000));
        useTopic(caseChanged, soon);
        useTopic(resync, soon);
        onScopeDispose(() => clearTimeout(due));
        void count();
        return computed(() => number.value);
}
