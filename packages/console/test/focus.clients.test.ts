import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { createRandomFile, MIB } from '../../server/test/clients/random-file.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

/** Delays React's rendering by some frames, as on a busy machine: React schedules work with `MessageChannel`. */
function drawLate(): void {
  const { postMessage } = MessagePort.prototype
  MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown) {
    setTimeout(() => postMessage.call(this, message), 100)
  }
}

describe('the keyboard in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  before(async () => {
    tested = await openConsole()
    for (const filename of ['third.txt', 'second.txt', 'first.txt'])
      await tested.waybill.files.upload(Buffer.from(filename), { filename, mimeType: 'text/plain' })
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })
  afterEach(() => page.context().close())

  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  /** Accessible name of the element that has the focus. */
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: one } = document
      return one === document.body ? 'nothing' : (one?.getAttribute('aria-label') ?? one?.textContent ?? '')
    })
  const focusComesTo = (wanted: RegExp) =>
    eventually(`the focus comes to ${wanted}`, async () => wanted.test(await focused()))
  const focusComesToPage = () =>
    eventually('the page has the focus', () =>
      page.evaluate(() => document.activeElement === document.querySelector('main')),
    )
  const press = (key: string) => page.keyboard.press(key)

  it('is back at the row when what was opened from it is closed', async () => {
    page = await tested.signedIn()
    await row('second.txt').focus()
    await press('Enter')
    await focusComesTo(/^Close the details$/)
    await press('Escape')
    await focusComesTo(/^second\.txt/)
    await press('Delete')
    await page.getByRole('dialog').waitFor()
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await focusComesTo(/^second\.txt/)
    await press('ArrowDown')
    await focusComesTo(/^third\.txt/)
  })

  it('stays in a question as long as it is asked', async () => {
    page = await tested.signedIn()
    await row('second.txt').focus()
    await press('Delete')
    await page.getByRole('dialog').waitFor()
    const places = new Set<string>()
    for (let step = 0; step < 9; step++) {
      await press(step % 4 === 3 ? 'Shift+Tab' : 'Tab')
      places.add(await focused())
    }
    for (const place of places) assert.match(place, /^(Close|Cancel|Delete 1 file|nothing)$/)
    assert.ok(places.has('Cancel') && places.has('Delete 1 file'))
  })

  it('is on what keeps everything when it is asked whether to delete', async () => {
    page = await tested.signedIn()
    await row('second.txt').focus()
    await press('Delete')
    await focusComesTo(/^Cancel$/)
    await press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await focusComesTo(/^second\.txt/)
  })

  it('stays in a question while its answer is carried out, and then goes back to where it was', async () => {
    const name = 'Slow'
    await tested.waybill.apiKeys.create({ key_name: name, scopes: ['files:read'] })
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('button', { name: `Pause ${name}` }).focus()
    const answer = Promise.withResolvers<void>()
    await page.route('**/pause', async (route) => {
      await answer.promise
      await route.continue()
    })
    await press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).focus()
    await press('Enter')
    await focusComesTo(/^Please wait…$/)
    // After two frames, an element that cannot have the focus has lost it.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    assert.equal(await focused(), 'Please wait…')
    answer.resolve()
    await focusComesTo(/^Unpause Slow$/)
  })

  it('goes on at another row when one is deleted', async () => {
    const filename = 'to delete.txt'
    await tested.waybill.files.upload(Buffer.from('x'), { filename, mimeType: 'text/plain' })
    page = await tested.signedIn()
    await row(filename).focus()
    await press('Delete')
    await page.getByRole('button', { name: 'Delete 1 file' }).focus()
    await press('Enter')
    await page.getByText('1 file deleted').waitFor()
    await focusComesTo(/^first\.txt/)
  })

  it('stays with an upload that is paused and resumed, and with the others when it is cancelled', async () => {
    const files = await Promise.all(
      ['one', 'two'].map((name) => createRandomFile(tested.scratch, name, 6 * MIB)),
    )
    page = await tested.signedIn()
    await page.route('**/upload/storage/**', () => {})
    await chooseFiles(
      page,
      'Upload files',
      files.map(({ path }) => path),
    )
    await page.getByRole('button', { name: 'Pause one.bin' }).focus()
    await press('Enter')
    await focusComesTo(/^Resume one\.bin$/)
    await press('Enter')
    await focusComesTo(/^Pause one\.bin$/)
    await page.getByRole('button', { name: 'Pause all' }).focus()
    await press('Enter')
    await page.getByText('2 paused').waitFor()
    await focusComesTo(/^(?!nothing$)/)
    await page.getByRole('button', { name: 'Cancel one.bin' }).focus()
    await press('Enter')
    await focusComesTo(/^List of uploads$/)
    await page.getByRole('button', { name: 'Cancel two.bin' }).focus()
    await press('Enter')
    await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' })
    await focusComesTo(/^first\.txt/)
  })

  it('comes to the page when what was loaded anew is drawn late, without what had the focus', async () => {
    await tested.waybill.apiKeys.create({ key_name: 'Late', scopes: ['files:read'] })
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('button', { name: 'Delete Late' }).focus()
    await press('Enter')
    await page.evaluate(drawLate)
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).focus()
    await press('Enter')
    await row('Late').waitFor({ state: 'detached' })
    await focusComesToPage()
  })

  it('stays with a key that is paused, and in the page when one is deleted', async () => {
    await tested.waybill.apiKeys.create({ key_name: 'Worker', scopes: ['files:read'] })
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('button', { name: 'Pause Worker' }).focus()
    await press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).focus()
    await press('Enter')
    await focusComesTo(/^Unpause Worker$/)
    await page.getByRole('button', { name: 'Delete Worker' }).focus()
    await press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).focus()
    await press('Enter')
    await row('Worker').waitFor({ state: 'detached' })
    await focusComesToPage()
  })

  it('is back at the row when the browser goes back from the details', async () => {
    page = await tested.signedIn()
    await row('second.txt').focus()
    await press('Enter')
    await focusComesTo(/^Close the details$/)
    await page.goBack()
    await page.getByRole('complementary', { name: 'Details' }).waitFor({ state: 'detached' })
    await focusComesTo(/^second\.txt/)
  })

  it('comes to the field of a new pair, and stays among the pairs when one is removed', async () => {
    page = await tested.signedIn()
    await row('second.txt').focus()
    await press('F2')
    const dialog = page.getByRole('dialog', { name: 'Edit the file' })
    await dialog.getByRole('button', { name: 'Add a pair' }).focus()
    await press('Enter')
    await focusComesTo(/^Key 1$/)
    await dialog.getByRole('button', { name: 'Add a pair' }).focus()
    await press('Enter')
    await focusComesTo(/^Key 2$/)
    await dialog.getByRole('button', { name: 'Remove pair 1' }).focus()
    await press('Enter')
    await focusComesTo(/^Remove pair 1$/)
    await press('Enter')
    await focusComesTo(/^\s*Add a pair$/)
  })

  it('stays in the dialog when a link is deleted from it', async () => {
    const filename = 'shared.txt'
    const file = await tested.waybill.files.upload(Buffer.from('x'), { filename, mimeType: 'text/plain' })
    await tested.waybill.files.links.create(file.id, {})
    page = await tested.signedIn()
    await row(filename).click()
    await page.getByRole('button', { name: 'Share' }).click()
    const dialog = page.getByRole('dialog', { name: `Share ${filename}` })
    await dialog.getByRole('button', { name: /^Delete the link of / }).focus()
    await press('Enter')
    await dialog.getByText('This file has no links.').waitFor()
    await eventually('the dialog has the focus', () =>
      dialog.evaluate((element) => element.contains(document.activeElement)),
    )
  })

  it('comes to the first field of the form after signing out', async () => {
    page = await tested.signedIn()
    await page.getByRole('button', { name: 'Sign out' }).focus()
    await press('Enter')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await eventually('the field has the focus', () =>
      page.getByLabel('Organization').evaluate((element) => element === document.activeElement),
    )
  })
})
