import { ref } from 'vue';
import { sayWrong } from './say';

/** One action of a person at a time: `busy` while it runs; a refusal is said in the server's own words. */
export function useAct() {
        const busy = ref(false);

        /** True when it was done. */
        async function act(what: () => Promise<unknown>): Promise<boolean> {
                if (busy.value) return false;
                busy.value = true;
                try {
                        await what();
                        return true;
                } catch (e) {
                        sayWrong(e);
                        return false;
                } finally {
                        busy.value = false;
                }
        }

        return { busy, act };
}
