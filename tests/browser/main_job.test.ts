/* The first minute with the console: ready -> first answered message, then the refund agreed. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk as deskSize, openBrowser, openPage, phone, shot, signIn } from '../support/browser.ts'
import { startDemo, unique, until, type Demo, type Json } from '../support/demo.ts'

let demo: Demo
let browser: any
before(async () => {
  demo = await startDemo()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await demo?.stop()
})

test('ready -> first answered message within 60 s and 5 clicks; then the refund agreed changes the order', async () => {
  const begun = Date.now()
  let clicks = 0
  const { page, errors } = await openPage(browser, deskSize)
  await page.goto(demo.console)
  await page.fill('input[name=login]', demo.user)
  await page.fill('input[name=password]', demo.password)
  await page.click('button[type=submit]')
  clicks++
  await page.waitForSelector('.item')
  await page.click('.item >> nth=0')
  clicks++
  await page.waitForSelector('textarea')
  const answer = unique('您好，马上为您查询 ')
  await page.fill('textarea', answer)
  await page.keyboard.press('Enter')
  await page.waitForSelector(`article.out[data-state=sent]:has-text("${answer}")`, { timeout: 20000 })
  const seconds = (Date.now() - begun) / 1000
  console.log(`ready to first answered message: ${seconds.toFixed(1)} s, ${clicks} clicks`)
  assert.ok(seconds <= 60 && clicks <= 5)
  await shot(page, 'inbox-zh')

  // Somebody new: which cases the others have already depends on the minute of the run.
  const c = (await demo.sim.post('/sim/customers', { name: '周小满' })).items[0]
  const accounts = (await demo.desk.get('/api/accounts')).items as Json[]
  const appid = accounts.find((a) => a.kind === 'shop')!.remote_id
  const number = (await demo.sim.post('/sim/order', { appid, openid: c.openids[appid], pay: true })).order_id
  const id = (await demo.sim.post('/sim/aftersale', { order_id: number, type: 'REFUND', reason: '不想要了' })).after_sale_order_id
  await demo.sim.post('/sim/say', {
    customer: c.external_userid, open_kfid: accounts.find((a) => a.kind === 'kf')!.remote_id, msgtype: 'text', text: `订单 ${number} 我想退款`,
  })
  await page.click(`.item:has-text("${number.slice(0, 8)}")`, { timeout: 15000 })
  await page.waitForSelector('article.case', { timeout: 15000 })
  await shot(page, 'inbox-refund-zh')
  await page.click('article.case .acts button >> nth=0')
  await page.waitForSelector('.zg-decide .t-dialog__confirm:not([disabled]):not(.t-is-disabled)')
  await page.waitForTimeout(300)
  const dialog = await page.textContent('.zg-decide')
  await shot(page, 'agree-zh')
  assert.match(dialog, /¥|￥|\d+\.\d\d/, 'the amount is named')
  await page.click('.zg-decide .t-dialog__confirm')
  await until('the platform has refunded', async () => (await demo.sim.get(`/sim/aftersale/${id}`)).status === 'MERCHANT_REFUND_SUCCESS')
  await until('the order is cancelled at the platform', async () => Number((await demo.sim.get(`/sim/order/${number}`)).status) === 200)
  await page.waitForSelector('article.case:not(.waits)', { timeout: 15000 })
  await shot(page, 'refunded-zh')
  assert.deepEqual(errors, [])
})

test('a message typed at the simulator appears without a reload', async () => {
  const { page, errors } = await openPage(browser, deskSize)
  await signIn(page, demo.console, demo.user, demo.password)
  await page.waitForSelector('.item')
  const c = (await demo.sim.get('/sim/customers?limit=40')).items[31]
  const kf = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')!.remote_id
  const text = unique('现在有人吗 ')
  await demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  await page.waitForSelector(`.item:has-text("${text}")`, { timeout: 5000 })
  assert.deepEqual(errors, [])
})

test('every page in Chinese and English, at the desk and on a phone, without errors', async () => {
  for (const [locale, tag] of [['zh-CN', 'zh'], ['en-GB', 'en']])
    for (const [size, where] of [[deskSize, 'desk'], [phone, 'phone']] as const) {
      const { page, errors } = await openPage(browser, size, locale)
      await page.goto(demo.console)
      await page.waitForSelector('input[name=login]')
      await shot(page, `login-${tag}-${where}`)
      await signIn(page, demo.console, demo.user, demo.password)
      await page.waitForSelector('.item')
      for (const path of ['inbox', 'orders', 'aftersales', 'health', 'margins', 'accounts', 'staff', 'audit']) {
        await page.goto(`${demo.console}/${path}`)
        await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined)
        await page.waitForTimeout(400)
        assert.equal(await page.locator('text=页面不存在').count(), 0, path)
        await shot(page, `${path}-${tag}-${where}`)
      }
      assert.deepEqual(errors, [])
      await page.context().close()
    }
})

test('pulling the plug: the console comes back and nothing is lost', async () => {
  const { page } = await openPage(browser, deskSize)
  await signIn(page, demo.console, demo.user, demo.password)
  await page.waitForSelector('.demo-bar .plug')
  const before = (await demo.desk.get('/api/demo/state')).plug
  assert.equal(before, null)
  // Asked while there is current: from the click on the server may be away.
  const kf = ((await demo.desk.get('/api/accounts')).items as Json[]).find((a) => a.kind === 'kf')?.remote_id
  await page.click('.demo-bar .plug')
  await page.click('.t-dialog__confirm:visible')
  const c = (await demo.sim.get('/sim/customers?limit=40')).items[32]
  const text = unique('断电时写的 ')
  await demo.sim.post('/sim/say', { customer: c.external_userid, open_kfid: kf, msgtype: 'text', text })
  const report = await until('the report', async () => (await demo.desk.get('/api/demo/state')).plug ?? undefined, 30000)
  await until('nothing is lost', async () => (await demo.desk.get('/api/demo/state')).plug.lost === 0, 30000)
  assert.ok(report.acked > 0 && report.stored >= report.acked - 5)
  await page.click('text=还在等 >> nth=0', { timeout: 500 }).catch(() => undefined)
  await page.waitForSelector(`.item:has-text("${text}")`, { timeout: 20000 })
  await shot(page, 'after-the-plug-zh')
})
