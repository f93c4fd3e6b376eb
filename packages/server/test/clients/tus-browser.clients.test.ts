import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { IN_BROWSER, openBrowser, PATIENCE_MS } from '../../../console/test/open-browser.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { createApi } from './api.ts'
import { type ServedPage, servePage } from './browser/serve-page.ts'
import { createRandomFile, createScratchFolder, KIB, MIB, type RandomFile } from './random-file.ts'

const SIZE_BYTES = 6 * MIB + 999

/** Functions of browser/tus-page.js. */
type PageFunction =
  | 'uploadTo'
  | 'createWith'
  | 'openUppy'
  | 'startUppy'
  | 'pauseUppyAt'
  | 'resumeUppy'
  | 'restoreUppy'
  | 'completeUppy'

describe('a page of another origin', IN_BROWSER, () => {
  let served: ServedPage
  let server: TestServer
  let browser: Browser
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    served = await servePage()
    server = await startServer({ env: { CORS_ORIGINS: served.url } })
    browser = await openBrowser()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'tus', SIZE_BYTES)
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
    await served?.close()
    await folder?.remove()
  })

  async function openPage(): Promise<Page> {
    const context = await browser.newContext()
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    await page.goto(served.url)
    await page.setInputFiles('input', file.path)
    return page
  }

  const call = <Result>(page: Page, name: PageFunction, ...args: readonly unknown[]): Promise<Result> =>
    page.evaluate(
      ([one, rest]) =>
        (globalThis as unknown as Record<string, (...all: unknown[]) => Result>)[one]?.(...rest),
      [name, args] as const,
    ) as Promise<Result>

  const creationUrl = () => `${server.baseUrl}/files/tus`

  it('uploads with tus-js-client, which knows an upload URL and no key', async () => {
    const page = await openPage()
    const ticket = await api.uploadUrl('browser.bin', SIZE_BYTES)
    await call(page, 'uploadTo', ticket.upload_url)
    await api.assertArrived(ticket, 'browser.bin', file)
    await page.context().close()
  })

  it('uploads with tus-js-client and a key, and reads the id of the File', async () => {
    const page = await openPage()
    const fileId = await call<string>(page, 'createWith', creationUrl(), server.apiKey)
    assert.deepEqual(await api.download(fileId), { status: 200, sha256: file.sha256 })
    await page.context().close()
  })

  it('uploads with Uppy, also after a pause and a reload', async () => {
    const page = await openPage()
    const creations: string[] = []
    page.on('response', (response) => {
      if (response.request().method() !== 'POST') return
      creations.push(response.headers()['x-waybill-file-id'] ?? '')
    })
    const open = () => call(page, 'openUppy', creationUrl(), server.apiKey, 256 * KIB)

    await open()
    const paused = call(page, 'pauseUppyAt', 0.2)
    await call(page, 'startUppy')
    await paused
    const pausedAgain = call(page, 'pauseUppyAt', 0.6)
    await call(page, 'resumeUppy')
    await pausedAgain

    await page.reload()
    await open()
    const completed = call<string[]>(page, 'completeUppy')
    await call(page, 'restoreUppy')
    const urls = await completed
    assert.equal(urls.length, 1)
    assert.equal(creations.length, 1, 'the upload was created once')
    assert.deepEqual(await api.download(creations[0] ?? ''), { status: 200, sha256: file.sha256 })
    await page.context().close()
  })
})
