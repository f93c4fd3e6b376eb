import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Page, Request } from 'playwright-core'
import {
  type FaultyProxy,
  isData,
  isQuery,
  type SeenRequest,
  startFaultyProxy,
} from '../../sdk/test/faulty-proxy.ts'
import { eventually } from '../../server/test/clients/eventually.ts'
import { createRandomFile, MIB } from '../../server/test/clients/random-file.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { signIn } from './sign-in.ts'

const SIZE_BYTES = 40 * MIB

describe('uploads in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let proxy: FaultyProxy
  let page: Page

  before(async () => {
    tested = await openConsole()
    proxy = await startFaultyProxy()
    proxy.forwardTo(tested.server.url)
  })
  after(async () => {
    await tested.close()
    await proxy.close()
  })
  afterEach(async () => {
    await page.context().close()
    proxy.reset()
  })

  const offsets = () =>
    proxy.seen.filter(isData).map(({ headers }) => Number(/\d+/.exec(String(headers['content-range']))?.[0]))
  const dock = () => page.getByRole('region', { name: 'Uploads' })
  const names = async () => {
    const found: string[] = []
    for await (const file of tested.waybill.files.list()) found.push(file.original_filename)
    return found
  }

  it('go on after a lost connection and a reload, and what is downloaded is what was sent', async () => {
    const file = await createRandomFile(tested.scratch, 'large', SIZE_BYTES)
    page = await tested.signedIn({}, proxy.url)
    // Cut until the page notices (a browser sends a request whose connection was lost once more by itself); what goes on
    // after that hangs in the middle.
    proxy.setFault((request) => {
      if (!isData(request) || offsets().length === 1) return null
      return { kind: proxy.seen.some(isQuery) ? 'hang' : 'cut', afterBytes: 3 * MIB }
    })
    const asked = page.waitForRequest(asksForOffset)
    await chooseFiles(page, 'Upload files', file.path)
    await asked
    const hung = await eventually('a chunk hangs', () => {
      const query = proxy.seen.findIndex(isQuery)
      return proxy.seen.slice(query).find((one) => isData(one) && one.bodyBytes > 0)
    })
    assert.ok(Number(/\d+/.exec(String(hung.headers['content-range']))?.[0]) > 0, 'it goes on where it was')
    await dock()
      .getByText(/^\d+ %/)
      .waitFor()

    let isWarned = false
    page.once('dialog', (dialog) => {
      isWarned = dialog.type() === 'beforeunload'
      void dialog.accept()
    })
    await page.reload()
    assert.ok(isWarned, 'leaving warns')

    proxy.reset()
    const offer = page.getByRole('region', { name: 'Interrupted uploads' })
    await offer.getByText('large.bin').waitFor()
    const sent = Number(await offer.getByRole('progressbar').getAttribute('value'))
    assert.ok(sent > 0 && sent < SIZE_BYTES, 'it says how far the upload is')
    await offer.getByText(/^[\d.]+ [kM]?B of 41.9 MB$/).waitFor()
    await chooseFiles(page, 'Choose files to resume', file.path)
    await offer.waitFor({ state: 'detached' })
    await dock()
      .getByText(/^Done · /)
      .waitFor()
    assert.ok((offsets()[0] ?? 0) > 0, 'it goes on, and does not begin anew')

    await page.getByRole('row').filter({ hasText: 'large.bin' }).click()
    const download = page.waitForEvent('download')
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByRole('button', { name: 'Download' })
      .click()
    const saved = join(tested.scratch, 'downloaded.bin')
    await (await download).saveAs(saved)
    assert.equal(await sha256Of(saved), file.sha256)
    assert.equal((await download).suggestedFilename(), 'large.bin')
    assert.deepEqual(await names(), ['large.bin'])
  })

  it('resume after a reload without another choice where the browser keeps a handle, in the same store', async () => {
    const store = await tested.waybill.vectorStores.create({ name: 'Diaries' })
    page = await tested.newPage()
    await page.addInitScript(giveHandles, 24 * MIB)
    await signIn(page, proxy.url, tested.server)
    await page.goto(`${proxy.url}/console/stores?store=${store.id}`)
    proxy.setFault((request) => (isData(request) && offsets().length > 1 ? { kind: 'hang' } : null))
    await page.getByRole('button', { name: 'Upload files' }).click()
    await eventually('the second chunk hangs', () => offsets().length > 1)
    page.once('dialog', (dialog) => void dialog.accept())
    await page.goto(`${proxy.url}/console/files`)

    proxy.reset()
    const offer = page.getByRole('region', { name: 'Interrupted uploads' })
    await offer.getByText('diary.txt').waitFor()
    await offer.getByRole('button', { name: 'Resume', exact: true }).click()
    await offer.waitFor({ state: 'detached' })
    await dock()
      .getByText(/^Done · /)
      .waitFor()
    assert.ok((offsets()[0] ?? 0) > 0, 'it goes on, and does not begin anew')
    await eventually('it is in the store', async () => {
      for await (const file of tested.waybill.vectorStores.files.list(store.id)) return file
      return undefined
    })
  })

  it('get into their store after a reload that comes between the upload and that', async () => {
    const store = await tested.waybill.vectorStores.create({ name: 'Letters' })
    const path = join(tested.scratch, 'letter.txt')
    await writeFile(path, 'The heron stands.')
    page = await tested.signedIn({}, proxy.url)
    await page.goto(`${proxy.url}/console/stores?store=${store.id}`)
    const isAddition = ({ method, path }: SeenRequest) =>
      method === 'POST' && path.endsWith(`/vector-stores/${store.id}/files`)
    proxy.setFault((request) => (isAddition(request) ? { kind: 'hang' } : null))
    await chooseFiles(page, 'Upload files', path)
    await eventually('the addition hangs', () => proxy.seen.some(isAddition))
    proxy.reset()
    await page.goto(`${proxy.url}/console/files`)
    await eventually('it is in the store', async () => {
      for await (const file of tested.waybill.vectorStores.files.list(store.id)) return file
      return undefined
    })
    const isForgotten = () =>
      page.evaluate(() => Object.keys(localStorage).every((key) => !key.includes(' addition ')))
    await eventually('the page has nothing left to do', isForgotten)
  })

  it('can be paused, resumed and cancelled', async () => {
    const file = await createRandomFile(tested.scratch, 'paused', 60 * MIB)
    page = await tested.signedIn({}, proxy.url)
    proxy.setFault((request) => (isData(request) && offsets().length > 1 ? { kind: 'hang' } : null))
    await chooseFiles(page, 'Upload files', file.path)
    await eventually('the second chunk hangs', () => offsets().length > 1)
    await page.getByRole('button', { name: 'Pause paused.bin' }).click()
    await dock()
      .getByText(/^Paused · /)
      .waitFor()
    proxy.reset()
    await page.getByRole('button', { name: 'Resume paused.bin' }).click()
    await dock()
      .getByText(/^Done · /)
      .waitFor()
    assert.ok((offsets()[0] ?? 0) > 0)

    proxy.setFault((request) => (isData(request) ? { kind: 'hang' } : null))
    await chooseFiles(page, 'Upload files', file.path)
    await page.getByRole('button', { name: 'Cancel paused.bin' }).click()
    await eventually('the session is given up', async () => (await openUploads()) === 0)
    assert.equal((await names()).filter((name) => name === 'paused.bin').length, 1)
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'paused.bin' }).waitFor()
    assert.equal(await page.getByRole('region', { name: 'Interrupted uploads' }).count(), 0)
  })

  for (const { action, isServed } of [
    { action: 'are dismissed', isServed: true },
    { action: 'are dismissed while the service is away', isServed: false },
  ]) {
    it(`are not offered again, nor reserve space, once they were interrupted and ${action}`, async () => {
      const file = await createRandomFile(tested.scratch, 'dismissed', 24 * MIB)
      page = await tested.signedIn({}, proxy.url)
      proxy.setFault((request) => (isData(request) && offsets().length > 1 ? { kind: 'hang' } : null))
      await chooseFiles(page, 'Upload files', file.path)
      await eventually('the second chunk hangs', () => offsets().length > 1)
      page.once('dialog', (dialog) => void dialog.accept())
      await page.reload()
      proxy.reset()
      const offer = page.getByRole('region', { name: 'Interrupted uploads' })
      await offer.getByText('dismissed.bin').waitFor()
      assert.equal(await openUploads(), 1)
      if (!isServed) await page.route('**', (route) => route.abort())
      await offer.getByRole('button', { name: 'Dismiss' }).click()
      await offer.waitFor({ state: 'detached' })
      const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => /upload/.test(key)))
      assert.deepEqual(kept, [])
      if (isServed) await eventually('the session is given up', async () => (await openUploads()) === 0)
      await page.unrouteAll()
    })
  }

  it('tell figures that make sense, on a slow connection and after a pause', async () => {
    const file = await createRandomFile(tested.scratch, 'slow', 14 * MIB)
    page = await tested.signedIn()
    const network = await page.context().newCDPSession(page)
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 20,
      downloadThroughput: 8 * MIB,
      uploadThroughput: 3 * MIB,
    })
    await watchTexts(page, ['.upload-facts', '.dock-toggle', '.shell > .off-screen'])
    await chooseFiles(page, 'Upload files', file.path)
    await dock()
      .getByText(/ s left$/)
      .waitFor()
    await page.getByRole('button', { name: 'Pause slow.bin' }).click()
    await dock().getByText('1 paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Resume slow.bin' }).click()
    await dock()
      .getByText(/^Done · /)
      .waitFor()
    const [facts = [], heads = [], said = []] = await seenTexts(page)
    for (const text of facts) assert.match(text, FACTS)
    for (const text of heads)
      assert.match(text, /^(Uploading 1 file( · [\d.]+ [kM]B\/s)?|1 paused|1 upload done)$/)
    const percents = facts.flatMap((text) => /(\d+) %/.exec(text)?.slice(1).map(Number) ?? [])
    assert.ok(percents.length > 3)
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    )
    assert.equal(said.at(0), 'Uploading 1 file, 0 percent')
    assert.equal(said.at(-1), '1 upload done')
    assert.ok(said.length <= 6, `each quarter is said, and no more: ${said.join('; ')}`)
  })

  it('say what failed, and try again', async () => {
    const path = join(tested.scratch, 'picture.png')
    await writeFile(path, 'this is no picture')
    page = await tested.signedIn({}, proxy.url)
    const good = join(tested.scratch, 'good.txt')
    await writeFile(good, 'text')
    await chooseFiles(page, 'Upload files', [good, path])
    await dock().getByText('1 upload done · 1 failed').waitFor()
    const first = dock().getByRole('listitem').first()
    assert.match(String(await first.textContent()), /^picture\.png/, 'what failed comes first')
    await page.getByRole('button', { name: 'Retry picture.png' }).click()
    await dock().getByText('1 failed', { exact: false }).waitFor()
    assert.ok(!(await names()).includes('picture.png'))
    // A refused upload is not offered as interrupted after a reload.
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('picture.png')))
  })

  it('say what is wrong with a name, and count only what there is', async () => {
    const path = join(tested.scratch, 'invoice\u202efdp.txt')
    await writeFile(path, 'text')
    page = await tested.signedIn()
    await chooseFiles(page, 'Upload files', path)
    await dock()
      .getByText(/must not contain .* bidirectional controls$/)
      .waitFor()
    await dock().getByText('1 failed', { exact: true }).waitFor()
    await page.getByText('1 upload failed', { exact: true }).waitFor({ state: 'attached' })
  })

  it('take whole folders, empty files included', async () => {
    const folder = join(tested.scratch, 'folder')
    await mkdir(join(folder, 'inner'), { recursive: true })
    await writeFile(join(folder, 'one.txt'), 'one')
    await writeFile(join(folder, 'inner', 'two.txt'), 'two')
    await writeFile(join(folder, 'inner', 'empty.py'), '')
    page = await tested.signedIn()
    await chooseFiles(page, 'Upload folder', folder)
    await dock().getByText('3 uploads done').waitFor()
    await dock().getByText('Done · 0').waitFor()
    assert.deepEqual((await names()).filter((name) => /^(one|two|empty)/.test(name)).sort(), [
      'empty.py',
      'one.txt',
      'two.txt',
    ])
    await page.getByRole('link', { name: 'folder', exact: true }).click()
    await page.getByRole('row').filter({ hasText: 'one.txt' }).waitFor()
    await page.getByRole('link', { name: 'inner', exact: true }).click()
    await page.getByRole('row').filter({ hasText: 'two.txt' }).waitFor()
  })

  it('take what is dropped anywhere', async () => {
    page = await tested.signedIn()
    const data = await page.evaluateHandle(() => {
      const made = new DataTransfer()
      made.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
      return made
    })
    await page.dispatchEvent('main', 'dragover', { dataTransfer: data })
    await page.getByText('Drop files or folders to upload them').waitFor()
    await page.dispatchEvent('main', 'drop', { dataTransfer: data })
    await dock().getByText('1 upload done').waitFor()
    assert.ok((await names()).includes('dropped.txt'))
  })

  const openUploads = async () => {
    for await (const { total } of tested.waybill.files.listUploads().pages()) return total
    return 0
  }
})

