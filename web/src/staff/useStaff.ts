import { call } from '@/api/call';
import type { Staff, StaffChange, StaffNew } from '@/api/generated';
import { useAsk } from '@/ui/useAsk';

export type { Staff } from '@/api/generated';
export type Role = Staff['role'];
export const ROLES = ['owner', 'supervisor', 'agent', 'warehouse', 'reader'] as const;

export function useStaff() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                async () => (await call('GET /api/staff')).items,
        );

        function put(one: Staff): void {
                const all = value.value ?? [];
                const known = all.some((s) => s.staff_id === one.staff_id);
                value.value = known ? all.map((s) => (s.staff_id === one.staff_id ? one : s)) : [...all, one];
        }

        const add = async (body: StaffNew) => put(await call('POST /api/staff', body));
        const change = async (body: StaffChange) => put(await call('PUT /api/staff/{staff_id}', body));
        return { staff: value, face, error, reload, refresh, add, change };
}
