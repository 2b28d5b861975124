/* Takes pictures of the pages with the mock behind them: `npm run shots -- OUTDIR [WORD...]` (only pages whose name has WORD). */
import { mkdirSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { createServer } from 'vite';

const [out = '/tmp/zhanggui-shots', ...words] = process.argv.slice(2);
mkdirSync(out, { recursive: true });

type Step = (page: Page) => Promise<unknown>;
/** The same page, looked at by somebody else. */
const as = (who: string): Step => async (page) => {
        await page.request.post(new URL(`/api/mock/${who}`, page.url()).href);
        await page.reload({ waitUntil: 'load' });
};
const pages: [name: string, path: string, step?: Step][] = [
        ['login', '/login'],
        ['inbox-empty', '/inbox'],
        ['inbox', '/inbox/200'],
        ['inbox-kinds', '/inbox/201'],
        ['inbox-wecom', '/inbox/204'],
        ['inbox-budget', '/inbox/206'],
        ['inbox-side', '/inbox/200', (p) => p.click('.info', { timeout: 1000 }).catch(() => undefined)],
        ['inbox-approve', '/inbox/200', (p) => p.keyboard.press('Alt+a')],
        ['orders', '/orders'],
        ['aftersales', '/aftersales'],
        ['aftersales-refuse', '/aftersales', async (p) => {
                await p.waitForSelector('tr.chosen, article.case');
                await p.keyboard.press('x');
        }],
        ['health', '/health'],
        ['margins', '/margins'],
        ['accounts', '/accounts'],
        ['staff', '/staff'],
        ['golive', '/golive/4'],
        ['golive-begin', '/golive/5'],
        ['groups', '/groups'],
        ['alarms', '/alarms'],
        ['alarms-add', '/alarms', (p) => p.click('[data-act=add]')],
        ['sign-in', '/sign-in?code=x&state=y'],
        ['audit', '/audit'],
        ['hosted', '/hosted'],
        ['connect', '/connect'],
        ['hosting', '/hosting?merchant=383172408418238465', as('operator')],
        ['hosting-visit', '/hosting', async (p) => {
                await as('operator')(p);
                await p.click('[data-act=visit] >> nth=1');
        }],
        ['hosting-acting', '/orders', as('acting')],
        ['hosting-visited', '/orders', as('visited')],
        ['more', '/more'],
        ['keys', '/inbox/200', async (p) => {
                await p.keyboard.press('Escape');
                await p.keyboard.press('?');
        }],
];

const server = await createServer({ server: { port: 0 }, logLevel: 'error' });
await server.listen();
const address = server.httpServer?.address();
const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
for (const [size, viewport] of Object.entries(sizes)) {
        for (const language of ['zh-CN', 'en']) {
                const context = await browser.newContext({ viewport, hasTouch: size === 'phone', isMobile: size === 'phone' });
                await context.addInitScript((l) => localStorage.setItem('zhanggui.language', l), language);
                const page = await context.newPage();
                page.on('console', (m) => (['error', 'warning'].includes(m.type()) ? console.log(size, page.url(), m.text()) : undefined));
                page.on('pageerror', (e) => console.log(size, page.url(), e.message));
                for (const [name, path, step] of pages) {
                        const file = `${name}-${size}-${language.slice(0, 2)}`;
                        if (words.length > 0 && !words.some((w) => file.includes(w))) continue;
                        if (name !== 'login') await page.request.post(`${base}/api/mock/owner`);
                        if (name === 'login') await page.request.post(`${base}/api/logout`);
                        await page.goto(base + path, { waitUntil: 'load' });
                        await page.waitForTimeout(900);
                        try {
                                if (step) {
                                        await step(page);
                                        await page.waitForTimeout(700);
                                }
                        } catch (e) {
                                console.log(file, String(e).split('\n')[0]);
                        }
                        await page.screenshot({ path: `${out}/${file}.png` });
                        if (name === 'login') await page.request.post(`${base}/api/login`, { data: {} });
                }
                await context.close();
        }
}
await browser.close();
await server.close();
