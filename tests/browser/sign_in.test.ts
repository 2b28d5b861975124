/* The owner lets a member of WeCom in; she scans at a desk, is at work, and is out the moment that she leaves the corp. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk as deskSize, openBrowser, openPage, phone, shot, signIn } from '../support/browser.ts'
import { until, type Json } from '../support/demo.ts'
import { connectAll, PASSWORD, startFresh, USER, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
let browser: any
let owner: any
let hers: any
const errors: string[][] = []
before(async () => {
  fresh = await startFresh()
  const domain = await fresh.sim.get('/sim/console/wecom/domain')
  await fresh.desk.call('PUT', '/api/connect/file', { name: domain.file, content: domain.content })
  await fresh.page('wecom/domain', { domain: fresh.console.replace('http://', '') })
  await connectAll(fresh)
  browser = await openBrowser()
  const open = async (size: typeof deskSize) => {
    const { page, errors: found } = await openPage(browser, size)
    errors.push(found)
    return page
  }
  owner = await open(deskSize)
  hers = await open(deskSize)
  await signIn(owner, fresh.console, USER, PASSWORD)
  await owner.waitForSelector('nav')
}, { timeout: 120000 })
after(async () => {
  await browser?.close()
  await fresh?.stop()
})

const row = (userid: string, rest = '') => `tr[data-userid="${userid}"] ${rest}`
const goByWecom = async () => {
  await hers.goto(`${fresh.console}/login?corp=${fresh.world.corp.corp_id}&to=/orders`)
  await hers.click('[data-act=wecom]')
  await hers.waitForSelector('[data-user=linxia]')
}

test('the owner names the app and offers it; members stand on the staff page', async () => {
  await owner.goto(`${fresh.console}/staff`)
  await owner.waitForSelector(row('linxia'))
  await shot(owner, 'staff-directory-begin-zh')
  await owner.fill('input[name=agent_id]', fresh.world.corp.agent_id)
  await owner.click('.corp form button')
  await owner.click('[data-act=offer]')
  await owner.waitForSelector('.corp:has-text("登录已开启")')
})

test('not let in yet: she is told so, and the owner sees that she knocked', async () => {
  await goByWecom()
  await shot(hers, 'sign-in-phones-zh')
  await hers.click('[data-user=linxia]')
  await hers.waitForSelector('[role=alert]:has-text("还没有给你开通")')
  assert.equal(new URL(hers.url()).search, '', 'the code is gone from the address')
  await shot(hers, 'sign-in-refused-zh')
  await owner.waitForSelector(row('linxia', ':text("想登录")'))
})

test('let in, she scans and is where she wanted to go; changing her mind is no failure', async () => {
  await owner.check(row('linxia', 'input'))
  await owner.check(row('zhoumo', 'input'))
  await shot(owner, 'staff-directory-choose-zh')
  await owner.click('[data-act=link]')
  await owner.waitForSelector(row('linxia', '[data-act=unlink]'))
  await owner.locator('h2').scrollIntoViewIfNeeded()
  await shot(owner, 'staff-directory-zh')
  await goByWecom()
  await hers.click('[data-user=""]')
  await hers.waitForSelector('[role=alert]:has-text("没有完成")')
  await goByWecom()
  await hers.click('[data-user=linxia]')
  await hers.waitForURL(`${fresh.console}/orders`)
  await hers.waitForSelector('nav')
  assert.equal(await hers.locator('nav >> text=员工').count(), 1)
})

test('she leaves the corp: her page is the login page, without a click', async () => {
  await fresh.sim.post('/sim/wecom/staff/leave', { userid: 'linxia' })
  await hers.waitForURL(/\/login/)
  await shot(hers, 'login-wecom-zh')
  await owner.waitForSelector(row('linxia', ':text("已离开")'))
  await until('disabled', async () => ((await fresh.desk.get('/api/staff')).items as Json[]).some((p) => p.name === '林夏' && p.disabled))
  await owner.locator('h2').scrollIntoViewIfNeeded()
  await shot(owner, 'staff-directory-left-zh')
})

test('in English on a phone as well', async () => {
  const { page, errors: found } = await openPage(browser, phone, 'en-GB')
  await page.goto(`${fresh.console}/login`)
  await page.waitForSelector('[data-act=wecom]:has-text("Sign in with WeCom")')
  await shot(page, 'login-wecom-phone-en')
  await signIn(page, fresh.console, USER, PASSWORD)
  await page.waitForSelector('nav')
  await page.goto(`${fresh.console}/staff`)
  await page.waitForSelector(row('zhoumo'))
  await page.locator('h2').scrollIntoViewIfNeeded()
  await shot(page, 'staff-directory-phone-en')
  assert.deepEqual([...errors.flat(), ...found], [])
})
