import { toValue, type MaybeRefOrGetter } from 'vue';
import { call } from '@/api/call';
import { useTopic } from '@/ui/topic';
import { useList } from '@/ui/useList';
import { groupsChanged } from './live';

const PAGE = 50;

/** Groups whose name has `q`, newest first. */
export function useGroups(q: MaybeRefOrGetter<string>) {
        const list = useList(
                () => ({ q: toValue(q) }),
                (f, cursor) => call('GET /api/groups', { ...f, cursor, limit: PAGE }),
        );
        useTopic(groupsChanged, () => {
                if (list.items.value.length <= PAGE) void list.reload(); // further pages stay as they were read
        });
        return list;
}
