import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { seedFiles } from '../../../bench/seed-files.ts'
import { eventually } from '../../server/test/clients/eventually.ts'
import { IN_BROWSER, PATIENCE_MS } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

const FILES = 100_000
/** More rows than these are never drawn, however many files there are. */
const MAX_ROWS = 80

describe('a hundred thousand files in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  before(async () => {
    tested = await openConsole({
      seed: ({ dataDir, organizationId }) =>
        seedFiles({ dataDirectory: dataDir }, organizationId, FILES, { isIndexed: false }),
    })
    page = await tested.signedIn()
  })
  after(() => tested.close())

  const scroller = () => page.locator('.table-body')
  const rowCount = () => page.locator('.table-body [role=row]').count()

  it('are a folder of unknown size, of which only the rows in sight are drawn', async () => {
    await page.getByText(`${FILES}.bin`).waitFor()
    assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '-1')
    assert.ok((await rowCount()) < MAX_ROWS)
    await scroller().evaluate((element) => element.scrollBy(0, 8000))
    await page.getByText(`${FILES - 220}.bin`).waitFor()
    assert.ok((await rowCount()) < MAX_ROWS)
  })

  it('are counted in the list of all files', async () => {
    await page.getByRole('link', { name: 'All files' }).click()
    await page.getByText(`${FILES}.bin`).waitFor()
    assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), String(FILES + 1))
    assert.ok((await rowCount()) < MAX_ROWS)
  })

  it('are scrolled through: what comes into sight is loaded', async () => {
    for (let step = 1; step <= 20; step++) {
      await scroller().evaluate((element) => element.scrollBy(0, 2000))
      assert.ok((await rowCount()) < MAX_ROWS)
    }
    await page.getByText(`${FILES - 1100}.bin`).waitFor()
  })

  it('are searched and sorted by the service while the page answers', async (test) => {
    await watchFrames(page)
    await page.getByLabel('Search by name').fill('77777')
    await page.getByText('77777.bin', { exact: true }).waitFor({ timeout: 2 * PATIENCE_MS })
    await page.getByLabel('Search by name').fill('')
    await page.getByText(`${FILES}.bin`, { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Name' }).click()
    await page.getByText('1000.bin', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Uploaded' }).click()
    await page.getByText(`${FILES}.bin`, { exact: true }).waitFor()
    test.diagnostic(`the longest task of the page above 50 ms took ${await longestTask(page)} ms`)
    assert.ok((await rowCount()) < MAX_ROWS)
  })

  it('are reached to the last one by a key', async () => {
    await page
      .getByRole('row')
      .filter({ hasText: `${FILES}.bin` })
      .first()
      .focus()
    await page.keyboard.press('End')
    await eventually('the last row has the focus', () =>
      page.evaluate((last) => document.activeElement?.getAttribute('data-index') === last, String(FILES - 1)),
    )
  })
})

const watchFrames = (page: Page) =>
  page.evaluate(() => {
    const kept = window as unknown as { longestTaskMs: number }
    kept.longestTaskMs = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        kept.longestTaskMs = Math.max(kept.longestTaskMs, duration)
    }).observe({ type: 'longtask' })
  })

const longestTask = (page: Page) =>
  page.evaluate(() => (window as unknown as { longestTaskMs: number }).longestTaskMs)
