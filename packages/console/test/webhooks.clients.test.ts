import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

interface Received {
  readonly headers: Record<string, string>
  readonly body: string
}

describe('webhooks in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let page: Page
  let receiver: Server
  let url = ''
  let status = 200
  const received: Received[] = []
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  const dialog = () => page.getByRole('dialog')
  const verify = (secret: string) => {
    const last = received.at(-1)
    assert.ok(last)
    return new Webhook(secret).verify(last.body, last.headers) as { type: string }
  }
  const takeSecret = async () => {
    const shown = page.getByRole('dialog', { name: /^The secret of/ })
    const secret = (await shown.locator('code').textContent()) ?? ''
    await shown.getByRole('button', { name: 'I have copied it' }).click()
    await shown.waitFor({ state: 'detached' })
    return secret
  }
  const confirm = async (action: string) => {
    await dialog().getByRole('button', { name: action, exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
  }
  const ping = async () => {
    await page.getByRole('button', { name: `Test ${url}` }).click()
    await dialog().getByRole('button', { name: 'Send a ping' }).click()
  }
  before(async () => {
    receiver = createServer(async (request, response) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      received.push({ headers, body: await text(request) })
      response.writeHead(status).end(`the receiver says ${status}`)
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`
    tested = await openConsole({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  })
  beforeEach(async () => {
    await page?.context().close()
    status = 200
    for (const { id } of await tested.waybill.webhooks.list()) await tested.waybill.webhooks.delete(id)
    page = await tested.signedIn()
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor()
  })
  after(async () => {
    await tested.close()
    receiver.close()
    receiver.closeAllConnections()
    assert.deepEqual(tested.complaints, [])
  })

  it('are added with the types that are chosen, shown once, and tested', async () => {
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await dialog().getByLabel('URL').fill(url)
    await dialog().getByLabel('Description').fill('Our archive')
    await dialog().getByLabel('All types').uncheck()
    await dialog().getByLabel('file.created').check()
    await dialog().getByRole('button', { name: 'Add webhook' }).click()
    const secret = await takeSecret()
    await row(url).getByText('Our archive').waitFor()
    await row(url).getByText('file.created').waitFor()
    assert.ok(!(await page.content()).includes(secret))
    await ping()
    await dialog().getByText('Answer 200').waitFor()
    await dialog().getByText('the receiver says 200').waitFor()
    assert.equal(verify(secret).type, 'ping')
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByRole('button', { name: `Rotate the secret of ${url}` }).click()
    await dialog().getByRole('button', { name: 'Rotate' }).click()
    const next = await takeSecret()
    assert.notEqual(next, secret)
    await ping()
    await dialog().getByText('Answer 200').waitFor()
    assert.equal(verify(next).type, 'ping')
    assert.equal(verify(secret).type, 'ping')
  })

  it('are changed, paused, activated and deleted', async () => {
    await tested.waybill.webhooks.create({ url })
    await page.reload()
    await page.getByRole('button', { name: `Edit ${url}` }).click()
    await dialog().getByLabel('URL').fill(`${url}/other`)
    await dialog().getByRole('button', { name: 'Save' }).click()
    await row('/other').waitFor()
    await page.getByRole('button', { name: `Pause ${url}/other` }).click()
    await confirm('Pause')
    await row('/other').getByText('paused').waitFor()
    await page.getByRole('button', { name: `Activate ${url}/other` }).press('Enter')
    await confirm('Activate')
    await row('/other').getByText('active').waitFor()
    await page.getByRole('button', { name: `Delete ${url}/other` }).click()
    await confirm('Delete')
    await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor()
    assert.deepEqual(await tested.waybill.webhooks.list(), [])
  })

  it('have a log of what was sent and what came back, from which an event is sent again', async () => {
    await tested.waybill.webhooks.create({ url, types: ['file.created'] })
    await page.reload()
    await page.getByRole('link', { name: url }).click()
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor()
    status = 500
    await tested.waybill.files.upload(Buffer.from('text'), { filename: 'sent.txt', mimeType: 'text/plain' })
    await row('file.created').getByText('Answer 500').waitFor()
    await row('file.created').getByText('waiting').waitFor()
    await page.getByText(/^No success since/).waitFor()
    status = 200
    await page.getByRole('button', { name: /^Send file\.created of .* again$/ }).click()
    await row('file.created').getByText('delivered').waitFor()
    await page.getByRole('button', { name: /^Show the attempts of file\.created/ }).click()
    await dialog().getByText('the receiver says 500').waitFor()
    await dialog().getByText('the receiver says 200').waitFor()
  })

  it('say why they were deactivated', async () => {
    await tested.waybill.webhooks.create({ url })
    await page.reload()
    await page.getByRole('link', { name: url }).click()
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor()
    status = 410
    await tested.waybill.files.upload(Buffer.from('text'), { filename: 'gone.txt', mimeType: 'text/plain' })
    await page.getByText('It answered 410').waitFor()
    await page.getByRole('link', { name: 'Webhooks' }).first().click()
    await row(url).getByText('deactivated').waitFor()
  })

  it('are refused where they may not lead, and to a key that may not manage them', async () => {
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await dialog().getByLabel('URL').fill('ftp://receiver.example/in')
    await dialog().getByRole('button', { name: 'Add webhook' }).click()
    await dialog().getByRole('alert').getByText(/^url /).waitFor()
    const { key } = await tested.waybill.apiKeys.create({ key_name: 'Small', scopes: ['files:read'] })
    const other = await tested.newPage()
    await other.goto(`${tested.server.url}/console/webhooks`)
    await other.getByLabel('Organization').fill(tested.server.organizationId)
    await other.getByLabel('API key').fill(key)
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('heading', { name: 'This key cannot manage keys, webhooks or members' }).waitFor()
    await other.context().close()
  })
})
