import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type ApiKey, Waybill } from '@waybill/sdk'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

const DAY_MS = 24 * 3600 * 1000
const SOON_MS = 2000

describe('API keys in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const keys = async (): Promise<Map<string, ApiKey>> => {
    const found = new Map<string, ApiKey>()
    for await (const key of tested.waybill.apiKeys.list()) found.set(key.key_name, key)
    return found
  }
  const canList = async (apiKey: string) => {
    const { organizationId, url: baseUrl } = tested.server
    const waybill = new Waybill({ baseUrl, organizationId, apiKey, sessions: null })
    return waybill.organizations.get().then(
      () => true,
      () => false,
    )
  }
  /** The secret that is shown, and closes what shows it. */
  const takeSecret = async () => {
    const dialog = page.getByRole('dialog', { name: /^The secret of/ })
    const secret = (await dialog.locator('code').textContent()) ?? ''
    await page.keyboard.press('Escape')
    assert.ok(await dialog.isVisible(), 'it is not closed by accident')
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await dialog.waitFor({ state: 'detached' })
    return secret
  }
  const confirm = async (action: string) => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: action, exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
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
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'API keys' }).click()
    await row('First key').waitFor()
  })

  it('are created with the scopes that are chosen, and shown once', async () => {
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create a key' })
    await dialog.getByLabel('Name').fill('Reader')
    await dialog.getByLabel('files:write').uncheck()
    await dialog.getByLabel('Expires').fill('2099-12-31')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    const secret = await takeSecret()
    assert.ok(await canList(secret))
    await row('Reader').getByText('files:read').waitFor()
    const key = (await keys()).get('Reader')
    assert.deepEqual(key?.scopes, ['files:read'])
    assert.equal(key?.expires_at, '2099-12-31T23:59:59.000Z')
    assert.ok(!(await page.content()).includes(secret))
  })

  it('are changed, paused and unpaused, rotated and deleted', async () => {
    const { key: secret } = await tested.waybill.apiKeys.create({
      key_name: 'Worker',
      scopes: ['files:read'],
    })
    await page.reload()
    await page.getByRole('button', { name: 'Edit Worker' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Night worker')
    await page.getByRole('dialog').getByLabel('files:write').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await row('Night worker').getByText('files:write').waitFor()

    await page.getByRole('button', { name: 'Pause Night worker' }).click()
    await confirm('Pause')
    await row('Night worker').getByText('paused').waitFor()
    assert.equal(await canList(secret), false)
    await page.getByRole('button', { name: 'Unpause Night worker' }).click()
    await confirm('Unpause')
    await row('Night worker').getByText('active').waitFor()
    assert.equal(await canList(secret), true)

    await page.getByRole('button', { name: 'Rotate Night worker' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click()
    const next = await takeSecret()
    assert.deepEqual([await canList(secret), await canList(next)], [false, true])

    await page.getByRole('button', { name: 'Delete Night worker' }).click()
    await confirm('Delete')
    await row('Night worker').waitFor({ state: 'detached' })
    assert.equal(await canList(next), false)
  })

  it('are renamed and get another date after they have expired', async () => {
    const expires_at = new Date(Date.now() + SOON_MS).toISOString()
    const { key } = await tested.waybill.apiKeys.create({
      ...{ key_name: 'Old', scopes: ['files:read'], expires_at },
    })
    await eventually('it has expired', async () => !(await canList(key)))
    await page.clock.setFixedTime(Date.now() + 2 * DAY_MS)
    await page.reload()
    await page.getByRole('button', { name: 'Edit Old' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit Old' })
    await dialog.getByLabel('Name').fill('Older')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row('Older').waitFor()
    await page.getByRole('button', { name: 'Edit Older' }).click()
    await page.getByRole('dialog').getByLabel('Expires').fill('2099-12-31')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await eventually('it is accepted again', () => canList(key))
  })

  it('keep the last one that manages them, and say why', async () => {
    const own = (await keys()).get('First key')
    await page.getByRole('button', { name: 'Delete First key' }).click()
    await page.getByText('will be signed out', { exact: false }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('alert').waitFor()
    assert.ok(own && (await keys()).has('First key'))
  })

  it("go on with the new secret where it is the page's own that is rotated", async () => {
    const { key } = await tested.waybill.apiKeys.create({ key_name: 'Mine', scopes: ['admin'] })
    await page.context().close()
    page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/keys`)
    await page.getByLabel('Organization').fill(tested.server.organizationId)
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('button', { name: 'Rotate Mine' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click()
    const next = await takeSecret()
    assert.notEqual(next, key)
    await page.reload()
    await row('Mine').getByText('yours').waitFor()
  })

  it('are refused to a key that may not manage them', async () => {
    const { key } = await tested.waybill.apiKeys.create({ key_name: 'Small', scopes: ['files:read'] })
    await page.context().close()
    page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/keys`)
    await page.getByLabel('Organization').fill(tested.server.organizationId)
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('heading', { name: 'This key cannot manage keys' }).waitFor()
  })
})
