import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { WaybillFile } from '@waybill/sdk'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { faultsOf } from './axe-faults.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

describe('folders in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  before(async () => {
    tested = await openConsole()
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })
  beforeEach(async () => {
    for (const { id } of await stored()) await tested.waybill.files.delete(id)
    for (const [path, filename] of FILES)
      await tested.waybill.files.upload(Buffer.from(filename), { filename, path, mimeType: 'text/plain' })
    page = await tested.signedIn()
  })
  afterEach(() => page.context().close())

  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const shown = () => page.locator('.table-body .cell-name :is(span, a)').allTextContents()
  const shows = (...names: string[]) =>
    eventually(`the list shows ${names.join(', ')}`, async () => isDeepStrictEqual(await shown(), names))
  const stored = async (): Promise<WaybillFile[]> => {
    const found: WaybillFile[] = []
    for await (const file of tested.waybill.files.list()) found.push(file)
    return found
  }
  const placesOf = async (...names: string[]) =>
    (await stored())
      .filter(({ original_filename }) => names.includes(original_filename))
      .map(({ path, original_filename }) => `${path ?? ''}/${original_filename}`)
      .sort()
  const crumb = (name: string) =>
    page.getByRole('navigation', { name: 'Folder' }).getByRole('link', { name, exact: true })

  it('come before the files, and are opened, left, reloaded and gone back to', async () => {
    await shows('letters', 'reports', 'loose.txt')
    await page.getByRole('heading', { level: 1, name: 'Files 1', exact: true }).waitFor()
    await row('reports').click()
    await shows('2025', '2026', 'summary.txt')
    await page.getByRole('link', { name: '2026' }).click()
    await shows('march.txt')
    assert.equal(new URL(page.url()).search, '?folder=reports%2F2026')
    await page.reload()
    await shows('march.txt')
    await page.goBack()
    await shows('2025', '2026', 'summary.txt')
    await page.goForward()
    await shows('march.txt')
    await crumb('reports').click()
    await shows('2025', '2026', 'summary.txt')
    await crumb('Home').click()
    await shows('letters', 'reports', 'loose.txt')
  })

  it('are opened with the keyboard, which goes on at the first row', async () => {
    await shows('letters', 'reports', 'loose.txt')
    await row('reports').focus()
    await page.keyboard.press('Enter')
    await shows('2025', '2026', 'summary.txt')
    await eventually('the first row has the focus', () =>
      page.evaluate(() => document.activeElement?.textContent === '2025'),
    )
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await shows('march.txt')
  })

  it('are no part of the list of all files, which names the folder of each', async () => {
    await page.getByRole('link', { name: 'All files' }).click()
    await shows('summary.txt', 'march.txt', 'january.txt', 'to-ada.txt', 'loose.txt')
    await row('march.txt').getByText('reports/2026').waitFor()
    await page.reload()
    await shows('summary.txt', 'march.txt', 'january.txt', 'to-ada.txt', 'loose.txt')
    await page.getByRole('link', { name: 'Folders' }).click()
    await shows('letters', 'reports', 'loose.txt')
  })

  it('are searched with everything below them', async () => {
    await page.getByLabel('Search by name').fill('.txt')
    await page.getByText('5 found').waitFor()
    await page.getByLabel('Search by name').fill('')
    await row('reports').click()
    await shows('2025', '2026', 'summary.txt')
    await page.getByLabel('Search by name').fill('mar')
    await page.getByText('2 found').waitFor()
    await shows('summary.txt', 'march.txt')
    await row('march.txt').getByText('reports/2026').waitFor()
    await page.getByLabel('Search by name').fill('txt')
    await page.getByText('3 found').waitFor()
    await page.getByRole('link', { name: 'All files' }).click()
    await page.getByText('5 found').waitFor()
  })

  it('get what is uploaded while they are shown, with its own folders', async () => {
    const folder = join(tested.scratch, 'charts')
    await mkdir(join(folder, 'old'), { recursive: true })
    await writeFile(join(folder, 'new.txt'), 'new')
    await writeFile(join(folder, 'old', 'first.txt'), 'old')
    const loose = join(tested.scratch, 'note.txt')
    await writeFile(loose, 'note')
    await row('reports').click()
    await shows('2025', '2026', 'summary.txt')
    await chooseFiles(page, 'Upload folder', folder)
    await chooseFiles(page, 'Upload files', loose)
    await shows('2025', '2026', 'charts', 'note.txt', 'summary.txt')
    await page.getByRole('region', { name: 'Uploads' }).getByText('3 uploads done').waitFor()
    assert.deepEqual(await placesOf('new.txt', 'first.txt', 'note.txt'), [
      'reports/charts/new.txt',
      'reports/charts/old/first.txt',
      'reports/note.txt',
    ])
  })

  it('get what is dropped while they are shown', async () => {
    await row('letters').click()
    await shows('to-ada.txt')
    const data = await page.evaluateHandle(() => {
      const made = new DataTransfer()
      made.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
      return made
    })
    await page.dispatchEvent('main', 'dragover', { dataTransfer: data })
    await page.getByText('Drop files or folders to upload them to letters').waitFor()
    await page.dispatchEvent('main', 'drop', { dataTransfer: data })
    await shows('dropped.txt', 'to-ada.txt')
    assert.deepEqual(await placesOf('dropped.txt'), ['letters/dropped.txt'])
  })

  it('are left by a file that is renamed and moved, with its metadata', async () => {
    await row('loose.txt').click()
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByRole('button', { name: 'Edit' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the file' })
    await dialog.getByLabel('Name').fill('tidy.txt')
    await dialog.getByLabel('Folder').fill('archive/tidy')
    await dialog.getByRole('button', { name: 'Add a pair' }).click()
    await dialog.getByLabel('Key 1').fill('author')
    await dialog.getByLabel('Value 1').fill('Ada')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await shows('archive', 'letters', 'reports')
    await details.getByRole('heading', { name: 'tidy.txt' }).waitFor()
    await details.getByText('Ada', { exact: true }).waitFor()
    const [file] = (await stored()).filter(({ path }) => path === 'archive/tidy')
    assert.deepEqual([file?.original_filename, file?.metadata], ['tidy.txt', { author: 'Ada' }])
    await details.getByRole('link', { name: 'archive/tidy' }).click()
    await shows('tidy.txt')
  })

  it('are left by a file that is open while another folder is shown', async () => {
    const march = (await stored()).find(({ original_filename }) => original_filename === 'march.txt')
    await page.goto(`${tested.server.url}/console/files?folder=letters&file=${march?.id}`)
    await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the file' })
    await dialog.getByLabel('Folder').fill('letters')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await shows('march.txt', 'to-ada.txt')
    assert.deepEqual(await placesOf('march.txt'), ['letters/march.txt'])
  })

  it('are renamed with everything below them, and go on after an error', async () => {
    await page.getByRole('row').getByRole('link', { name: 'reports' }).click()
    await page.getByRole('button', { name: 'Rename or move' }).click()
    const dialog = page.getByRole('dialog', { name: 'Move the folder' })
    await dialog.getByLabel('Folder').fill('reports/inside')
    await dialog.getByRole('button', { name: 'Move' }).click()
    await dialog.getByRole('alert').getByText('cannot be moved into itself').waitFor()
    assert.deepEqual(await faultsOf(page), [], 'the dialog')
    await dialog.getByLabel('Folder').fill('archive/old/')
    await dialog.getByRole('button', { name: 'Move' }).click()
    await page.getByText('The folder was moved').waitFor()
    await page.getByRole('navigation', { name: 'Folder' }).getByText('old', { exact: true }).waitFor()
    assert.deepEqual(await placesOf('january.txt', 'march.txt', 'summary.txt'), [
      'archive/old/2025/january.txt',
      'archive/old/2026/march.txt',
      'archive/old/summary.txt',
    ])
    await shows('2025', '2026', 'summary.txt')
  })

  it('are not reported as moved when others have emptied them', async () => {
    await page.getByRole('row').getByRole('link', { name: 'letters' }).click()
    await page.getByRole('button', { name: 'Rename or move' }).click()
    const dialog = page.getByRole('dialog', { name: 'Move the folder' })
    await dialog.getByLabel('Folder').fill('archive')
    const inside = (await stored()).filter(({ path }) => path === 'letters')
    for (const { id } of inside) await tested.waybill.files.delete(id)
    await dialog.getByRole('button', { name: 'Move' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await page.getByText('The folder was moved').count(), 0)
    assert.equal(new URL(page.url()).search, '?folder=letters')
  })

  it('get several files at once, and refuse a name that is no folder', async () => {
    await page.getByRole('link', { name: 'All files' }).click()
    await page.getByLabel('Select march.txt').check()
    await page.getByLabel('Select loose.txt').check()
    await page.getByRole('group', { name: 'Selected files' }).getByRole('button', { name: 'Move' }).click()
    const dialog = page.getByRole('dialog', { name: 'Move 2 files' })
    await dialog.getByLabel('Folder').fill('../b')
    await dialog.getByRole('button', { name: 'Move' }).click()
    await dialog
      .getByRole('alert')
      .getByText(/^path must /)
      .waitFor()
    await dialog.getByLabel('Folder').fill('letters')
    await dialog.getByRole('button', { name: 'Move' }).click()
    await page.getByText('2 files moved').waitFor()
    assert.deepEqual(await placesOf('march.txt', 'loose.txt'), ['letters/loose.txt', 'letters/march.txt'])
    await row('march.txt').getByText('letters').waitFor()
  })
})

const FILES = [
  ['', 'loose.txt'],
  ['letters', 'to-ada.txt'],
  ['reports/2025', 'january.txt'],
  ['reports/2026', 'march.txt'],
  ['reports', 'summary.txt'],
] as const
