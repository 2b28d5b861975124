/*
 * Every route, by its name in the server's table: call('GET /api/people/{person_id}', { person_id }). What the path does not
 * take of the input goes into the query (GET, DELETE) or the body (POST, PUT).
 */
import type { Routes } from './generated';
import { request, type Query } from './http';

export type Route = keyof Routes;
type Input<R extends Route> = Routes[R]['in'] extends null ? [] : [input: Routes[R]['in']];

export function call<R extends Route>(route: R, ...[input]: Input<R>): Promise<Routes[R]['out']> {
        const [method, template] = route.split(' ') as [string, string];
        const rest: Record<string, unknown> = { ...input };
        const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
                const value = String(rest[name]);
                delete rest[name];
                return encodeURIComponent(value);
        });
        if (method === 'GET' || method === 'DELETE') return request(method, path, rest as Query);
        return request(method, path, undefined, Object.keys(rest).length > 0 ? rest : undefined);
}
