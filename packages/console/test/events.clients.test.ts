import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { signIn } from './sign-in.ts'

describe('the events in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const upload = (filename: string) =>
    tested.waybill.files.upload(Buffer.from('text'), { filename, mimeType: 'text/plain' })
  before(async () => {
    tested = await openConsole()
    for (let number = 100; number < 160; number++) await upload(`file-${number}.txt`)
  })
  beforeEach(async () => {
    await page?.context().close()
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'Events' }).click()
    await row('file-159.txt').waitFor()
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })

  it('are shown as they happen, the newest first', async () => {
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
    const { id } = await upload('now.txt')
    await row('now.txt').waitFor()
    await tested.waybill.files.trash(id)
    await row('file.trashed').waitFor()
    const rows = page.getByRole('row').filter({ hasText: 'now.txt' })
    assert.match((await rows.first().textContent()) ?? '', /^file\.trashed/)
    assert.match((await rows.last().textContent()) ?? '', /^file\.created/)
    await row('file.trashed').getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'Trash' }).waitFor()
  })

  it('go back to the oldest one', async () => {
    assert.equal(await row('file-100.txt').count(), 0)
    await page.getByRole('button', { name: 'Show older events' }).click()
    await row('file-100.txt').waitFor()
    await row('First key').waitFor()
    await page.getByRole('button', { name: 'Show older events' }).waitFor({ state: 'detached' })
  })

  it('are filtered by type, also those that happen later', async () => {
    await page.getByLabel('Types').selectOption('file.trashed')
    await row('file-159.txt').waitFor({ state: 'detached' })
    const { id } = await upload('filtered.txt')
    await tested.waybill.files.trash(id)
    await row('filtered.txt').waitFor()
    assert.equal(await row('file.created').count(), 0)
    await page.getByLabel('Types').selectOption({ label: 'Vector stores: all' })
    await page.getByRole('heading', { name: 'No such events' }).waitFor()
  })

  it('are shown as JSON, which is copied', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Show the JSON of file.created, file-158.txt' }).press('Enter')
    await page.getByRole('button', { name: 'Copy the JSON' }).click()
    await page.getByText('Copied').waitFor()
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
    assert.equal(copied.data.original_filename, 'file-158.txt')
    assert.deepEqual(Object.keys(copied), ['id', 'type', 'created_at', 'organization_id', 'data'])
    await page.keyboard.press('Escape')
    await row('file-158.txt').getByRole('link').click()
    await page.getByRole('complementary', { name: 'Details' }).getByText('file-158.txt').first().waitFor()
  })

  it('can be asked for again after an error', async () => {
    await page.route('**/events?**', (route) => route.fulfill({ status: 400, body: '{}' }))
    await page.reload()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await page.unroute('**/events?**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await row('file-159.txt').waitFor()
  })

  it('offer a reload where their page cannot be loaded', async () => {
    await page.route('**/assets/events-page*.js', (route) => route.abort())
    await page.reload()
    await page.getByRole('heading', { name: 'This page cannot be loaded' }).waitFor()
    await page.unroute('**/assets/events-page*.js')
    await page.getByRole('button', { name: 'Load the console again' }).click()
    await row('file-159.txt').waitFor()
  })

  it('leave out what the key may not read', async () => {
    const { apiKeys } = tested.waybill
    const { key } = await apiKeys.create({ key_name: 'Reader of files', scopes: ['files:read'] })
    const reader = await tested.newPage()
    const { url, organizationId } = tested.server
    await signIn(reader, url, { organizationId, apiKey: key })
    await reader.getByRole('link', { name: 'Events' }).click()
    await reader.getByRole('row').filter({ hasText: 'file.created' }).first().waitFor()
    assert.equal(await reader.getByText('Reader of files').count(), 0)
    await row('Reader of files').waitFor()
    await reader.context().close()
    const { key: small } = await apiKeys.create({ key_name: 'Writer', scopes: ['files:write'] })
    const writer = await tested.newPage()
    await writer.goto(`${url}/console/events`)
    await writer.getByLabel('Organization').fill(organizationId)
    await writer.getByLabel('API key').fill(small)
    await writer.getByRole('button', { name: 'Sign in' }).click()
    await writer.getByRole('heading', { name: 'This key cannot read events' }).waitFor()
    await writer.context().close()
  })
})
