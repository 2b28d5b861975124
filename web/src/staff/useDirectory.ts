import { call } from '@/api/call';
import type { BackfillReader, DirectoryCorp, DirectoryLinks, DirectoryMember, Staff } from '@/api/generated';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import type { Tone } from '@/ui/UiTag.vue';
import { memberChanged } from './live';
import { may } from './session';

export type { DirectoryCorp, DirectoryMember } from '@/api/generated';

/** What may be given by way of WeCom: never the shop itself; supervisors by an owner's hand. */
export const givable = (owner: boolean) => (['supervisor', 'agent', 'warehouse', 'reader'] as const).filter((role) => owner || role !== 'supervisor');
export type Given = NonNullable<DirectoryLinks['role']>;

export const TONES: Record<DirectoryMember['status'], Tone> = { active: 'good', disabled: 'bad', inactive: 'plain', left: 'plain', outside: 'warn' };

/** Active ones who may come in first, then who knocked, then the others; what was typed is looked for everywhere. */
export function pick(items: DirectoryMember[], corp: string, words: string): DirectoryMember[] {
        const wanted = words.trim().toLowerCase();
        return items.filter((m) => m.account_id === corp && (wanted === '' || `${m.name} ${m.userid} ${m.department}`.toLowerCase().includes(wanted)));
}

/** People who could be somebody in the directory: with a password, and nobody yet. */
export function unlinked(people: Staff[], items: DirectoryMember[], owner: boolean): Staff[] {
        return people.filter((p) => p.role !== 'owner' && !p.disabled && (owner || p.role !== 'supervisor') && !items.some((m) => m.staff_id === p.staff_id));
}

export function useDirectory(changed: () => void) {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                async () => {
                        const [directory, readers] = await Promise.all([
                                call('GET /api/directory'),
                                may('backfill.read') ? call('GET /api/backfill').then((b) => b.items) : Promise.resolve<BackfillReader[]>([]),
                        ]);
                        return { ...directory, readers: readers.filter((r) => r.what === 'members') };
                },
        );
        useTopic(memberChanged, () => {
                changed(); // who left is disabled
                void refresh();
        });

        const then = async (done: Promise<unknown>) => {
                await done;
                changed();
                await refresh();
        };
        const link = (input: DirectoryLinks) => then(call('POST /api/directory/links', input));
        const unlink = (m: DirectoryMember) => then(call('DELETE /api/directory/links/{account_id}/{userid}', { account_id: m.account_id, userid: m.userid }));
        const sync = (account_id: string) => then(call('POST /api/directory/{account_id}/sync', { account_id }));
        const setAgent = (account_id: string, agent_id: string) => then(call('PUT /api/connect/{account_id}/agent', { account_id, agent_id }));
        const set = (corp: DirectoryCorp, some: Partial<Pick<DirectoryCorp, 'offered' | 'everyone'>>) =>
                then(call('PUT /api/directory/{account_id}', { account_id: corp.account_id, offered: corp.offered, everyone: corp.everyone, ...some }));
        return { directory: value, face, error, reload, link, unlink, sync, setAgent, set };
}
