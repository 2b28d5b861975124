import { reactive } from 'vue';
import { call } from '@/api/call';
import type { ConnectIn, ConnectPasted, Connection, KfListed } from '@/api/generated';
import { useAsk } from '@/ui/useAsk';
import { useTopic } from '@/ui/topic';
import { connectionChanged } from './live';

export type { Connection, ConnectPasted, KfListed } from '@/api/generated';

export const CARDS = ['shop', 'wecom', 'kf', 'shopkf', 'mp'] as const;
export type Card = (typeof CARDS)[number];
export type State = 'none' | 'waiting' | 'green';

/** In-shop 客服 has no account of its own: it is proven beside its shop. */
export function proven(card: Card, one: Connection): boolean {
        return card === 'shopkf' ? one.kf_granted_at > 0 && one.kf_heard_at > 0 : one.connected_at > 0;
}

/** Which of the things that a hosted merchant cannot have a card is about. */
const LACKS: Partial<Record<Card, string>> = { shopkf: 'shopkf', wecom: 'wecom_address' };

/** What the host's machine cannot give on a card, and why; none for who runs the program himself. */
export function useLacks() {
        const { value } = useAsk(
                () => 0,
                async () => (await call('GET /api/hosted')).lacks,
        );
        return (card: Card) => value.value?.find((l) => l.key === LACKS[card]);
}

/** Whose proofs a card shows. */
export function ofCard(card: Card, all: Connection[]): Connection[] {
        return all.filter((one) => one.kind === (card === 'shopkf' ? 'shop' : card));
}

export function stateOf(card: Card, all: Connection[]): State {
        const mine = ofCard(card, all);
        if (mine.length === 0) return 'none';
        return mine.some((one) => proven(card, one)) ? 'green' : 'waiting';
}

/** What the server says of secrets it says once: kept as long as the page is open. */
const pasted = reactive(new Map<string, ConnectPasted>());

export function useConnect() {
        const { value, face, error, reload, refresh } = useAsk(
                () => 0,
                () => call('GET /api/connect'),
        );
        useTopic(connectionChanged, () => void refresh());

        /** First the platform is asked whether the credentials are good: nothing half-connected. */
        async function begin(input: ConnectIn): Promise<void> {
                await call('POST /api/connect/try', input);
                const made = await call('POST /api/connect', input);
                pasted.set(made.account_id, made);
                await refresh();
        }
        async function renew(account_id: string): Promise<void> {
                pasted.set(account_id, await call('POST /api/connect/{account_id}/callback', { account_id }));
        }
        async function replaceSecret(one: Connection, secret: string): Promise<void> {
                const { kind, remote_id, name, parent_id } = one;
                await call('POST /api/connect/try', { kind: kind as ConnectIn['kind'], remote_id, name, secret, origin: null, parent_id });
                await call('PUT /api/connect/{account_id}/secret', { account_id: one.account_id, secret });
                await call('POST /api/doctor');
        }
        async function setAgent(account_id: string, agent_id: string): Promise<void> {
                await call('PUT /api/connect/{account_id}/agent', { account_id, agent_id });
                await refresh();
        }
        async function drop(account_id: string): Promise<void> {
                await call('DELETE /api/connect/{account_id}', { account_id });
                pasted.delete(account_id);
                await refresh();
        }
        const kfOf = async (account_id: string): Promise<KfListed[]> => (await call('GET /api/connect/{account_id}/kf', { account_id })).items;
        async function putFile(name: string, content: string): Promise<void> {
                await call('PUT /api/connect/file', { name, content });
                await refresh();
        }
        return { connections: value, face, error, reload, pasted, begin, renew, replaceSecret, setAgent, drop, kfOf, putFile };
}
