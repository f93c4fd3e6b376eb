import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

const STREAM = '**/events/stream**'

describe('the console, while others work', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  let requests: string[] = []
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const upload = (filename: string, path?: string) =>
    tested.waybill.files.upload(Buffer.from(`text of ${filename}`), {
      ...{ filename, mimeType: 'text/plain', ...(path !== undefined && { path }) },
    })
  const lists = () => requests.filter((path) => path.endsWith('/files'))
  const streams = () => requests.filter((path) => path.endsWith('/events/stream'))
  const watch = () => {
    requests = []
    page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  }
  const setVisibility = (state: 'hidden' | 'visible') =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { value: now, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  /** Waits until an event reaches the page: what happens from now on reaches it too. */
  const untilLive = async () => {
    const { id } = await upload('signal.txt')
    await row('signal.txt').waitFor()
    await tested.waybill.files.delete(id)
    await row('signal.txt').waitFor({ state: 'detached' })
  }
  before(async () => {
    tested = await openConsole()
    for (let number = 100; number < 160; number++) await upload(`old-${number}.txt`)
  })
  beforeEach(async () => {
    await page?.context().close()
    page = await tested.newPage()
    watch()
    await page.goto(`${tested.server.url}/console`)
    await page.getByLabel('Organization').fill(tested.server.organizationId)
    await page.getByLabel('API key').fill(tested.server.apiKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await row('old-159.txt').waitFor()
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })

  it('shows their files and folders without asking again, on one stream', async () => {
    await untilLive()
    const before = lists().length
    await upload('new.txt')
    await row('new.txt').waitFor()
    const { id } = await upload('inside.txt', 'their folder')
    await row('their folder').waitFor()
    assert.equal(lists().length, before)
    await tested.waybill.files.delete(id)
    await row('their folder').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Storage' }).click()
    await page.getByRole('link', { name: 'Files', exact: true }).click()
    await row('new.txt').waitFor()
    assert.equal(streams().length, 1)
  })

  it('says that the file beside the list was deleted, and shows it again once it is restored', async () => {
    const { id } = await upload('brief.txt')
    await row('brief.txt').click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('text of brief.txt').waitFor()
    await untilLive()
    await details.getByRole('button', { name: 'Download' }).focus()
    await tested.waybill.files.trash(id)
    await details.getByText('This file was deleted.').waitFor()
    await eventually('the focus stays in the details', () =>
      details.evaluate((shown) => shown.contains(document.activeElement)),
    )
    assert.equal(await details.getByRole('button', { name: 'Download' }).count(), 0)
    await tested.waybill.files.restore(id)
    await details.getByRole('button', { name: 'Download' }).waitFor()
    assert.equal(await details.getByText('This file was deleted.').count(), 0)
    await tested.waybill.files.delete(id)
    await details.getByText('This file was deleted.').waitFor()
  })

  it('keeps the place in the list, the focus and the selection', async () => {
    await untilLive()
    await page.getByLabel('Select old-158.txt').check()
    await page.getByLabel('Select old-157.txt').check()
    const target = row('old-120.txt')
    await row('old-159.txt').focus()
    for (let presses = 0; presses < 39; presses++) await page.keyboard.press('ArrowDown')
    await eventually('the row has the focus', () =>
      target.evaluate((element) => element === document.activeElement),
    )
    const topOf = async () => (await target.boundingBox())?.y
    const top = await topOf()
    await upload('above.txt')
    await page.getByRole('heading', { level: 1, name: /62/ }).waitFor()
    assert.equal(await topOf(), top)
    assert.ok(await target.evaluate((element) => element === document.activeElement))
    await page.keyboard.press('ArrowDown')
    await eventually('the next row has the focus', () =>
      row('old-119.txt').evaluate((element) => element === document.activeElement),
    )
    await page.getByText('2 selected').waitFor()
    for await (const { id, original_filename } of tested.waybill.files.list()) {
      if (original_filename === 'old-158.txt') await tested.waybill.files.trash(id)
    }
    await page.getByText('1 selected').waitFor()
  })

  it('shows the storage in use, and the end of an open upload', async () => {
    const { file_id } = await tested.waybill.files.createUploadUrl({
      ...{ filename: 'open.bin', file_size: 5_000_000, mime_type: 'application/octet-stream' },
    })
    await page.getByRole('link', { name: 'Storage' }).click()
    await row('open.bin').waitFor()
    const reserved = page.getByText('5.00 MB', { exact: true })
    await reserved.waitFor()
    await tested.waybill.files.cancelUpload(file_id)
    await row('open.bin').waitFor({ state: 'detached' })
    await reserved.waitFor({ state: 'detached' })
  })

  it('shows what becomes of the files of a vector store', async () => {
    const { files, vectorStores } = tested.waybill
    const store = await vectorStores.create({ name: 'Theirs' })
    await page.goto(`${tested.server.url}/console/stores?store=${store.id}`)
    await page.getByText('No files in this store').waitFor()
    const { id } = await files.upload(Buffer.from('words'), { filename: 'words.txt', mimeType: 'text/plain' })
    await vectorStores.files.addAndWait(store.id, id)
    await row('words.txt')
      .getByText(/^Completed/)
      .waitFor()
  })

  it('goes on without a gap when the service was away', async () => {
    await untilLive()
    await tested.server.kill('SIGTERM')
    await tested.server.restart()
    await upload('meanwhile.txt')
    await row('meanwhile.txt').waitFor()
  })

  it('gives its connection back while it is hidden, and then misses nothing', async () => {
    await page.clock.install()
    await page.reload()
    await row('old-159.txt').waitFor()
    await untilLive()
    const streamEnds = page.waitForEvent('requestfailed', (request) =>
      request.url().includes('/events/stream'),
    )
    await setVisibility('hidden')
    await page.clock.fastForward(61_000)
    await streamEnds
    const before = streams().length
    await upload('while-hidden.txt')
    await page.clock.fastForward(61_000)
    assert.deepEqual([streams().length, await row('while-hidden.txt').count()], [before, 0])
    await setVisibility('visible')
    await row('while-hidden.txt').waitFor()
    assert.equal(streams().length, before + 1)
  })

  it('asks again and again where the stream cannot be had', async () => {
    await page.route(STREAM, (route) => route.abort())
    await page.clock.install()
    await page.reload()
    await row('old-159.txt').waitFor()
    await upload('polled.txt')
    await eventually('the list is asked for', async () => {
      await page.clock.runFor(5000)
      return row('polled.txt').isVisible()
    })
  })

  it('asks again and again where a proxy keeps the stream back', async () => {
    await page.route(STREAM, () => {})
    await page.clock.install()
    await page.reload()
    await row('old-159.txt').waitFor()
    await upload('kept-back.txt')
    await eventually('the list is asked for', async () => {
      await page.clock.runFor(5000)
      return row('kept-back.txt').isVisible()
    })
  })
})
