import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { faultsOf } from '../../console/test/axe-faults.ts'
import { IN_BROWSER, openBrowser, PATIENCE_MS } from '../../console/test/open-browser.ts'
import { tooWide } from '../../console/test/too-wide.ts'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { exampleOf, LANGUAGES } from '../src/examples.ts'
import { operations } from './operations.ts'

const [SHELL] = LANGUAGES

const NARROW = { width: 360, height: 640 }

describe('the reference in a browser', IN_BROWSER, () => {
  let server: TestServer
  let browser: Browser
  const complaints: string[] = []

  before(async () => {
    server = await startServer()
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await server.stop()
  })

  async function open(options: BrowserContextOptions = {}, place = ''): Promise<Page> {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    await page.goto(`${server.url}/docs${place}`)
    return page
  }
  const section = (page: Page, operationId: string) => page.locator(`section[id="${operationId}"]`)
  const contents = (page: Page) => page.getByRole('navigation', { name: 'Contents' })
  const topOf = (page: Page, operationId: string) =>
    section(page, operationId).evaluate((element) => element.getBoundingClientRect().top)

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing in the way of anybody, in ${colorScheme}`, async () => {
      const page = await open({ colorScheme, bypassCSP: true })
      assert.deepEqual(await faultsOf(page), [])
      await page.setViewportSize(NARROW)
      await page.getByRole('button', { name: 'Contents' }).click()
      assert.deepEqual(await faultsOf(page, '#contents'), [], 'its contents, where it is narrow')
      await page.context().close()
      const plain = await open({ colorScheme, javaScriptEnabled: false })
      const ground = await plain.locator('html').evaluate((html) => getComputedStyle(html).backgroundColor)
      assert.equal(ground === 'rgb(255, 255, 255)', colorScheme === 'light')
      await plain.context().close()
    })
  }

  it('fits into 360 pixels, in every language', async () => {
    const page = await open({ viewport: NARROW })
    for (const { name } of LANGUAGES) {
      await page.getByRole('tab', { name }).first().click()
      assert.deepEqual(await tooWide(page), [], name)
    }
    await page.context().close()
  })

  it('opens at the operation that the address names', async () => {
    const page = await open({}, '#deleteApiKey')
    const top = await topOf(page, 'deleteApiKey')
    assert.ok(top >= 0 && top < 100, `${top}`)
    await contents(page).locator('[aria-current]').getByText('deleteApiKey').waitFor()
    await page.context().close()
  })

  it('shows one language everywhere, keeps it, and leaves what is read where it is', async () => {
    const page = await open({}, '#registerFile')
    const there = section(page, 'registerFile')
    const before = await topOf(page, 'registerFile')
    await there.getByRole('tab', { name: 'Python' }).click()
    assert.ok(Math.abs((await topOf(page, 'registerFile')) - before) < 2)
    await there.getByText('import requests').waitFor()
    assert.equal(await page.locator('pre:visible', { hasText: '@waybill/sdk' }).count(), 0)
    await page.reload()
    await section(page, 'getFile').getByText('import requests').waitFor()
    await section(page, 'getFile').getByRole('tab', { name: 'Python' }).press('ArrowRight')
    assert.equal(await page.locator(':focus').textContent(), 'TypeScript')
    await section(page, 'listFiles').getByText("from '@waybill/sdk'").waitFor()
    await page.context().close()
  })

  it('copies an example as the tests run it', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const button = section(page, 'getFile').getByRole('button', { name: 'in curl' })
    await button.click()
    await button.getByText('Copied').waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    const getFile = operations.find(({ operationId }) => operationId === 'getFile')
    assert.equal(copied, getFile && exampleOf(getFile)(SHELL))
    await page.context().close()
  })

  it('names the service that it comes from', async () => {
    const page = await open()
    await page.getByText(`WAYBILL_URL=${server.url}`).waitFor()
    await page.context().close()
  })

  it('finds operations by their words, with the keyboard alone', async () => {
    const page = await open()
    const operationIds = () => contents(page).locator('li:visible').allInnerTexts()
    await page.keyboard.press('/')
    await page.keyboard.type('delete key')
    assert.deepEqual(
      (await operationIds()).map((text) => text.replace(/\s+/g, ' ').trim()),
      ['DEL deleteApiKey', 'DEL deleteS3Credentials'],
    )
    await page.getByRole('status').getByText('2 operations', { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    assert.equal(new URL(page.url()).hash, '#deleteApiKey')
    await page.getByRole('searchbox').fill('')
    assert.ok((await operationIds()).length > operations.length)
    await page.context().close()
  })

  it('closes its contents, where it is narrow, once something is chosen', async () => {
    const page = await open({ viewport: NARROW })
    const link = contents(page).getByRole('link', { name: /getFile$/ })
    assert.equal(await link.count(), 0)
    await page.getByRole('button', { name: 'Contents' }).click()
    await link.click()
    await contents(page).waitFor({ state: 'hidden' })
    const top = await topOf(page, 'getFile')
    assert.ok(top >= 50 && top < 100, `${top}`)
    await page.context().close()
  })

  it('can be read without a script', async () => {
    const page = await open({ javaScriptEnabled: false, viewport: NARROW })
    for (const { name } of LANGUAGES) {
      await section(page, 'getFile')
        .getByRole('region', { name: `in ${name}` })
        .waitFor()
    }
    assert.deepEqual(await page.locator('button:visible').allInnerTexts(), ['Contents'])
    await page.getByRole('button', { name: 'Contents' }).click()
    await contents(page)
      .getByRole('link', { name: /getFile$/ })
      .click()
    assert.equal(new URL(page.url()).hash, '#getFile')
    await page.context().close()
  })

  it('had nothing to complain of', () => {
    assert.deepEqual(complaints, [])
  })
})
