import { onScopeDispose, ref, type Ref } from 'vue';

/* One ticking second for the whole page, corrected by the server's clock: a till with a wrong clock shows right deadlines. */
const now = ref(Date.now());
let offset = 0;
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
        now.value = Date.now() + offset;
}

export function setServerNow(server: number): void {
        offset = server > 0 ? server - Date.now() : 0;
        tick();
}

export function useNow(): Readonly<Ref<number>> {
        if (users++ === 0) {
                tick();
                timer = setInterval(tick, 1000);
        }
        onScopeDispose(() => {
                if (--users === 0) clearInterval(timer);
        });
        return now;
}

/** The server's time now, for code that needs it once. */
export function serverNow(): number {
        return Date.now() + offset;
}
