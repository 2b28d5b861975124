import { onScopeDispose } from 'vue';
import { call } from '@/api/call';
import type { DeadJob, IntakeFailure } from '@/api/generated';
import { useAsk } from '@/ui/useAsk';
import { useTopic } from '@/ui/topic';
import { useList } from '@/ui/useList';
import { doctorLooked } from './live';

export type { AuditRow, DeadJob, DoctorFinding as Finding, IntakeFailure } from '@/api/generated';

const EVERY_MS = 5000;

/** How the desk is doing, looked at again every few seconds while somebody looks. */
export function useHealth() {
        const asked = useAsk(
                () => 0,
                async () => {
                        const [health, dead] = await Promise.all([call('GET /api/health-page'), call('GET /api/jobs/dead')]);
                        return { health, dead: dead.items };
                },
        );
        const timer = setInterval(() => {
                if (document.visibilityState === 'visible') void asked.refresh();
        }, EVERY_MS);
        onScopeDispose(() => clearInterval(timer));

        const replay = async (one: IntakeFailure) => {
                await call('POST /api/failures/{stream}/{seq}/replay', { stream: one.stream, seq: one.seq });
                await asked.refresh();
        };
        const forget = async (one: IntakeFailure) => {
                await call('DELETE /api/failures/{stream}/{seq}', { stream: one.stream, seq: one.seq });
                await asked.refresh();
        };
        const retry = async (one: DeadJob) => {
                await call('POST /api/jobs/{job_id}/retry', { job_id: one.job_id });
                await asked.refresh();
        };
        const drop = async (one: DeadJob) => {
                await call('DELETE /api/jobs/{job_id}', { job_id: one.job_id });
                await asked.refresh();
        };
        return { ...asked, replay, forget, retry, drop };
}

export function useAudit() {
        return useList(
                () => 0,
                (_, before) => call('GET /api/audit', { before, limit: 50 }),
        );
}

/** What the doctor found; told again when it has looked. */
export function useDoctor() {
        const asked = useAsk(
                () => 0,
                () => call('GET /api/doctor'),
        );
        useTopic(doctorLooked, () => void asked.refresh());
        const look = async () => {
                await call('POST /api/doctor');
                await asked.refresh();
        };
        return { report: asked.value, face: asked.face, error: asked.error, reload: asked.reload, look };
}
