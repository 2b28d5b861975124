import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstLanguage, gather } from './i18n';
import type { Texts } from './module';

const root = join(import.meta.dirname, '..');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((f) => join(root, f));
const ours = files.filter((f) => /\.(vue|ts)$/.test(f) && !/(\.spec|\/texts|generated)\.ts$/.test(f));
const bare = (text: string) => text.replace(/<!--[\s\S]*?-->/g, '').replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, '');

function flat(texts: Texts, under = ''): Record<string, string> {
        return Object.assign({}, ...Object.entries(texts).map(([k, v]) => (typeof v === 'string' ? { [under + k]: v } : flat(v, `${under}${k}.`))));
}
const [zh, en] = [flat(gather('zh')), flat(gather('en'))];
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe('texts', () => {
        it('say the same in both languages', () => {
                expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
                for (const key of Object.keys(zh)) {
                        expect(slots(en[key] as string), key).toEqual(slots(zh[key] as string));
                        expect(zh[key], key).not.toBe('');
                        expect(en[key], key).not.toBe('');
                }
        });

        it('hold no characters the messages’ own grammar would take', () => {
                for (const [key, text] of Object.entries({ ...zh, ...en })) expect(text, key).not.toMatch(/[@|]/);
        });

        it('are nowhere written into the pages themselves', () => {
                const found = ours.filter((f) => /[\u4e00-\u9fff]/.test(bare(readFileSync(f, 'utf8')))).map((f) => relative(root, f));
                expect(found).toEqual([]);
        });

        it('exist for every key a page names', () => {
                const missing = new Set<string>();
                for (const f of ours) {
                        const text = readFileSync(f, 'utf8');
                        for (const [, key] of text.matchAll(/(?:\bt|\$t)\(\s*'([a-z]+\.\w+)'/g)) if (key && !(key in zh)) missing.add(key);
                        for (const [, start] of text.matchAll(/(?:\bt|\$t)\(\s*`([a-z]+\.\w*)\$\{/g))
                                if (start && !Object.keys(zh).some((k) => k.startsWith(start))) missing.add(start);
                }
                expect([...missing]).toEqual([]);
        });

        it('begin in Chinese unless the browser asks for English', () => {
                expect(firstLanguage(null, 'zh-CN')).toBe('zh-CN');
                expect(firstLanguage(null, 'de-DE')).toBe('zh-CN');
                expect(firstLanguage(null, 'en-GB')).toBe('en');
                expect(firstLanguage('zh-CN', 'en-GB')).toBe('zh-CN');
        });
});

describe('layers', () => {
        const imports = (f: string) => [...readFileSync(f, 'utf8').matchAll(/from '(@\/|\.\.?\/)([^']+)'/g)].map((m) => (m[1] === '@/' ? (m[2] as string) : ''));
        /* As on the server: a domain knows those to its left; nobody but app knows all. */
        const DOMAINS = ['shops', 'staff', 'contacts', 'orders', 'aftersales', 'inbox', 'system', 'demo'];
        const MAY: Record<string, string[]> = { ui: [], api: [], shops: ['staff'] };

        it('point down', () => {
                const wrong: string[] = [];
                for (const f of ours) {
                        const [folder, name] = relative(root, f).split('/') as [string, string | undefined];
                        if (!name || folder === 'app') continue;
                        const low = MAY[folder] ?? ['staff'];
                        for (const to of imports(f).filter(Boolean)) {
                                const other = to.split('/')[0] as string;
                                const domain = DOMAINS.includes(other);
                                const fine = other === folder || (domain ? low.includes(other) : other === 'ui' ? folder !== 'api' : other === 'api' ? folder !== 'ui' : other === 'app' && name === 'module.ts');
                                if (!fine) wrong.push(`${folder}/${name} -> ${to}`);
                        }
                }
                expect(wrong).toEqual([]);
        });

        it('views ask composables, not the server', () => {
                const wrong = ours.filter((f) => f.endsWith('.vue') && /from '@\/api\/call'/.test(readFileSync(f, 'utf8')));
                expect(wrong).toEqual([]);
        });
});
