/* Headless Chromium through the console's own playwright-core. */
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from './demo.ts'

const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core')

export async function openBrowser(): Promise<any> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  })
}

export interface Size {
  width: number
  height: number
}
export const desk: Size = { width: 1280, height: 800 }
export const phone: Size = { width: 390, height: 844 }

/** A page that fails the test on any error the console logs. */
export async function openPage(browser: any, size: Size, locale = 'zh-CN'): Promise<{ page: any; errors: string[] }> {
  const context = await browser.newContext({ viewport: size, locale })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (e: Error) => errors.push(`page: ${e.message}`))
  page.on('console', (m: any) => {
    if (m.type() === 'error' && !/Failed to load resource|ERR_/.test(m.text())) errors.push(`console: ${m.text()}`)
  })
  return { page, errors }
}

export async function shot(page: any, name: string) {
  const folder = join(root, 'build/shots')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

export async function signIn(page: any, url: string, user: string, password: string) {
  await page.goto(url)
  await page.fill('input[name=login]', user)
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
}
