import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, textFile } from './client.ts'
import { assertError, assertFieldError } from './envelope.ts'
import { json } from './exchange.ts'
import { createStore, dataOf, type StoreFileObject, settled } from './vector-store-bodies.ts'

interface EventObject {
  readonly id: string
  readonly type: string
  readonly created_at: string
  readonly organization_id: string
  readonly data: Readonly<Record<string, unknown>>
}

interface EventList {
  readonly events: readonly EventObject[]
  readonly next_cursor: string
  readonly has_more: boolean
}

describe('events', () => {
  let app: TestApp
  let client: Client
  const reading = new Set<AbortController>()
  before(async () => {
    app = await startApp()
    client = createClient(app)
  })
  afterEach(() => {
    for (const controller of reading) controller.abort()
    reading.clear()
  })
  after(() => app.stop())

  const list = async (query: string, by = client) => json<EventList>(await by.get(`/events?${query}`))
  const keyWith = async (scopes: readonly string[]) => {
    const created = json<{ id: string; key: string }>(
      await client.post('/api-keys', { key_name: 'k', scopes }),
    )
    return {
      id: created.id,
      ...createClient(app, { organizationId: app.organizationId, apiKey: created.key }),
    }
  }
  const cursorNow = async () => (await list('limit=1000')).next_cursor
  /** Opens a stream, whose events `next` returns one by one; null when it has ended. */
  const follow = async (query: string, headers: Record<string, string> = {}, apiKey = app.apiKey) => {
    const controller = new AbortController()
    reading.add(controller)
    const response = await fetch(`${app.baseUrl}/events/stream?${query}`, {
      headers: { 'x-api-key': apiKey, ...headers },
      signal: controller.signal,
    })
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    const messages = messagesOf(response)
    return async () => (await messages.next()).value ?? null
  }

  it('are listed oldest first, with the object as a GET returns it', async () => {
    const after = await cursorNow()
    const file = await client.uploadFile(textFile('first.txt'))
    await client.del(`/files/${file.id}`)
    const { events, next_cursor, has_more } = await list(`after=${after}`)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['file.created', 'file.deleted'],
    )
    assert.deepEqual(events[0]?.data, { object: 'file', ...file })
    assert.equal(events[0]?.organization_id, app.organizationId)
    assert.equal(has_more, false)
    assert.deepEqual((await list(`after=${next_cursor}`)).events, [])
  })

  it('come in pages, each of which continues at the cursor of the one before', async () => {
    const start = await cursorNow()
    const ids: unknown[] = []
    for (const name of ['a', 'b', 'c']) ids.push((await client.uploadFile(textFile(`${name}.txt`))).id)
    const seen: unknown[] = []
    let after = start
    for (let hasMore = true; hasMore; ) {
      const page = await list(`after=${after}&limit=2`)
      assert.ok(page.events.length <= 2)
      seen.push(...page.events.map(({ data }) => data.id))
      after = page.next_cursor
      hasMore = page.has_more
    }
    assert.deepEqual(seen, ids)
  })

  it('come newest first, back to the oldest one', async () => {
    const first = await list('limit=1')
    for (const name of ['a', 'b', 'c']) await client.uploadFile(textFile(`${name}.txt`))
    const seen: EventObject[] = []
    let after = ''
    for (let hasMore = true; hasMore; ) {
      const page = await list(`order=desc&limit=2${after}`)
      seen.push(...page.events)
      after = `&after=${page.next_cursor}`
      hasMore = page.has_more
    }
    assert.equal(seen.at(-1)?.id, first.events[0]?.id)
    assert.deepEqual(seen.toReversed(), (await list('limit=1000')).events)
  })

  it('of chosen types leave out the others', async () => {
    const after = await cursorNow()
    const file = await client.uploadFile(textFile())
    await client.del(`/files/${file.id}`)
    const { events } = await list(`after=${after}&types=upload.expired,file.deleted`)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['file.deleted'],
    )
  })

  it('show a key only what its scopes may read, and never its secret', async () => {
    const after = await cursorNow()
    const reader = await keyWith(['files:read'])
    await client.uploadFile(textFile())
    const seen = await list(`after=${after}`, reader)
    assert.deepEqual(
      seen.events.map(({ type }) => type),
      ['file.created'],
    )
    const all = await list(`after=${after}`)
    assert.deepEqual(
      all.events.map(({ type }) => type),
      ['api_key.created', 'file.created'],
    )
    assert.ok(!JSON.stringify(all).includes(reader.apiKey))
    assertError(await (await keyWith(['files:write'])).get('/events'), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  it('of a refused upload that registers by itself name the reason', async () => {
    const after = await cursorNow()
    const bytes = Buffer.from('\x7fELF is a program')
    const declared = {
      filename: 'a.png',
      file_size: bytes.length,
      mime_type: 'image/png',
      auto_register: true,
    }
    const { upload_url, file_id } = json<{ upload_url: string; file_id: string }>(
      await client.post('/files/upload-url', declared),
    )
    assert.equal((await fetch(upload_url, { method: 'PUT', body: bytes })).status, 422)
    const [event, ...more] = (await list(`after=${after}`)).events
    assert.deepEqual(more, [])
    assert.equal(event?.type, 'file.rejected')
    assert.equal(event.data.file_id, file_id)
    assert.equal(event.data.code, 'FILE_TYPE_MISMATCH')
  })

  it('of an upload that registers by itself name an announced hash that differs', async () => {
    const after = await cursorNow()
    const body = { filename: 'a.txt', file_size: 5, mime_type: 'text/plain', auto_register: true }
    const { upload_url, file_id } = json<{ upload_url: string; file_id: string }>(
      await client.post('/files/upload-url', { ...body, sha256: '0'.repeat(64) }),
    )
    assert.equal((await fetch(upload_url, { method: 'PUT', body: 'hello' })).status, 400)
    const [event, ...more] = (await list(`after=${after}`)).events
    assert.deepEqual(more, [])
    const { type, data } = event ?? assert.fail()
    assert.deepEqual([type, data.file_id, data.code], ['file.rejected', file_id, 'CHECKSUM_MISMATCH'])
    const later = await fetch(upload_url, { method: 'PUT', body: 'hello' })
    assert.equal(later.status, 410)
    assert.match(await later.text(), /CHECKSUM_MISMATCH/)
  })

  for (const [query, field] of [
    ['after=x', 'after'],
    ['after=-1', 'after'],
    ['types=file.created,file.eaten', 'types'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
  ] as const) {
    it(`refuse ${query}`, async () => assertFieldError(await client.get(`/events?${query}`), field))
  }

  it('of a failed indexing name the reason', async () => {
    const after = await cursorNow()
    const { id: storeId } = await createStore(client)
    const { id } = await client.uploadFile({
      filename: 'broken.pdf',
      mimeType: 'application/pdf',
      bytes: Buffer.from('%PDF-1.4 '),
    })
    const added = await client.post(`/vector-stores/${storeId}/files`, { file_id: id })
    const failed = await settled(client, dataOf<StoreFileObject>(added, 201))
    const { events } = await list(`types=vector_store.file.failed&after=${after}`)
    assert.deepEqual(
      events.map(({ data }) => data.last_error),
      [{ code: failed.error_code, message: failed.error_message }],
    )
  })

  it('stream as they happen, from now on without a cursor', async () => {
    await client.uploadFile(textFile('before.txt'))
    const next = await follow('types=file.created')
    const file = await client.uploadFile(textFile('during.txt'))
    const event = await next()
    assert.equal(event?.event, 'file.created')
    assert.deepEqual(JSON.parse(event.data).data, { object: 'file', ...file })
  })

  it('stream on after the last id without a gap', async () => {
    const start = await cursorNow()
    const names = ['one.txt', 'two.txt', 'three.txt']
    const nameOf = (data: string | undefined) => JSON.parse(data ?? '{}').data.original_filename
    const next = await follow('types=file.created', { 'last-event-id': start })
    for (const name of names) await client.uploadFile(textFile(name))
    const first = await next()
    assert.equal(nameOf(first?.data), 'one.txt')
    const again = await follow('', { 'last-event-id': first?.id ?? '' })
    assert.equal(nameOf((await again())?.data), 'two.txt')
    assert.equal(nameOf((await again())?.data), 'three.txt')
  })

  it('end a stream whose key is deactivated', async () => {
    const reader = await keyWith(['files:read'])
    const next = await follow('', {}, reader.apiKey)
    await client.post(`/api-keys/${reader.id}/deactivate`, {})
    await client.uploadFile(textFile())
    assert.equal(await next(), null)
  })

  it('are limited to 100 streams of an organization', async () => {
    const other = await app.addOrganization('org_streams')
    const open = () =>
      fetch(`${app.url}/v1/organizations/${other.organizationId}/events/stream`, {
        headers: { 'x-api-key': other.apiKey },
        signal: controller.signal,
      })
    const controller = new AbortController()
    reading.add(controller)
    // Kept, because a response that nobody holds is closed.
    const streams: Response[] = []
    while (streams.length < 100) streams.push(await open())
    assert.ok(streams.every(({ status }) => status === 200))
    const refused = await open()
    assert.equal(refused.status, 429)
    await refused.body?.cancel()
  })
})

interface Message {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** Yields the events of a stream, without its comments. */
async function* messagesOf(response: Response): AsyncGenerator<Message> {
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      text = text.slice(end + 2)
      if (fields.data !== undefined) yield fields as unknown as Message
    }
  }
}
