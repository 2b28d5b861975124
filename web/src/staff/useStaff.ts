import { createStaff, listStaff, updateStaff, type Staff, type StaffChange, type StaffNew } from '@/api/generated';
import { useAsk } from '@/ui/useAsk';

export type { Role, Staff } from '@/api/generated';
export const ROLES = ['owner', 'supervisor', 'agent', 'warehouse', 'reader'] as const;

export function useStaff() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                async () => (await listStaff()).items,
        );

        function put(one: Staff): void {
                const all = value.value ?? [];
                const known = all.some((s) => s.staff_id === one.staff_id);
                value.value = known ? all.map((s) => (s.staff_id === one.staff_id ? one : s)) : [...all, one];
        }

        const add = async (body: StaffNew) => put(await createStaff(body));
        const change = async (staff_id: string, body: StaffChange) => put(await updateStaff(staff_id, body));
        return { staff: value, face, error, reload, refresh, add, change };
}
