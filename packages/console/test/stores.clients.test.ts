import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { faultsOf } from './axe-faults.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { samplePdf } from './sample-document.ts'
import { signIn } from './sign-in.ts'

const POLL_MS = 50
const PDF_PAGES = 30
/** Lines of a text in which one is to be found. */
const LINES = Array.from({ length: 900 }, (_, line) => `Line ${line} tells of the weather at the weir.`)
const LOG = LINES.toSpliced(700, 0, 'On this day an osprey built her nest on the crane.').join('\n')

describe('vector stores in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const dialog = () => page.getByRole('dialog')
  const upload = (filename: string, content: string | Buffer, mimeType = 'text/plain') =>
    tested.waybill.files.upload(Buffer.from(content), { filename, mimeType })
  const createStore = (name: string) => tested.waybill.vectorStores.create({ name })
  const index = async (storeId: string, fileId: string) =>
    tested.waybill.vectorStores.files.addAndWait(storeId, fileId, { pollMs: POLL_MS })
  const show = (storeId: string) => page.goto(`${tested.server.url}/console/stores?store=${storeId}`)
  const search = async (query: string) => {
    await page.getByLabel('Search in this store').fill(query)
    await page.getByLabel('Search in this store').press('Enter')
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
    page = await tested.signedIn({ bypassCSP: true })
  })

  it('are created, filled, searched, and open the document at the place', async () => {
    await upload('weather.txt', LOG)
    await page.getByRole('link', { name: 'Vector stores' }).click()
    await page.getByRole('heading', { name: 'No vector stores yet' }).waitFor()
    assert.deepEqual(await faultsOf(page), [], 'no stores')
    await page.getByRole('button', { name: 'Create store' }).click()
    await dialog().getByLabel('Name').fill('Diaries')
    assert.deepEqual(await faultsOf(page), [], 'the form of a store')
    await dialog().getByRole('button', { name: 'Create store' }).click()
    await page.getByRole('heading', { name: 'Diaries' }).waitFor()

    await page.getByRole('button', { name: 'Add files' }).click()
    await dialog().getByLabel('weather.txt').check()
    assert.deepEqual(await faultsOf(page), [], 'the choice of files')
    await dialog().getByRole('button', { name: 'Add 1 file' }).click()
    await row('weather.txt')
      .getByText(/^Completed · \d+ passages$/)
      .waitFor()

    await search('where did the ospreys build?')
    const passages = page.getByRole('list', { name: 'Passages' })
    const best = passages.getByRole('listitem').first()
    await best.getByText(/^Score [01]\.\d\d$/).waitFor()
    assert.deepEqual(await best.locator('mark').allTextContents(), ['osprey', 'built'])
    assert.deepEqual(await faultsOf(page), [], 'a store with results')
    await best.getByRole('button', { name: 'weather.txt' }).click()
    const text = dialog().getByRole('group', { name: 'Text' })
    await text.locator('mark', { hasText: 'an osprey built her nest' }).waitFor()
    await eventually('the text is scrolled to the passage', () =>
      text.evaluate(({ scrollTop }) => scrollTop > 0),
    )
    assert.deepEqual(await faultsOf(page), [], 'a passage in its text')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  it('open a PDF at the page of the passage', async () => {
    const { id } = await createStore('Delivery notes')
    const file = await upload('notes.pdf', samplePdf(PDF_PAGES), 'application/pdf')
    await tested.waybill.vectorStores.files.addAndWait(id, file.id, {
      attributes: { year: 2026 },
      chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } },
      pollMs: POLL_MS,
    })
    await show(id)
    await row('notes.pdf').getByText('year: 2026').waitFor()
    await search(`page ${PDF_PAGES}`)
    const passage = page.getByRole('list', { name: 'Passages' }).getByRole('button').first()
    const number = /^notes\.pdf, page (\d+)$/.exec((await passage.textContent()) ?? '')?.[1]
    assert.ok(Number(number) > 1, 'the passage is not on the first page')
    await passage.click()
    await dialog()
      .getByRole('img', { name: `Page ${number} of notes.pdf` })
      .waitFor()
    await dialog().getByText(`Page ${number} of ${PDF_PAGES}`).waitFor()
    assert.deepEqual(await faultsOf(page), [], 'a passage in its PDF')
  })

  it('take uploads, say why a file failed, and index it again', async () => {
    const { id } = await createStore('Uploads')
    const good = join(tested.scratch, 'good.txt')
    const broken = join(tested.scratch, 'broken.pdf')
    await writeFile(good, 'The heron stands.')
    await writeFile(broken, '%PDF-1.7\nbroken')
    await show(id)
    await chooseFiles(page, 'Upload files', [good, broken])
    await row('good.txt').getByText('Completed · 1 passage').waitFor()
    await row('broken.pdf').getByText('Failed', { exact: true }).waitFor()
    const failed = await tested.waybill.vectorStores.files.list(id, { status: 'failed' }).pages()
    for await (const { files } of failed) {
      await row('broken.pdf')
        .getByText(files[0]?.error_message ?? '', { exact: true })
        .waitFor()
    }
    await page.getByRole('button', { name: 'Completed', exact: true }).click()
    await row('broken.pdf').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Failed', exact: true }).click()
    await row('good.txt').waitFor({ state: 'detached' })
    const retried = page.waitForRequest((request) => request.url().endsWith('/retry'))
    await page.getByRole('button', { name: 'Index broken.pdf again' }).click()
    await retried
    await row('broken.pdf').getByText('Failed', { exact: true }).waitFor()
  })

  it('lose a file that is removed, and keep the File', async () => {
    const { id } = await createStore('Removal')
    const file = await upload('removed.txt', 'A kingfisher dives.')
    await index(id, file.id)
    await show(id)
    await page.getByRole('button', { name: 'Remove removed.txt' }).click()
    await dialog().getByRole('button', { name: 'Remove the file' }).click()
    await page.getByRole('heading', { name: 'No files in this store' }).waitFor()
    assert.equal((await tested.waybill.files.get(file.id)).id, file.id)
  })

  it('are listed with their sizes, found by name, and deleted', async () => {
    const { id } = await createStore('Short-lived')
    await index(id, (await upload('short.txt', 'Short.')).id)
    await page.getByRole('link', { name: 'Vector stores' }).click()
    await page.getByLabel('Search by name or description').fill('short-')
    await row('Removal').waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Usage' }).getByText('Size of the index').waitFor()
    assert.deepEqual(await faultsOf(page), [], 'the list of stores')
    await page.getByRole('link', { name: 'Short-lived' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog().getByRole('button', { name: 'Delete the store' }).click()
    await page.getByRole('heading', { name: 'Vector stores' }).waitFor()
    await assert.rejects(tested.waybill.vectorStores.get(id))
    await show(id)
    await page.getByRole('heading', { name: 'This vector store does not exist' }).waitFor()
  })

  it('show the progress and the speed of the indexing', async () => {
    const { id } = await createStore('Progress')
    await index(id, (await upload('first.txt', 'First.')).id)
    // The service is too fast to be watched: the page is told of 40 files, of which 3 more end with each look.
    let completed = 4
    await page.route(`**/vector-stores/${id}`, async (route) => {
      const response = await route.fetch()
      const answer = await response.json()
      completed = Math.min(completed + 3, 40)
      const file_counts = { ...answer.data.file_counts, completed, in_progress: 40 - completed, total: 40 }
      await route.fulfill({ response, json: { ...answer, data: { ...answer.data, file_counts } } })
    })
    await show(id)
    const indexing = page.getByRole('region', { name: 'Indexing' })
    await indexing.getByText(/^\d+ of 40 files processed$/).waitFor()
    await indexing.getByText(/^\d+ remaining · \d+ files per minute · about .+ left$/).waitFor()
    assert.deepEqual(await faultsOf(page), [], 'a store that is being indexed')
    await indexing.waitFor({ state: 'detached' })
    await page.getByText('All files of this store are processed').waitFor()
  })

  it('are refused to a key that may not read them', async () => {
    const { key } = await tested.waybill.apiKeys.create({ key_name: 'Small', scopes: ['files:read'] })
    const { id } = await createStore('Hidden')
    await page.context().close()
    page = await tested.newPage()
    await signIn(page, tested.server.url, { ...tested.server, apiKey: key })
    for (const path of ['stores', `stores?store=${id}`]) {
      await page.goto(`${tested.server.url}/console/${path}`)
      await page.getByRole('heading', { name: 'This key cannot read vector stores' }).waitFor()
    }
  })
})