const FACTS =
  /^(Preparing…|Verifying…|((Resuming|Paused) · )?\d+ % of 14\.7 MB( · [\d.]+ [kM]B\/s)?( · (\d+ min )?\d+ s left)?|Done · 14\.7 MB)$/

/** Makes the dialog for files return the handle of a file in the page's own file system, which needs no permission. */
function giveHandles(sizeBytes: number): void {
  const showOpenFilePicker = async () => {
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle('diary.txt', { create: true })
    const file = await handle.createWritable()
    await file.write('A day at the weir.\n'.repeat(Math.ceil(sizeBytes / 19)))
    await file.close()
    return [handle]
  }
  Object.assign(window, { showOpenFilePicker })
}

/** Keeps each text that these elements come to have. */
const watchTexts = (page: Page, selectors: readonly string[]) =>
  page.evaluate((watched) => {
    const seen = watched.map((): string[] => [])
    const look = () => {
      for (const [index, selector] of watched.entries()) {
        const text = document.querySelector(selector)?.textContent ?? ''
        if (text !== '' && text !== seen[index]?.at(-1)) seen[index]?.push(text)
      }
    }
    const whole = { subtree: true, childList: true, characterData: true }
    new MutationObserver(look).observe(document.body, whole)
    Object.assign(window, { seenTexts: seen })
  }, selectors)

const seenTexts = (page: Page) =>
  page.evaluate(() => (window as unknown as { seenTexts: string[][] }).seenTexts)

const asksForOffset = (request: Request) => /^bytes \*/.test(request.headers()['content-range'] ?? '')

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}
