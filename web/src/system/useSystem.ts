import { onScopeDispose } from 'vue';
import {
        dropJob,
        getHealthPage,
        listAudit,
        listDeadJobs,
        replayFailure,
        retryJob,
        type DeadJob,
        type HealthPage,
} from '@/api/generated';
import { useAsk } from '@/ui/useAsk';
import { useList } from '@/ui/useList';

export type { AuditRow, DeadJob, HealthPage } from '@/api/generated';
export type Failure = HealthPage['failures'][number];

const EVERY_MS = 5000;

/** How the desk is doing, looked at again every few seconds while somebody looks. */
export function useHealth() {
        const asked = useAsk(
                () => 0,
                async () => {
                        const [health, dead] = await Promise.all([getHealthPage(), listDeadJobs()]);
                        return { health, dead: dead.items };
                },
        );
        const timer = setInterval(() => {
                if (document.visibilityState === 'visible') void asked.refresh();
        }, EVERY_MS);
        onScopeDispose(() => clearInterval(timer));

        const replay = async (one: Failure) => {
                await replayFailure(one.stream, one.seq);
                await asked.refresh();
        };
        const retry = async (one: DeadJob) => {
                await retryJob(one.job_id);
                await asked.refresh();
        };
        const drop = async (one: DeadJob) => {
                await dropJob(one.job_id);
                await asked.refresh();
        };
        return { ...asked, replay, retry, drop };
}

export function useAudit() {
        return useList(
                () => 0,
                (_, before) => listAudit({ before, limit: 50 }),
        );
}
