/* An owner takes a shop's in-shop 客服 over on the page of going live, sees each step proven, compares figures, and goes back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk as deskSize, openBrowser, openPage, phone, shot, signIn } from '../support/browser.ts'
import { until, type Json } from '../support/demo.ts'
import { connectAll, PASSWORD, startFresh, USER, type Fresh } from '../support/fresh.ts'

let fresh: Fresh
let browser: any
let page: any
let errors: string[]
before(async () => {
  fresh = await startFresh()
  await connectAll(fresh)
  for (const [login, name] of [['linxia', '林夏'], ['xiaohe', '小禾']]) await fresh.desk.call('POST', '/api/staff', { login, name, role: 'agent', password: 'eight-chars' })
  browser = await openBrowser()
  ;({ page, errors } = await openPage(browser, deskSize))
  await signIn(page, fresh.console, USER, PASSWORD)
  await page.waitForSelector('nav')
}, { timeout: 90000 })
after(async () => {
  await browser?.close()
  await fresh?.stop()
})

const step = (name: string, rest = '') => `[data-step=${name}] ${rest}`
const isAt = (state: string) => page.waitForSelector(`[data-state=${state}]`, { timeout: 20000 })
/** The one question before a step that reaches out. */
const answerYes = () => page.click('.t-dialog__confirm:visible')

test('one finds it from the card of in-shop 客服; only the first step can be taken', async () => {
  await page.goto(`${fresh.console}/connect`)
  await page.click('[data-card=shopkf] [data-act=golive]')
  await isAt('none')
  assert.deepEqual(await page.locator('[data-act=accept]:visible, [data-act=switch]:visible, [data-act=test]:visible, [data-act=live]:visible, [data-act=back]:visible').count(), 0)
  assert.match(await page.textContent('[data-part=back]'), /自研客服/)
  await shot(page, 'golive-begin-zh')
})

test('the rehearsal is played and its report stands there', async () => {
  await page.click('[data-act=rehearse]')
  await page.waitForSelector(step('rehearse', '[role=status]'))
  await page.waitForSelector('[data-part=report][data-ok=true]', { timeout: 90000 })
  await isAt('rehearsed')
  const report = await page.textContent('[data-part=report]')
  for (const word of ['20 / 20', '林夏', '小禾', '5 条']) assert.ok(report.includes(word), `${word} in ${report}`)
  await shot(page, 'golive-rehearsed-zh')
})

test('all that stops is ticked, one by one', async () => {
  const boxes = page.locator(step('accept', 'input[type=checkbox]'))
  const n = await boxes.count()
  assert.ok(n >= 5)
  for (let i = 0; i < n; i++) {
    assert.equal(await page.isDisabled('[data-act=accept]'), true)
    await boxes.nth(i).check()
  }
  await page.click('[data-act=accept]')
  await isAt('accepted')
})

test('the switch asks once and ends read-only; a consult and a person’s answer prove it', async () => {
  await page.waitForSelector('.read-only')
  await page.click('[data-act=switch]')
  await page.waitForSelector('.t-dialog:visible:has-text("不再只读")')
  await shot(page, 'golive-switch-zh')
  await answerYes()
  await isAt('switched')
  assert.equal(await page.isDisabled('[data-act=test]'), true)
  const buyer = ((await fresh.sim.post('/sim/customers', { name: '试试' })).items as Json[])[0]!
  await new Promise((done) => setTimeout(done, 1100)) // the platform tells seconds
  await fresh.sim.post('/sim/shop/say', { customer: buyer.external_userid, appid: fresh.world.shops[0].appid, msg_type: 'text', text: '有人吗' })
  await page.waitForSelector('[data-proof=heard].yes', { timeout: 20000 })
  const thread = await until('she waits', async () => ((await fresh.desk.get('/api/threads?view=waiting&limit=100')).items as Json[]).find((t) => t.channel === 'shop' && t.last_text === '有人吗'))
  await fresh.desk.call('POST', `/api/threads/${thread.thread_id}/messages`, { client_id: 'golive-browser', kind: 'text', text: '在的' })
  await page.waitForSelector('[data-proof=answered].yes', { timeout: 20000 })
  await shot(page, 'golive-answered-zh')
  await page.click('[data-act=test]')
  await isAt('tested')
})

test('live: the figure of the console beside ours', async () => {
  await page.fill(step('live', '.minutes input'), '1')
  assert.equal(await page.isDisabled('[data-act=live]'), true)
  await page.fill(step('live', '.minutes input'), '60')
  await page.click('[data-act=live]')
  await isAt('live')
  assert.match(await page.textContent('[data-part=days]'), /尚未证实/)
  await page.fill('[data-day] .figure input', '101')
  await page.press('[data-day] .figure input', 'Enter')
  await page.fill('[data-day] .figure input', '98.5')
  await page.press('[data-day] .figure input', 'Enter')
  await until('it is kept', async () => ((await fresh.desk.get('/api/golive')).items as Json[])[0]!.days[0].theirs === 9850)
  assert.equal(((await fresh.desk.get('/api/golive')).items as Json[])[0]!.silent_minutes, 60)
  await page.locator('[data-part=days]').scrollIntoViewIfNeeded()
  await shot(page, 'golive-live-zh')
  await page.setViewportSize(phone)
  await shot(page, 'golive-live-phone-zh')
  await page.setViewportSize(deskSize)
})

test('back, with one question; then it begins anew', async () => {
  await page.click('[data-act=back]')
  await page.fill('.t-dialog:visible input', '试运行结束')
  await shot(page, 'golive-back-zh')
  await answerYes()
  await isAt('back')
  await page.waitForSelector('[data-step=rehearse][data-how=now]')
  const acts = ((await fresh.desk.get('/api/audit?limit=200')).items as Json[]).map((a) => a.act)
  assert.ok(acts.includes('golive.back') && acts.includes('golive.switched'))
  assert.deepEqual(errors, [])
})
