import { call } from '@/api/call';
import type { BackfillReader } from '@/api/generated';
import { useTopic } from '@/ui/topic';
import { useAsk } from '@/ui/useAsk';
import type { Tone } from '@/ui/UiTag.vue';
import { backfillMoved } from './live';

export type { BackfillReader } from '@/api/generated';

/** 0..1; what is ready is whole, whatever was found. */
export function share(done: number, expected: number, ready: boolean): number {
        if (ready) return 1;
        return expected > 0 ? Math.min(0.999, done / expected) : 0;
}

export function toneOf(reader: BackfillReader): Tone {
        if (reader.state === 'ready') return 'good';
        return reader.state === 'paused' ? 'warn' : 'info';
}

export function useBackfill() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                () => call('GET /api/backfill'),
        );
        useTopic(backfillMoved, () => void refresh());
        async function again(reader: BackfillReader, days: number): Promise<void> {
                await call('POST /api/backfill/again', { account_id: reader.account_id, what: reader.what, days });
                await refresh();
        }
        return { progress: value, face, error, reload, again };
}
