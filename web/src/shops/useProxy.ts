import { call } from '@/api/call';
import { useAsk } from '@/ui/useAsk';

/** The merchant's own way out; its credentials are told once and never again. */
export function useProxy() {
        const { value, refresh } = useAsk(
                () => 0,
                () => call('GET /api/connect/proxy'),
        );

        /** null = none. The doctor looks whether it leads out. */
        async function put(url: string | null): Promise<void> {
                await call('PUT /api/connect/proxy', { url });
                await refresh();
                await call('POST /api/doctor');
        }
        return { proxy: value, put };
}
