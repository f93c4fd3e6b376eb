import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, beforeEach, describe, it } from 'node:test'
import { isDeepStrictEqual, promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { png } from '../../server/test/api/sample-files.ts'
import { eventually } from '../../server/test/clients/eventually.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { samplePdf } from './sample-document.ts'
import { recordWebm, sampleWav } from './sample-media.ts'

const SCRIPT = 'window.ran = true; parent.ran = true'
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><script>${SCRIPT}</script><rect width="40" height="40"/></svg>`

describe('the files in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  const upload = (filename: string, content: string | Buffer, mimeType = 'text/plain') =>
    tested.waybill.files.upload(Buffer.from(content), { filename, mimeType })
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const shownNames = () => page.locator('.table-body .cell-name span').allTextContents()
  const showsNames = (names: readonly string[]) =>
    eventually(`the list shows ${names.join(', ')}`, async () => isDeepStrictEqual(await shownNames(), names))
  /** Renames a file to a name that only earlier versions accepted. */
  const renameAsBefore = (id: string, filename: string) => {
    const database = new DatabaseSync(join(tested.server.dataDir, 'waybill.db'), { timeout: 10_000 })
    database.prepare('UPDATE files SET filename = ? WHERE id = ?').run(filename, id)
    database.close()
  }
  const stored = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const { original_filename } of tested.waybill.files.list()) names.push(original_filename)
    return names
  }

  before(async () => {
    tested = await openConsole()
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })
  beforeEach(async () => {
    await page?.context().close()
    const ids: string[] = []
    for await (const { id } of tested.waybill.files.list()) ids.push(id)
    for (const id of ids) await tested.waybill.files.delete(id)
  })

  it('say so where there are none', async () => {
    page = await tested.signedIn()
    await page.getByRole('heading', { name: 'No files yet' }).waitFor()
  })

  it('are found by name, and sorted by each column', async () => {
    for (const [name, size] of [
      ['Beta.txt', 30],
      ['alpha.txt', 10],
      ['gamma.csv', 20],
    ] as const) {
      await upload(name, 'x'.repeat(size))
    }
    page = await tested.signedIn()
    await row('gamma.csv').waitFor()
    await showsNames(['gamma.csv', 'alpha.txt', 'Beta.txt'])
    await page.getByRole('button', { name: 'Name' }).click()
    await showsNames(['Beta.txt', 'alpha.txt', 'gamma.csv'])
    await page.getByRole('button', { name: 'Size' }).click()
    await showsNames(['Beta.txt', 'gamma.csv', 'alpha.txt'])
    assert.equal(
      await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort'),
      'descending',
    )
    await page.getByLabel('Search by name').fill('TA')
    await page.getByText('Type at least 3 characters').waitFor()
    await page.getByLabel('Search by name').fill('ETA')
    await page.getByText('1 found').waitFor()
    await showsNames(['Beta.txt'])
    await page.getByLabel('Search by name').fill('nothing of it')
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor()
  })

  it('are all that is known of one beside the list, with commands that fetch it', async () => {
    const file = await upload("it's here.txt", 'what it says')
    page = await tested.signedIn()
    await row("it's here.txt").click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('what it says').waitFor()
    for (const fact of [file.id, file.crc32c, file.storage_path, file.uploaded_by_api_key_id ?? '']) {
      await details.getByText(fact, { exact: true }).waitFor()
    }
    await details.getByText('No signature', { exact: true }).waitFor()
    const commands = (await details.getByRole('group', { name: 'Commands' }).textContent()) ?? ''
    assert.ok(!commands.includes(tested.server.apiKey))
    assert.equal(await runShell(commands, tested), 'what it says')
  })

  it('keep what others change while one is edited, which is shown as it is now', async () => {
    const { id } = await upload('draft.txt', 'text')
    page = await tested.signedIn()
    await row('draft.txt').waitFor()
    await tested.waybill.files.update(id, { filename: 'plan.txt', metadata: { author: 'Ada' } })
    await row('draft.txt').click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByRole('heading', { name: 'plan.txt' }).waitFor()
    await details.getByText('Ada', { exact: true }).waitFor()
    await showsNames(['plan.txt'])
    await tested.waybill.files.update(id, { filename: 'report.txt' })
    await details.getByRole('button', { name: 'Edit' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the file' })
    await eventually(
      'the name is there',
      async () => (await dialog.getByLabel('Name').inputValue()) === 'report.txt',
    )
    assert.ok(await dialog.getByLabel('Name').evaluate((field) => field === document.activeElement))
    await tested.waybill.files.update(id, { filename: 'final.txt', metadata: { author: 'Bob' } })
    await dialog.getByLabel('Folder').fill('archive')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { original_filename, path, metadata } = await tested.waybill.files.get(id)
    assert.deepEqual([original_filename, path, metadata], ['final.txt', 'archive', { author: 'Bob' }])
  })

  it('do not get two pairs of metadata with the same key', async () => {
    const { id } = await tested.waybill.files.upload(Buffer.from('text'), {
      ...{ filename: 'pairs.txt', mimeType: 'text/plain', metadata: { author: 'Ada' } },
    })
    page = await tested.signedIn()
    await row('pairs.txt').click()
    await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the file' })
    await dialog.getByRole('button', { name: 'Add a pair' }).click()
    await dialog.getByLabel('Key 2').fill('author')
    await dialog.getByLabel('Value 2').fill('Bob')
    await dialog.getByRole('button', { name: 'Save' }).click()
    const refusal = await dialog
      .getByLabel('Key 2')
      .evaluate((field) => (field as HTMLInputElement).validationMessage)
    assert.equal(refusal, 'Another pair has this key.')
    await dialog.getByRole('button', { name: 'Remove pair 1' }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual((await tested.waybill.files.get(id)).metadata, { author: 'Bob' })
  })

  it('have sizes that are counted in the right number', async () => {
    await upload('one.txt', '1')
    page = await tested.signedIn()
    await row('one.txt').click()
    await page.getByText('1 byte', { exact: true }).waitFor()
  })

  it('show the type that their bytes have beside the declared one', async () => {
    await upload('dot.bin', png(), 'application/octet-stream')
    page = await tested.signedIn()
    await row('dot.bin').click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('application/octet-stream', { exact: true }).waitFor()
    await details.getByText('image/png', { exact: true }).waitFor()
  })

  it('are shown, and nothing in them runs', async () => {
    await upload('page.html', `<h1>Hello</h1><script>${SCRIPT}</script>`, 'text/html')
    await upload('drawing.svg', SVG, 'image/svg+xml')
    await upload('dot.png', png(), 'image/png')
    await upload('document.pdf', samplePdf(2, SCRIPT), 'application/pdf')
    page = await tested.signedIn()
    const preview = page.getByRole('region', { name: 'Preview' })
    await row('page.html').click()
    await preview.getByText('<h1>Hello</h1>').waitFor()
    for (const name of ['drawing.svg', 'dot.png']) {
      await row(name).click()
      const image = preview.getByRole('img', { name })
      await eventually('the image is drawn', () =>
        image.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0),
      )
    }
    await row('document.pdf').click()
    await preview.getByRole('img', { name: 'Page 1 of document.pdf' }).waitFor()
    await eventually('the page is drawn', () => hasInk(preview.locator('canvas')))
    await preview.getByRole('button', { name: 'Next page' }).click()
    await preview.getByText('Page 2 of 2').waitFor()
    assert.equal(await page.evaluate(() => 'ran' in window), false)
    assert.equal(page.frames().length, 1)
  })

  it('are played only on request', async () => {
    await upload('tone.wav', sampleWav(3), 'audio/wav')
    await upload('colours.webm', await recordWebm(tested.browser, 96, 64), 'video/webm')
    await upload(
      'broken.webm',
      Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
      'video/webm',
    )
    page = await tested.signedIn()
    const preview = page.getByRole('region', { name: 'Preview' })
    await row('tone.wav').click()
    assert.deepEqual(await playToEnd(preview.locator('audio')), { duration: 3, width: 0, wasPaused: true })
    await row('colours.webm').click()
    const { width, wasPaused } = await playToEnd(preview.locator('video'))
    assert.deepEqual([width, wasPaused], [96, true])
    await row('broken.webm').click()
    await preview.getByText('This browser cannot play this file.').waitFor()
    assert.equal(page.frames().length, 1)
  })

  it('have names that cannot look like others, and read from where their script begins', async () => {
    const arabic = 'تقرير المبيعات.txt'
    await upload(arabic, 'text')
    const { id } = await upload('invoice.exe', 'text')
    renameAsBefore(id, 'invoice\u202efdp.exe')
    page = await tested.signedIn()
    await row('invoice').waitFor()
    await showsNames(['invoice\ufffdfdp.exe', arabic])
    const direction = row(arabic).locator('.cell-name span')
    assert.equal(await direction.evaluate((element) => getComputedStyle(element).direction), 'rtl')
  })

  it('stay selected while a search hides them, and that is seen', async () => {
    for (const name of ['one.txt', 'two.txt', 'other.md']) await upload(name, name)
    page = await tested.signedIn()
    await page.getByLabel('Select one.txt').check()
    await page.getByLabel('Select two.txt').check()
    await page.getByLabel('Search by name').fill('other')
    await page.getByText('1 found').waitFor()
    await page.getByText('2 selected').waitFor()
    const all = page.getByLabel('Select all loaded files')
    assert.equal(await all.isChecked(), false)
    assert.equal(await all.evaluate((box) => (box as HTMLInputElement).indeterminate), true)
  })

  it('are deleted only after a confirmation', async () => {
    for (const name of ['keep.txt', 'one.txt', 'two.txt']) await upload(name, name)
    page = await tested.signedIn()
    await page.getByLabel('Select one.txt').check()
    await page.getByLabel('Select two.txt').check()
    await page.getByText('2 selected').waitFor()
    await page.getByRole('group', { name: 'Selected files' }).getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete 2 files?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.equal((await stored()).length, 3)
    await page.getByRole('group', { name: 'Selected files' }).getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete 2 files' }).click()
    await page.getByText('2 files deleted').waitFor()
    assert.deepEqual(await stored(), ['keep.txt'])
    await showsNames(['keep.txt'])
  })

  it('are restored with Undo', async () => {
    for (const name of ['keep.txt', 'one.txt', 'two.txt']) await upload(name, name)
    page = await tested.signedIn()
    await page.getByLabel('Select one.txt').check()
    await page.getByLabel('Select two.txt').check()
    await page.getByRole('group', { name: 'Selected files' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 files' }).click()
    const undo = page.getByRole('status').getByRole('button', { name: 'Undo' })
    await undo.focus()
    await showsNames(['keep.txt'])
    await page.keyboard.press('Enter')
    await page.getByText('2 files restored').waitFor()
    await undo.waitFor({ state: 'detached' })
    await showsNames(['two.txt', 'one.txt', 'keep.txt'])
    assert.deepEqual(await stored(), ['two.txt', 'one.txt', 'keep.txt'])
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'BODY')
  })

  it('are reached, selected, opened and deleted with the keyboard alone', async () => {
    for (const name of ['third.txt', 'second.txt', 'first.txt']) await upload(name, `in ${name}`)
    page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/`)
    const { keyboard } = page
    await page.getByLabel('Organization').waitFor()
    await tabTo(page, 'Organization')
    await keyboard.press('Control+A')
    await keyboard.type(tested.server.organizationId)
    await keyboard.press('Tab')
    await keyboard.type(tested.server.apiKey)
    await keyboard.press('Enter')
    await row('first.txt').waitFor()
    await keyboard.press('/')
    await keyboard.type('second')
    await page.getByText('1 found').waitFor()
    await keyboard.press('Control+A')
    await keyboard.press('Delete')
    await row('third.txt').waitFor()
    await eventually('the tab key leads to the table', async () => {
      await keyboard.press('Tab')
      return page.evaluate(() => document.activeElement?.getAttribute('data-index') === '0')
    })
    await keyboard.press('ArrowDown')
    await eventually('the second row is reached', () =>
      page.evaluate(() => document.activeElement?.textContent?.includes('second.txt') ?? false),
    )
    await keyboard.press('Enter')
    await page.getByText('in second.txt').waitFor()
    await keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Details' }).waitFor({ state: 'detached' })
    await row('second.txt').focus()
    await keyboard.press('Space')
    await page.getByText('1 selected').waitFor()
    await keyboard.press('ArrowDown')
    await eventually('the third row is reached', () =>
      page.evaluate(() => document.activeElement?.textContent?.includes('third.txt') ?? false),
    )
    await keyboard.press('Shift+Space')
    await page.getByText('2 selected').waitFor()
    await keyboard.press('Delete')
    await page.getByRole('dialog', { name: 'Delete 2 files?' }).waitFor()
    await keyboard.press('Tab')
    await eventually('the button is reached', async () => {
      const isThere = await page.evaluate(() => document.activeElement?.textContent === 'Delete 2 files')
      if (!isThere) await keyboard.press('Tab')
      return isThere
    })
    await keyboard.press('Enter')
    await page.getByText('2 files deleted').waitFor()
    assert.deepEqual(await stored(), ['first.txt'])
  })

  it('are downloaded together', async () => {
    for (const name of ['a.txt', 'b.txt']) await upload(name, name)
    page = await tested.signedIn()
    const names: string[] = []
    page.on('download', (download) => names.push(download.suggestedFilename()))
    await page.getByLabel('Select all loaded files').check()
    await page
      .getByRole('group', { name: 'Selected files' })
      .getByRole('button', { name: 'Download' })
      .click()
    await eventually('both are saved', () => names.length === 2)
    assert.deepEqual(names.sort(), ['a.txt', 'b.txt'])
  })

  it('are asked for again after an error', async () => {
    await upload('there.txt', 'x')
    page = await tested.newPage()
    await page.route('**/files?*', (route) => route.fulfill({ status: 400, body: '{}' }))
    await page.goto(`${tested.server.url}/console/`)
    await page.getByLabel('Organization').fill(tested.server.organizationId)
    await page.getByLabel('API key').fill(tested.server.apiKey)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('alert').waitFor()
    await page.unroute('**/files?*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await row('there.txt').waitFor()
  })
})

