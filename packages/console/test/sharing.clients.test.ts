import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

describe('links and the trash in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  before(async () => {
    tested = await openConsole()
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })
  afterEach(() => page.context().close())

  const upload = (filename: string) =>
    tested.waybill.files.upload(Buffer.from(`in ${filename}`), { filename, mimeType: 'text/plain' })
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const listed = async (state?: 'trashed') => {
    const names: string[] = []
    for await (const file of tested.waybill.files.list(state && { state })) names.push(file.original_filename)
    return names
  }

  it('give a file to everybody, as often as was said, until they are deleted', async () => {
    const { id } = await upload('for all.txt')
    page = await tested.signedIn()
    await row('for all.txt').click()
    await page.getByRole('button', { name: 'Share' }).click()
    const dialog = page.getByRole('dialog', { name: 'Share for all.txt' })
    await dialog.getByText('This file has no links.').waitFor()
    await dialog.getByLabel('Expires after').selectOption('1 day')
    await dialog.getByLabel('Downloads').fill('2')
    await dialog.getByRole('button', { name: 'Create link' }).click()
    const url = await dialog.getByLabel('Link', { exact: true }).inputValue()
    assert.equal(await (await fetch(url)).text(), 'in for all.txt')
    const [link] = await tested.waybill.files.links.list(id)
    assert.equal(link?.max_downloads, 2)
    assert.equal(Date.parse(link?.expires_at ?? '') - Date.parse(link?.created_at ?? ''), 24 * 3600 * 1000)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Share' }).click()
    await dialog.getByText('1 of 2 downloaded').waitFor()
    assert.equal(await dialog.getByLabel('Link', { exact: true }).count(), 0, 'it is not shown again')
    await dialog.getByRole('button', { name: /^Delete the link of / }).click()
    await dialog.getByText('This file has no links.').waitFor()
    assert.notEqual((await fetch(url)).status, 200)
  })

  it('have deleted files, which come back or go for good', async () => {
    for (const name of ['back.txt', 'gone.txt']) await tested.waybill.files.trash((await upload(name)).id)
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByRole('button', { name: 'Restore back.txt' }).click()
    await page.getByText('back.txt is restored').waitFor()
    await row('back.txt').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Delete gone.txt permanently' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete permanently' }).click()
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor()
    await eventually('the trash is empty', async () => (await listed('trashed')).length === 0)
    await page.getByRole('link', { name: 'Files' }).first().click()
    await row('back.txt').waitFor()
    assert.ok(!(await listed()).includes('gone.txt'))
  })
})
