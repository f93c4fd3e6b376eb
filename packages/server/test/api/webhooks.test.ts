import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { Webhook as Verifier } from 'standardwebhooks'
import { eventually } from '../clients/eventually.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, textFile } from './client.ts'
import { assertError, assertFieldError } from './envelope.ts'
import { json } from './exchange.ts'

interface WebhookObject {
  readonly id: string
  readonly url: string
  readonly types: readonly string[]
  readonly description: string | null
  readonly is_active: boolean
  readonly deactivation: string | null
  readonly failing_since: string | null
}
type Created = WebhookObject & { readonly secret: string }

interface DeliveryObject {
  readonly id: string
  readonly event_id: string
  readonly event_type: string
  readonly state: string
  readonly attempts: readonly {
    readonly status: number | null
    readonly error: string | null
    readonly response: string
  }[]
  readonly next_attempt_at: string | null
}

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Receiver that answers with the status and text of `reply`, and keeps what it got. */
async function startReceiver() {
  const received: Received[] = []
  let reply: (path: string) => { status: number; body: string } | null = () => ({ status: 204, body: '' })
  const server: Server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) })
    const answer = reply(request.url ?? '')
    if (answer === null) return
    response.writeHead(answer.status, answer.status === 302 ? { location: '/elsewhere' } : {})
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    received,
    url: (path = '/hook') => `http://127.0.0.1:${port}${path}`,
    answer: (next: typeof reply) => {
      reply = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('webhooks', () => {
  let app: TestApp
  let client: Client
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  before(async () => {
    app = await startApp({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
    client = createClient(app)
    receiver = await startReceiver()
  })
  beforeEach(async () => {
    for (const { id } of json<{ webhooks: WebhookObject[] }>(await client.get('/webhooks')).webhooks)
      await client.del(`/webhooks/${id}`)
    receiver.received.length = 0
    receiver.answer(() => ({ status: 204, body: '' }))
  })
  after(async () => {
    await app.stop()
    receiver.close()
  })

  const create = async (fields: object = {}): Promise<Created> => {
    const answer = await client.post('/webhooks', { url: receiver.url(), ...fields })
    assert.equal(answer.status, 201, answer.bytes.toString())
    return json<Created>(answer)
  }
  const get = async ({ id }: WebhookObject) => json<WebhookObject>(await client.get(`/webhooks/${id}`))
  const deliveries = async ({ id }: WebhookObject) =>
    json<{ deliveries: DeliveryObject[] }>(await client.get(`/webhooks/${id}/deliveries`)).deliveries
  const firstReceived = () => eventually('a request arrives', () => receiver.received[0])
  const delivered = (webhook: WebhookObject, state: string) =>
    eventually(`a delivery is ${state}`, async () =>
      (await deliveries(webhook)).find((one) => one.state === state),
    )

  it('get each event, with a signature that Standard Webhooks verifies', async () => {
    const webhook = await create({ description: 'An index' })
    assert.match(webhook.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
    assert.deepEqual(webhook.types, ['*'])
    const file = await client.uploadFile(textFile('hooked.txt'))
    const { headers, body } = await firstReceived()
    const event = new Verifier(webhook.secret).verify(body, headers as Record<string, string>) as {
      readonly [name: string]: unknown
    }
    assert.equal(event.type, 'file.created')
    assert.deepEqual(event.data, { object: 'file', ...file })
    assert.equal(headers['webhook-id'], event.id)
    assert.equal(headers['content-type'], 'application/json')
    const delivery = await delivered(webhook, 'delivered')
    assert.equal(delivery.event_id, event.id)
    assert.deepEqual(
      delivery.attempts.map(({ status }) => status),
      [204],
    )
  })

  it('get only the types that they ask for', async () => {
    const webhook = await create({ types: ['file.deleted'] })
    const file = await client.uploadFile(textFile())
    await client.del(`/files/${file.id}`)
    assert.equal((await delivered(webhook, 'delivered')).event_type, 'file.deleted')
    assert.equal(receiver.received.length, 1)
  })

  it('never show their secret again, and sign with both secrets after a rotation', async () => {
    const webhook = await create()
    const rotated = json<Created>(await client.post(`/webhooks/${webhook.id}/rotate`, {}))
    assert.notEqual(rotated.secret, webhook.secret)
    for (const path of ['/webhooks', `/webhooks/${webhook.id}`]) {
      const shown = (await client.get(path)).bytes.toString()
      assert.ok(!shown.includes(rotated.secret) && !shown.includes(webhook.secret))
    }
    await client.uploadFile(textFile())
    const { headers, body } = await firstReceived()
    for (const { secret } of [webhook, rotated]) {
      assert.doesNotThrow(() => new Verifier(secret).verify(body, headers as Record<string, string>))
    }
    const { output } = app
    assert.ok(!output().includes(webhook.secret) && !output().includes(rotated.secret))
  })

  it('are tested with a ping at once, and tell what came back', async () => {
    const webhook = await create({ is_active: false })
    receiver.answer(() => ({ status: 418, body: 'x'.repeat(2000) }))
    const answer = json<{ status: number; response: string }>(
      await client.post(`/webhooks/${webhook.id}/test`, {}),
    )
    assert.equal(answer.status, 418)
    assert.equal(answer.response, 'x'.repeat(1024))
    const { headers, body } = await firstReceived()
    const event = new Verifier(webhook.secret).verify(body, headers as Record<string, string>)
    assert.equal((event as { type: string }).type, 'ping')
    assert.deepEqual(await deliveries(webhook), [])
  })

  it('do not follow redirects, and repeat what failed', async () => {
    const webhook = await create()
    receiver.answer((path) => (path === '/hook' ? { status: 302, body: '' } : { status: 200, body: '' }))
    await client.uploadFile(textFile())
    const waiting = await eventually('an attempt has failed', async () =>
      (await deliveries(webhook)).find(({ state, attempts }) => state === 'waiting' && attempts.length === 1),
    )
    assert.equal(waiting.attempts[0]?.status, 302)
    assert.ok(waiting.next_attempt_at !== null)
    assert.ok((await get(webhook)).failing_since !== null)

    receiver.answer(() => ({ status: 200, body: '' }))
    const retried = await client.post(`/webhooks/${webhook.id}/deliveries/${waiting.id}/retry`, {})
    assert.equal(json<DeliveryObject>(retried).state, 'waiting')
    const ended = await delivered(webhook, 'delivered')
    assert.deepEqual(
      ended.attempts.map(({ status }) => status),
      [302, 200],
    )
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    assert.deepEqual(new Set(ids).size, 1, 'a repeat has the same id')
    assert.equal((await get(webhook)).failing_since, null)
  })

  it('are deactivated by 410 until they are activated again', async () => {
    const webhook = await create()
    receiver.answer(() => ({ status: 410, body: '' }))
    await client.uploadFile(textFile())
    await eventually('it is deactivated', async () => !(await get(webhook)).is_active)
    assert.equal((await get(webhook)).deactivation, 'gone')
    const activated = await client.send('PATCH', `/webhooks/${webhook.id}`, { body: { is_active: true } })
    const { is_active, deactivation } = json<WebhookObject>(activated)
    assert.deepEqual({ is_active, deactivation }, { is_active: true, deactivation: null })
  })

  it('that hang do not delay others', async () => {
    for (let hanging = 0; hanging < 20; hanging++) await create({ url: receiver.url('/hang') })
    const webhook = await create({ url: receiver.url('/fast') })
    receiver.answer((path) => (path === '/fast' ? { status: 200, body: '' } : null))
    await client.uploadFile(textFile())
    await client.uploadFile(textFile())
    await eventually(
      'both events have arrived',
      async () => (await deliveries(webhook)).filter(({ state }) => state === 'delivered').length === 2,
    )
  })

  for (const [name, fields, field] of [
    ['no URL', { url: 'example' }, 'url'],
    ['another scheme', { url: 'ftp://example.com/' }, 'url'],
    ['a password', { url: 'https://me:secret@example.com/' }, 'url'],
    ['an unknown type', { types: ['file.eaten'] }, 'types'],
    ['no type', { types: [] }, 'types'],
  ] as const) {
    it(`are refused with ${name}`, async () => {
      assertFieldError(await client.post('/webhooks', { url: receiver.url(), ...fields }), field)
      const webhook = await create()
      assertFieldError(await client.send('PATCH', `/webhooks/${webhook.id}`, { body: fields }), field)
    })
  }

  it('are limited to 100 of an organization', async () => {
    const other = createClient(app, await app.addOrganization('org_hooks1'))
    for (let count = 0; count < 100; count++)
      assert.equal((await other.post('/webhooks', { url: receiver.url() })).status, 201)
    assertFieldError(await other.post('/webhooks', { url: receiver.url() }), 'url')
  })

  it('of another organization do not exist, and need the scope admin', async () => {
    const webhook = await create()
    const other = createClient(app, await app.addOrganization('org_hooks2'))
    const reader = json<{ key: string }>(
      await client.post('/api-keys', { key_name: 'k', scopes: ['files:read', 'files:write'] }),
    )
    const weak = createClient(app, { organizationId: app.organizationId, apiKey: reader.key })
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { is_active: false }],
      ['DELETE', '', undefined],
      ['POST', '/rotate', {}],
      ['POST', '/test', {}],
      ['GET', '/deliveries', undefined],
      ['POST', '/deliveries/whd_1/retry', {}],
    ] as const) {
      const options = body === undefined ? {} : { body }
      const answer = await other.send(method, `/webhooks/${webhook.id}${path}`, options)
      assertError(answer, 404, path.endsWith('/retry') ? 'DELIVERY_NOT_FOUND' : 'WEBHOOK_NOT_FOUND')
      const refused = await weak.send(method, `/webhooks/${webhook.id}${path}`, options)
      assertError(refused, 403, 'INSUFFICIENT_PERMISSIONS')
    }
    assert.ok((await get(webhook)).is_active)
  })
})

describe('webhooks into the network of the operator', () => {
  let app: TestApp
  let client: Client
  before(async () => {
    app = await startApp()
    client = createClient(app)
  })
  after(() => app.stop())

  for (const url of [
    'http://example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://192.168.0.1/',
    'https://172.16.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://localhost/',
    'https://service.localhost/',
  ]) {
    it(`are refused: ${url}`, async () => assertFieldError(await client.post('/webhooks', { url }), 'url'))
  }
})
