import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { createRandomFile, MIB } from '../../server/test/clients/random-file.ts'
import { freePort } from '../../server/test/free-port.ts'
import { runWaybill } from '../../server/test/start-server.ts'
import { faultsOf } from './axe-faults.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { startProvider, type TestProvider } from './provider/start-provider.ts'
import { tooWide } from './too-wide.ts'

/** Tokens of this length are renewed two seconds after each sign-in. */
const SHORT_SECONDS = 32

/** Answers the provider's questions for a name and for a consent. */
async function answerProvider(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name)
  await page.getByPlaceholder('and password').fill('secret')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

describe('users in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let provider: TestProvider
  const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })
  const addMember = (email: string, role: string, organization = tested.server.organizationId) =>
    runWaybill(
      tested.server.dataDir,
      ['members', 'add', '--organization', organization, '--email', email, '--role', role],
      provider.env,
    )
  const openPage = async (path = '') => {
    const page = await tested.newPage()
    await page.goto(`${tested.server.url}/console/${path}`)
    return page
  }
  const signedIn = async (name: string, path = '') => {
    const page = await openPage(path)
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await answerProvider(page, name)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    return page
  }
  const stored = (page: Page) =>
    page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))

  before(async () => {
    const port = await freePort()
    provider = await startProvider({
      redirectUris: [`http://127.0.0.1:${port}/console/sign-in`],
      idTokenSeconds: SHORT_SECONDS,
    })
    tested = await openConsole({ env: { ...provider.env, PORT: String(port) } })
    await addMember('olga@example.com', 'owner')
    await addMember('vera@example.com', 'viewer')
    await tested.waybill.files.upload(Buffer.from('text'), { filename: 'a.txt', mimeType: 'text/plain' })
  })
  after(async () => {
    await tested.close()
    await provider.stop()
    assert.deepEqual(tested.complaints, [])
  })

  it('sign in with the provider, and come back to the page where they were', async () => {
    const page = await signedIn('olga', 'events?folder=x')
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor()
    assert.equal(page.url(), `${tested.server.url}/console/events?folder=x`)
    await page.getByRole('banner').getByText('olga Example').waitFor()
    assert.doesNotMatch(await stored(page), /eyJ|refresh|code/i)
    await page.context().close()
  })

  it('stay signed in after a reload, without a question and without a stored token', async () => {
    const page = await signedIn('olga', 'storage')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Storage' }).waitFor()
    await page.getByText('olga Example').waitFor()
    await page.context().close()
  })

  it('sign out of the provider too, and come back to the form', async () => {
    const page = await signedIn('olga', 'storage')
    const urls: string[] = []
    page.on('framenavigated', (frame) => urls.push(frame.url()))
    const revocation = page.waitForRequest(`${provider.issuer}/token/revocation`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await revocation
    await page.getByRole('button', { name: 'Yes, sign me out' }).click()
    await page.getByRole('button', { name: /^Continue with/ }).waitFor()
    assert.equal(page.url(), `${tested.server.url}/console/sign-in`)
    assert.ok(urls.some((url) => url.startsWith(`${provider.issuer}/session/end?client_id=waybill&`)))
    assert.doesNotMatch(`${urls} ${await stored(page)}`, /eyJ/)
    await page.reload()
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await page.getByPlaceholder('Enter any login').waitFor()
    await page.context().close()
  })

  it('leave for the provider only when their unfinished uploads are cancelled', async () => {
    const page = await signedIn('olga')
    const cancellation = Promise.withResolvers<Route>()
    await page.route(/\/upload\/storage\//, (route) => {
      if (route.request().method() === 'DELETE') cancellation.resolve(route)
    })
    const sent = page.waitForRequest((request) => request.method() === 'PUT')
    await chooseFiles(page, 'Upload files', (await createRandomFile(tested.scratch, 'large', 8 * MIB)).path)
    await sent
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Cancel uploads and sign out' }).click()
    const held = await cancellation.promise
    await page.getByRole('button', { name: /^Continue with/ }).waitFor()
    await held.continue()
    await page.getByRole('button', { name: 'Yes, sign me out' }).waitFor()
    assert.equal((await tested.waybill.organizations.get()).storage_reserved_bytes, 0)
    await page.context().close()
  })

  it('are signed in again by a refresh token before their token ends', async () => {
    const page = await openPage()
    const renewals: string[] = []
    page.on('request', (request) => {
      if (request.postData()?.includes('grant_type=refresh_token')) renewals.push(request.url())
    })
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await answerProvider(page, 'olga')
    await row(page, 'a.txt').waitFor()
    const renewal = page.waitForRequest((request) => Boolean(request.postData()?.includes('refresh_token')))
    await page.clock.install()
    await page.clock.fastForward(3000)
    await page.getByRole('link', { name: 'Storage' }).click()
    await renewal
    await page.getByText('Used by files').waitFor()
    await page.context().close()
  })

  it('are refused an answer that fits no request of theirs', async () => {
    const page = await openPage('sign-in?code=stolen&state=other')
    await page.getByText('This sign-in was not begun in this tab').waitFor()
    assert.equal(page.url(), `${tested.server.url}/console/`)
    await page.route(
      (url) => url.href.startsWith(`${provider.issuer}/auth?`),
      async (route) => {
        const url = new URL(route.request().url())
        url.searchParams.set('state', 'another-state-than-that-of-the-page')
        await route.fulfill({ status: 302, headers: { location: url.href } })
      },
    )
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await answerProvider(page, 'olga')
    await page.getByText(/state/).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0)
    await page.context().close()
  })

  it('let the page connect to the provider, and to nothing else', async () => {
    const { headers } = await fetch(`${tested.server.url}/console/`)
    const policy = (headers.get('content-security-policy') ?? '').split('; ')
    assert.ok(policy.includes(`connect-src 'self' ${provider.issuer}`))
  })

  it('are told that the provider has refused them', async () => {
    const page = await openPage()
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await page.getByRole('link', { name: /Cancel/ }).click()
    await page.getByText(/^The provider has refused the sign-in/).waitFor()
    await page.context().close()
  })

  it('find a form that everybody can use, in both themes and at every width', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await tested.newPage({
        colorScheme,
        bypassCSP: true,
        viewport: { width: 360, height: 640 },
      })
      await page.goto(`${tested.server.url}/console/`)
      await page.getByRole('button', { name: /^Continue with/ }).waitFor()
      assert.deepEqual(await faultsOf(page), [])
      assert.deepEqual(await tooWide(page), [])
      await page.context().close()
    }
  })

  it('who are in no organization are told so', async () => {
    const page = await openPage()
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await answerProvider(page, 'nobody')
    await page.getByText('nobody@example.com is in no organization').waitFor()
    await page.context().close()
  })

  it('see the pages that their role allows', async () => {
    const page = await signedIn('vera')
    await row(page, 'a.txt').waitFor()
    await page.getByRole('link', { name: 'API keys' }).waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('link', { name: 'Members' }).count(), 0)
    assert.equal(await page.getByRole('link', { name: 'Webhooks' }).count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Upload files' }).count(), 0)
    await row(page, 'a.txt').press('Delete')
    await row(page, 'a.txt').press('Enter')
    await page.getByRole('button', { name: 'Download' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0)
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.goto(`${tested.server.url}/console/members`)
    await page.getByRole('heading', { name: 'Your role does not allow this' }).waitFor()
    await page.context().close()
  })

  it('of several organizations choose one, and find it again', async () => {
    const second = await tested.server.addOrganization('org_second')
    await addMember('max@example.com', 'member')
    await addMember('max@example.com', 'member', second.organizationId)
    const page = await signedIn('max')
    await page.getByLabel('Organization').selectOption({ label: 'Second' })
    await page.getByRole('heading', { name: 'No files yet' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'No files yet' }).waitFor()
    await page.getByLabel('Organization').selectOption({ label: 'Test' })
    await row(page, 'a.txt').waitFor()
    await page.context().close()
  })

  it('are invited, changed and removed by an owner, of whom one stays', async () => {
    const page = await signedIn('olga', 'members')
    await row(page, 'olga').getByText('you').waitFor()
    await page.getByRole('button', { name: 'Invite' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail address').fill('nina@example.com')
    await dialog.getByLabel('viewer').check()
    await dialog.getByLabel('Departments').fill('maps, surveys')
    await dialog.getByRole('button', { name: 'Invite' }).click()
    await row(page, 'nina@example.com').getByText('invited').waitFor()
    await row(page, 'nina@example.com').getByText('surveys').waitFor()
    const other = await signedIn('nina')
    await row(other, 'a.txt').waitFor()
    await row(page, 'nina').getByText('active').waitFor()
    await page.getByRole('button', { name: 'Edit nina Example' }).click()
    await dialog.getByLabel('admin').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row(page, 'nina').getByText('admin', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Remove olga Example' }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByText('This is the only owner').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove nina Example' }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await row(page, 'nina').waitFor({ state: 'detached' })
    await other.reload()
    await other.getByText('nina@example.com is in no organization').waitFor()
    await other.context().close()
    await page.context().close()
  })

  it('are not offered a sign-in where there is no provider, and a key still works beside one', async () => {
    const page = await tested.signedIn()
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByRole('button', { name: 'Edit olga Example' }).click()
    await page.getByRole('dialog').getByLabel('owner').waitFor()
    await page.context().close()
  })
})

describe(
  'users of a provider with an endpoint for tokens on another origin, and no page to sign out',
  IN_BROWSER,
  () => {
    it('sign in, and out of the console alone', async (t) => {
      const port = await freePort()
      const provider = await startProvider({
        redirectUris: [`http://127.0.0.1:${port}/console/sign-in`],
        endsSessions: false,
        hasTokenOrigin: true,
      })
      const tested = await openConsole({ env: { ...provider.env, PORT: String(port) } })
      t.after(async () => {
        await tested.close()
        await provider.stop()
      })
      const { dataDir, organizationId, url } = tested.server
      const owner = ['--organization', organizationId, '--email', 'olga@example.com', '--role', 'owner']
      await runWaybill(dataDir, ['members', 'add', ...owner], provider.env)
      const page = await tested.newPage()
      const tokenRequest = page.waitForRequest(/\/token$/)
      await page.goto(`${url}/console/`)
      await page.getByRole('button', { name: /^Continue with/ }).click()
      await answerProvider(page, 'olga')
      await page.getByRole('button', { name: 'Sign out' }).click()
      assert.notEqual(new URL((await tokenRequest).url()).origin, provider.issuer)
      await page.getByRole('button', { name: /^Continue with/ }).click()
      // The provider asks for the consent that the revocation ended, and not for the name.
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      assert.deepEqual(tested.complaints, [])
    })
  },
)