async function tabTo(page: Page, label: string): Promise<void> {
  await eventually(`the tab key leads to ${label}`, async () => {
    await page.keyboard.press('Tab')
    return page.getByLabel(label).evaluate((element) => element === document.activeElement)
  })
}

/** Returns the properties of a medium before playback. Resolves at the end of the playback. */
function playToEnd(medium: ReturnType<Page['locator']>) {
  return medium.evaluate(async (element) => {
    const played = element as HTMLVideoElement
    if (played.readyState < HTMLMediaElement.HAVE_METADATA)
      await new Promise((resolve) => played.addEventListener('loadedmetadata', resolve, { once: true }))
    const { duration, videoWidth: width = 0, paused: wasPaused } = played
    const ended = new Promise((resolve) => played.addEventListener('ended', resolve, { once: true }))
    played.muted = true
    played.playbackRate = 4
    await played.play()
    await ended
    return { duration, width, wasPaused }
  })
}

/** Returns true when the picture is not all white. */
function hasInk(canvas: ReturnType<Page['locator']>): Promise<boolean> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement
    const { data } = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height) ?? {
      data: [],
    }
    return data.some((value, index) => index % 4 === 0 && value < 100 && (data[index + 3] ?? 0) > 0)
  })
}

async function runShell(commands: string, { server, scratch }: ConsoleUnderTest): Promise<string> {
  const env = { ...process.env, WAYBILL_API_KEY: server.apiKey }
  await promisify(execFile)('sh', ['-c', commands], { cwd: scratch, env })
  return readFile(`${scratch}/it's here.txt`, 'utf8')
}
