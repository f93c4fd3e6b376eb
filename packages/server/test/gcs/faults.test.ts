import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { createApi, MIME_TYPE } from '../clients/api.ts'
import { eventually } from '../clients/eventually.ts'
import type { TestApp } from '../start-app.ts'
import type { Seen } from './exchange.ts'
import type { Fault } from './google-fixture.ts'
import { type GoogleServer, PREFIX, startGoogleApp } from './google-server.ts'

const BYTES = randomBytes(300_000)
const SMALL = BYTES.subarray(0, 1000)

const isStart = ({ method, url }: Seen) => method === 'POST' && url.includes('uploadType=resumable')
const isStat = ({ method, url }: Seen) =>
  method === 'GET' && /\/o\/[^?]*files%2F[^?]*(\?(?!.*alt=media)|$)/.test(url)
const isRead = ({ url }: Seen) => url.includes('alt=media')
const isDelete = ({ method, url }: Seen) => method === 'DELETE' && url.includes('ifGenerationMatch')
const isDirect = ({ url }: Seen) => url.includes('uploadType=media')
const isAny = () => true

describe('an installation whose Google has faults', () => {
  let all: GoogleServer<TestApp>
  const api = createApi(() => all.server)

  before(async () => {
    all = await startGoogleApp()
  })
  after(() => all?.stop())
  afterEach(() => all.google.mend())

  const facts = { filename: 'a.bin', file_size: BYTES.length, mime_type: MIME_TYPE }
  const store = async () => {
    const ticket = await api.uploadUrl(facts.filename, BYTES.length)
    await fetch(ticket.upload_url, { method: 'PUT', body: new Uint8Array(BYTES) })
    return ticket
  }
  const uploadDirectly = async (bytes: Buffer) => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)], { type: MIME_TYPE }), 'direct.bin')
    const { baseUrl, apiKey } = all.server
    return fetch(`${baseUrl}/files/upload`, { method: 'POST', headers: { 'x-api-key': apiKey }, body: form })
  }

  const passing: readonly Pick<Fault, 'how'>[] = [{ how: 503 }, { how: 429 }, { how: 500 }, { how: 'cut' }]
  for (const { how } of passing) {
    it(`retries after a transient fault: ${how}`, async () => {
      all.google.fail({ times: 1, matches: isStart, how })
      const ticket = await store()
      all.google.fail({ times: 1, matches: isStat, how })
      all.google.fail({ times: 1, matches: isRead, how })
      await api.register(ticket, facts.filename, BYTES.length)
      all.google.fail({ times: 1, matches: isDelete, how })
      assert.equal((await api.call('DELETE', `/files/${ticket.file_id}`)).status, 204)
      assert.equal(all.google.bucket.get(PREFIX + ticket.gcs_path), null)
    })
  }

  it('does not retry permanent refusals, and reveals no internals', async () => {
    const message = 'waybill@project.iam.gserviceaccount.com does not have storage.objects.create access'
    all.google.fail({ times: 100, matches: isStart, how: 403, message })
    const before = all.google.seen().length
    const { status, body } = await api.call('POST', '/files/upload-url', facts)
    assert.equal(status, 503)
    assert.equal(body.error.code, 'STORAGE_UNAVAILABLE')
    assert.equal(all.google.seen().slice(before).filter(isStart).length, 1)
    assert.ok(!/iam|bucket|google/i.test(JSON.stringify(body)), JSON.stringify(body))
  })

  it('names the missing permission to the operator', async () => {
    const line = await eventually('the log says it', () =>
      all.server
        .output()
        .split('\n')
        .find((one) => one.includes('roles/storage.objectUser')),
    )
    assert.match(line, /may not use gs:\/\/files\.example\.com/)
    assert.match(line, /grant it storage\.objects\.create/)
  })

  it('registers nothing while Google is unavailable, and everything afterwards', async () => {
    const ticket = await store()
    const call = () => api.call('POST', '/files', { ...facts, gcs_path: ticket.gcs_path })
    all.google.fail({ times: 1000, matches: isAny, how: 503 })
    const { status, body } = await call()
    assert.deepEqual([status, body.error.code], [503, 'STORAGE_UNAVAILABLE'])
    all.google.mend()
    assert.equal((await call()).status, 201)
  })

  it('answers requests without storage while Google hangs, and ends the others', async () => {
    const ticket = await store()
    all.google.fail({ times: 1000, matches: isAny, how: 'hang' })
    const waiting = Array.from({ length: 20 }, () =>
      api.call('POST', '/files', { ...facts, gcs_path: ticket.gcs_path }),
    )
    let isOver = false
    const ended = Promise.all(waiting).finally(() => {
      isOver = true
    })
    for (let call = 0; call < 20; call++) {
      assert.equal((await api.call('GET', '/files')).status, 200)
      assert.equal((await fetch(`${all.server.url}/v1/health`)).status, 200)
    }
    assert.equal(isOver, false)
    const answers = await ended
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]))
    const health = await fetch(`${all.server.url}/v1/health/details`)
    assert.equal(health.status, 503)
  })

  it('recovers by itself after Google was unavailable', async () => {
    // The pause that the last test has caused ends by itself: a later request is sent to Google.
    let status = 0
    while (status !== 200) status = (await api.call('POST', '/files/upload-url', facts)).status
    assert.ok(all.google.seen().length > 0)
  })

  it('retries a small direct upload after a transient fault, but not a longer one', async () => {
    all.google.fail({ times: 2, matches: isDirect, how: 503 })
    assert.equal((await uploadDirectly(SMALL)).status, 201)
    all.google.fail({ times: 1, matches: isDirect, how: 503 })
    assert.equal((await uploadDirectly(BYTES)).status, 503)
  })

  for (const [what, bytes] of [
    ['a small', SMALL],
    ['a longer', BYTES],
  ] as const) {
    it(`finds ${what} direct upload stored when its answer was lost`, async () => {
      all.google.loseAnswer(isDirect)
      const answer = await uploadDirectly(bytes)
      assert.equal(answer.status, 201)
      const { storage_path } = (await answer.json()) as { storage_path: string }
      assert.ok(all.google.bucket.get(PREFIX + storage_path)?.bytes.equals(bytes))
    })
  }

  it('creates nothing from a direct upload whose client disconnects', async () => {
    const before = all.google.bucket.names().length
    const { baseUrl, apiKey } = all.server
    const abort = new AbortController()
    async function* broken() {
      yield Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n',
      )
      yield BYTES
      abort.abort()
    }
    const sent = fetch(`${baseUrl}/files/upload`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'multipart/form-data; boundary=b' },
      body: broken(),
      duplex: 'half',
      signal: abort.signal,
    })
    await assert.rejects(sent)
    assert.equal((await uploadDirectly(SMALL)).status, 201)
    assert.equal(all.google.bucket.names().length, before + 1)
  })
})
