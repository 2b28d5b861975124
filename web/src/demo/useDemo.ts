import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { call } from '@/api/call';
import type { DemoPlug, DemoState } from '@/api/generated';
import { Problem } from '@/api/http';
import { useNow } from '@/ui/useNow';

export type Plug = 'idle' | 'out' | 'counting' | 'told';

const CALM_MS = 3000;
const BUSY_MS = 700;
/** The report may need the intake to settle; beyond this the server's last word stands. */
const GIVE_UP_MS = 90_000;
/** What is still missing after this long is missing. */
const COUNT_MS = 20_000;

/**
 * The report after one more look. The server counts anew each time; a message that is on its way to the desk just now counts as
 * missing. Once nothing was missing, that plug lost nothing, whatever is on its way later.
 */
export function settled(known: DemoPlug | null, found: DemoPlug | null): DemoPlug | null {
        return known !== null && found !== null && known.at === found.at && known.lost === 0 ? known : found;
}

/** The demo's two tricks, as far as they got. */
export function useDemo() {
        const state = shallowRef<DemoState | null>(null);
        const report = shallowRef<DemoPlug | null>(null);
        const plug = ref<Plug>('idle');
        const pulledAt = ref(0);
        const now = useNow();
        let before = 0;
        let timer: ReturnType<typeof setTimeout> | undefined;
        let over = false;

        async function look(): Promise<void> {
                try {
                        const found = await call('GET /api/demo/state');
                        if (over) return;
                        state.value = found;
                        report.value = settled(report.value, found.plug);
                        const now = report.value;
                        if (plug.value !== 'idle' && plug.value !== 'told') {
                                const back = now !== null && now.at !== before && now.back_after_ms > 0;
                                if (back && (now.lost === 0 || Date.now() - pulledAt.value > COUNT_MS)) plug.value = 'told';
                                else if (plug.value === 'out' && Date.now() - pulledAt.value > 1500) plug.value = 'counting';
                                if (Date.now() - pulledAt.value > GIVE_UP_MS) plug.value = 'idle';
                        }
                } catch {
                        // Being away is what a pulled plug looks like.
                }
                if (over) return;
                const busy = plug.value === 'out' || plug.value === 'counting' || state.value?.live?.running === true;
                clearTimeout(timer);
                timer = setTimeout(() => void look(), busy ? BUSY_MS : CALM_MS);
        }

        async function live(): Promise<void> {
                await call('POST /api/demo/live');
                void look();
        }

        async function pull(): Promise<void> {
                before = report.value?.at ?? 0;
                try {
                        await call('POST /api/demo/plug');
                } catch (e) {
                        // Killed before it could answer: that is the trick.
                        if (!(e instanceof Problem) || !e.unreachable) throw e;
                }
                pulledAt.value = Date.now();
                plug.value = 'out';
                void look();
        }

        void look();
        onScopeDispose(() => {
                over = true;
                clearTimeout(timer);
        });
        const seconds = computed(() => (now.value > 0 && pulledAt.value > 0 ? Math.max(0, Math.round((Date.now() - pulledAt.value) / 1000)) : 0));
        return { state, report, plug, seconds, live, pull };
}
