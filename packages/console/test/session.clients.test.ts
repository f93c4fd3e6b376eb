import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { runWaybill } from '../../server/test/start-server.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { signIn } from './sign-in.ts'

describe('who is signed in to the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  before(async () => {
    tested = await openConsole()
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })
  /** Everything that the browser keeps, but for what ends with the tab. */
  const kept = (page: Page) =>
    page.evaluate(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name)
      return JSON.stringify([{ ...localStorage }, document.cookie, names, await caches.keys()])
    })
  const keptByTab = (page: Page) => page.evaluate(() => JSON.stringify({ ...sessionStorage }))

  it('is asked for a key, and told what is wrong with it', async () => {
    const page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/`)
    await page.getByLabel('Organization').fill(tested.server.organizationId)
    await page.getByLabel('API key').fill('oak_live_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    assert.ok(!(await keptByTab(page)).includes('oak_live'))
    await page.context().close()
  })

  it('is told a command that makes a key, as it stands', async () => {
    const page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/`)
    const command = await page.getByText(/^npx waybill keys create/).textContent()
    const { dataDir } = tested.server
    await runWaybill(dataDir, ['organizations', 'create', '--id', 'org_default', '--name', 'Default'])
    const { stdout } = await promisify(execFile)('bash', ['-c', String(command)], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      env: { ...process.env, DATA_DIR: dataDir },
    })
    await page.getByLabel('Organization').fill('org_default')
    await page.getByLabel('API key').fill(String(/oak_live_\w+/.exec(stdout)))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: /Files/ }).waitFor()
    await page.context().close()
  })

  it('has a key that is in no URL, and in nothing that outlives the tab', async () => {
    await tested.waybill.files.upload(Buffer.from('text'), { filename: 'a.txt', mimeType: 'text/plain' })
    const page = await tested.newPage()
    const urls: string[] = []
    page.on('request', (request) => urls.push(request.url()))
    page.on('framenavigated', (frame) => urls.push(frame.url()))
    await signIn(page, tested.server.url, tested.server)
    await page.getByRole('row').filter({ hasText: 'a.txt' }).click()
    await page.getByRole('region', { name: 'Preview' }).getByText('text').waitFor()
    for (const link of ['Storage', 'API keys', 'Files']) await page.getByRole('link', { name: link }).click()
    const { apiKey } = tested.server
    assert.ok(urls.length > 8)
    assert.deepEqual(
      urls.filter((url) => url.includes(apiKey)),
      [],
    )
    assert.ok(!(await kept(page)).includes(apiKey))
    assert.ok((await keptByTab(page)).includes(apiKey))
    assert.ok(
      urls.every((url) => new URL(url).origin === tested.server.url),
      'only the service is spoken with',
    )
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'a.txt' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.ok(!(await keptByTab(page)).includes(apiKey))
    await page.context().close()
  })

  it('has it in memory alone where the browser is not to remember it', async () => {
    const page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/`)
    await page.getByLabel('Remember').uncheck()
    await signInHere(page)
    assert.ok(!(await keptByTab(page)).includes(tested.server.apiKey))
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })

  it('sees only what the key may do, also when the service did not tell its scopes at first', async () => {
    const { key } = await tested.waybill.apiKeys.create({ key_name: 'Reader', scopes: ['files:read'] })
    const page = await tested.newPage()
    await page.route('**/v1/me', (route) => route.fulfill({ status: 404, body: '{}' }))
    await signIn(page, tested.server.url, { ...tested.server, apiKey: key })
    await page.getByRole('button', { name: 'Upload files' }).first().waitFor()
    await page.unroute('**/v1/me')
    // What happens in the organization makes the page ask again.
    await tested.waybill.files.upload(Buffer.from('x'), { filename: 'event.txt', mimeType: 'text/plain' })
    await page.getByRole('button', { name: 'Upload files' }).first().waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('is sent back to the form when the key is refused', async () => {
    const { id, key } = await tested.waybill.apiKeys.create({ key_name: 'Short', scopes: ['files:read'] })
    const page = await tested.newPage()
    await signIn(page, tested.server.url, { ...tested.server, apiKey: key })
    await tested.waybill.apiKeys.delete(id)
    await page.getByRole('link', { name: 'Storage' }).click()
    await page.getByText('does not accept this key any more').waitFor()
    assert.ok(!(await keptByTab(page)).includes(key))
    await page.context().close()
  })

  async function signInHere(page: Page): Promise<void> {
    await page.getByLabel('Organization').fill(tested.server.organizationId)
    await page.getByLabel('API key').fill(tested.server.apiKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: /Files/ }).waitFor()
  }
})
