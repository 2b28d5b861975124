import { call } from '@/api/call';
import type { AlarmRecipient, AlarmRecipientIn, AlarmRule, DirectoryCorp, DirectoryMember } from '@/api/generated';
import { may } from '@/staff/session';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import type { Tone } from '@/ui/UiTag.vue';
import { alarmsMoved } from './live';

export type { Alarm, AlarmMessage, AlarmRecipient, AlarmRule, DirectoryCorp, DirectoryMember } from '@/api/generated';

export const TONES: Record<string, Tone> = { queued: 'info', sent: 'good', failed: 'bad', unknown: 'warn', late: 'plain' };

/** "23:00" of minute 1380, and back; NaN when it is none. */
export const hourOf = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
export function minuteOf(hour: string): number {
        const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(hour.trim());
        return found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
}

/** Members that can still be added: active ones who are not told yet. */
export function addable(members: DirectoryMember[], told: AlarmRecipient[]): DirectoryMember[] {
        return members.filter((m) => m.status === 'active' && !told.some((r) => r.account_id === m.account_id && r.userid === m.userid));
}

export function useAlarms() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                async () => {
                        const [page, directory] = await Promise.all([
                                call('GET /api/alarms'),
                                may('staff.link') ? call('GET /api/directory') : Promise.resolve({ corps: [] as DirectoryCorp[], items: [] as DirectoryMember[] }),
                        ]);
                        return { ...page, corps: directory.corps, members: directory.items };
                },
        );
        useTopic(alarmsMoved, () => void refresh());

        const then = async (done: Promise<unknown>) => {
                await done;
                await refresh();
        };
        const setRule = (rule: AlarmRule, some: Partial<Pick<AlarmRule, 'enabled' | 'threshold'>>) =>
                then(call('PUT /api/alarms/rules/{kind}', { kind: rule.kind, enabled: rule.enabled, threshold: rule.threshold, ...some }));
        const tell = (input: AlarmRecipientIn) => then(call('PUT /api/alarms/recipients', input));
        const drop = (r: AlarmRecipient) => then(call('DELETE /api/alarms/recipients/{account_id}/{userid}', { account_id: r.account_id, userid: r.userid }));
        const test = (r: AlarmRecipient) => then(call('POST /api/alarms/test', { account_id: r.account_id, userid: r.userid }));
        return { page: value, face, error, reload, setRule, tell, drop, test };
}
