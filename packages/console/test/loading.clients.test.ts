import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { createRandomFile, MIB } from '../../server/test/clients/random-file.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { samplePdf } from './sample-document.ts'

/** Message of an error that a test plants. */
const PLANTED = 'The planted error'

describe('a script of the console that cannot be loaded', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  before(async () => {
    tested = await openConsole()
    await tested.waybill.files.upload(samplePdf(1), { filename: 'note.pdf', mimeType: 'application/pdf' })
  })
  after(async () => {
    await tested.close()
    const unplanted = tested.complaints.filter((complaint) => !complaint.includes(PLANTED))
    assert.deepEqual(unplanted, [])
  })
  afterEach(() => page.context().close())

  const dock = () => page.getByRole('region', { name: 'Uploads' })
  /** Opens the console with an upload that does not end. */
  const openUploading = async () => {
    const file = await createRandomFile(tested.scratch, 'running', 6 * MIB)
    page = await tested.signedIn()
    await page.route('**/upload/storage/**', () => {})
    await chooseFiles(page, 'Upload files', file.path)
    await dock().getByText('Uploading 1 file').waitFor()
  }
  const failures: readonly [string, (route: Route) => Promise<void>][] = [
    ['the service is away', (route) => route.abort('connectionrefused')],
    ['the service was upgraded', (route) => route.fulfill({ status: 404, body: 'Not found' })],
  ]

  for (const [cause, fail] of failures) {
    it(`leaves the uploads and the rest of the details, and is loaded on request, when ${cause}`, async () => {
      await openUploading()
      await page.route('**/assets/pdf-preview-*', fail)
      await page.getByRole('row').filter({ hasText: 'note.pdf' }).click()
      const preview = page.getByRole('region', { name: 'Preview' })
      await preview.getByText('The preview of PDF files cannot be loaded.').waitFor()
      await dock().getByText('Uploading 1 file').waitFor()
      await page.getByRole('complementary', { name: 'Details' }).getByText('File id').waitFor()
      await page.unroute('**/assets/pdf-preview-*')
      await preview.getByRole('button', { name: 'Try again' }).click()
      await preview.getByRole('img', { name: 'Page 1 of note.pdf' }).waitFor()
      await dock().getByText('Uploading 1 file').waitFor()
    })

    it(`leaves the uploads, and its page comes on request, when ${cause}`, async () => {
      await openUploading()
      await page.route('**/assets/webhooks-page-*', fail)
      await page.getByRole('link', { name: 'Webhooks' }).click()
      await page.getByRole('heading', { name: 'This page cannot be loaded' }).waitFor()
      await page.getByRole('button', { name: 'Load the console again' }).waitFor()
      await page.getByRole('button', { name: 'Try again' }).focus()
      const again = page.waitForRequest('**/assets/webhooks-page-*')
      await page.keyboard.press('Enter')
      await again
      await page.getByRole('heading', { name: 'This page cannot be loaded' }).waitFor()
      await eventually('the button has the focus', () =>
        page
          .getByRole('button', { name: 'Try again', disabled: false })
          .evaluate((button) => button === document.activeElement),
      )
      await page.unroute('**/assets/webhooks-page-*')
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor()
      await dock().getByText('Uploading 1 file').waitFor()
    })
  }

  it('leaves the uploads and the navigation when it throws instead', async () => {
    await openUploading()
    const throwing = `() => { throw new Error('${PLANTED}') }`
    const fulfilled = (name: string) => ({
      contentType: 'text/javascript',
      body: `export const ${name} = ${throwing}`,
    })
    await page.route('**/assets/pdf-preview-*', (route) => route.fulfill(fulfilled('PdfPreview')))
    await page.route('**/assets/webhooks-page-*', (route) => route.fulfill(fulfilled('WebhooksPage')))
    await page.getByRole('row').filter({ hasText: 'note.pdf' }).click()
    await page.getByText('The preview cannot be shown.').waitFor()
    await page.getByRole('complementary', { name: 'Details' }).getByText('File id').waitFor()
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByText('This page cannot be shown.').waitFor()
    await dock().getByText('Uploading 1 file').waitFor()
    await page.getByRole('link', { name: 'Storage' }).click()
    await page.getByRole('heading', { level: 1, name: 'Storage' }).waitFor()
  })
})
