import type { Json, Message } from '@/api/generated';

/* A message's fields come from outside: each is looked at before it is shown. */

type Body = Json | undefined;

function field(body: Body, name: string): Json | undefined {
        return typeof body === 'object' && body !== null && !Array.isArray(body) ? body[name] : undefined;
}

export function text(body: Body, name: string): string {
        const value = field(body, name);
        return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export function number(body: Body, name: string): number | null {
        const value = field(body, name);
        const n = typeof value === 'string' && value !== '' ? Number(value) : value;
        return typeof n === 'number' && Number.isFinite(n) ? n : null;
}

export function object(body: Body, name: string): { [key: string]: Json } | null {
        const value = field(body, name);
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

export function objects(body: Body, name: string): { [key: string]: Json }[] {
        const value = field(body, name);
        if (!Array.isArray(value)) return [];
        return value.filter((v): v is { [key: string]: Json } => typeof v === 'object' && v !== null && !Array.isArray(v));
}

/** An address that may be followed: anything but http(s) stays text. */
export function web(address: string): string | undefined {
        return /^https?:\/\//i.test(address) ? address : undefined;
}

/** Where the picture, voice or file of the message is; undefined until the server has fetched it. */
export function blobUrl(message: Message): string | undefined {
        const known = message.blob_id !== null && message.blob_id !== '' && message.blob_id !== '0';
        return known ? `/api/blobs/${message.blob_id}` : undefined;
}
