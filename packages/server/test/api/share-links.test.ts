import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject, sendToApi, textFile } from './client.ts'
import { assertError } from './envelope.ts'
import { type Answer, json } from './exchange.ts'
import * as sample from './sample-files.ts'

const BYTES = sample.patternedBytes(2 * 1024 * 1024 + 17)

interface Link {
  readonly id: string
  readonly file_id: string
  readonly url: string
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly max_downloads: number | null
  readonly downloads: number
  readonly last_downloaded_at: string | null
}

describe('a share link', () => {
  let server: TestApp
  let client: Client
  let file: FileObject
  before(async () => {
    server = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0' } })
    client = createClient(server)
    file = await client.uploadFile({
      filename: 'Bild.png',
      mimeType: 'application/octet-stream',
      bytes: BYTES,
    })
  })
  after(() => server.stop())

  const share = async (body?: object, fileId = file.id): Promise<Link> => {
    const answer = await client.post(`/files/${fileId}/links`, body)
    assert.equal(answer.status, 201, answer.bytes.toString())
    return json<Link>(answer)
  }
  const open = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    sendToApi(server, method, url.slice(server.url.length), { headers })
  const list = async (fileId = file.id) =>
    json<{ links: Link[] }>(await client.get(`/files/${fileId}/links`)).links
  const downloadsOf = async ({ id, file_id }: Link) =>
    (await list(file_id)).find((link) => link.id === id)?.downloads
  const assertRefused = (answer: Answer) => assertError(answer, 401, 'TOKEN_INVALID')

  it('is created without limits by a request without a body', async () => {
    const { url, ...link } = await share()
    assert.match(link.id, /^lnk_[0-9a-f]{32}$/)
    assert.equal(link.file_id, file.id)
    assert.match(String(link.created_by), /^ak_/)
    assert.deepEqual(
      [link.expires_at, link.max_downloads, link.downloads, link.last_downloaded_at],
      [null, null, 0, null],
    )
    assert.equal(Buffer.from(new URL(url).searchParams.get('token') ?? '', 'base64url').length, 32)
    assert.ok((await list()).some((listed) => listed.id === link.id))
  })

  it('expires after the requested time', async () => {
    const link = await share({ expires_in: 60 })
    assert.equal(Date.parse(String(link.expires_at)) - Date.parse(link.created_at), 60_000)
  })

  it('accepts null for no limit', async () => {
    const link = await share({ expires_in: null, max_downloads: null })
    assert.deepEqual([link.expires_at, link.max_downloads], [null, null])
  })

  for (const body of [
    ...[{ expires_in: 59 }, { expires_in: 31_536_001 }, { expires_in: 60.5 }, { expires_in: '60' }],
    ...[{ max_downloads: 0 }, { max_downloads: 1.5 }, { max_downloads: '1' }],
  ]) {
    it(`is refused with ${JSON.stringify(body)}`, async () => {
      assertError(await client.post(`/files/${file.id}/links`, body), 422, 'VALIDATION_ERROR')
    })
  }

  it('answers like a download URL, and does not pass on its URL', async () => {
    const { url } = await share()
    const { download_url } = await client.content(file.id)
    for (const headers of [{}, { range: 'bytes=5-99' }] as const) {
      const [shared, downloaded] = [await open(url, headers), await open(download_url, headers)]
      assert.equal(shared.status, downloaded.status)
      assert.ok(shared.bytes.equals(downloaded.bytes))
      const { date: _, 'x-request-id': __, ...sent } = shared.headers
      const { date: ___, 'x-request-id': ____, ...expected } = downloaded.headers
      assert.deepEqual(sent, expected)
      assert.equal(sent['referrer-policy'], 'no-referrer')
    }
  })

  it('counts downloads, and neither HEAD nor the parts of one download', async () => {
    const link = await share()
    assert.equal((await open(link.url, {}, 'HEAD')).status, 200)
    assert.equal(await downloadsOf(link), 0)
    assert.equal((await open(link.url, { range: 'bytes=0-9' })).status, 206)
    assert.equal(await downloadsOf(link), 1)
    for (const range of ['bytes=10-19', 'bytes=1-1', 'bytes=-5']) {
      assert.equal((await open(link.url, { range })).status, 206)
    }
    assert.equal(await downloadsOf(link), 1)
    assert.equal((await open(link.url)).status, 200)
    assert.equal(await downloadsOf(link), 2)
  })

  it('counts no response without bytes', async () => {
    const link = await share()
    const { etag } = (await open(link.url, {}, 'HEAD')).headers
    assert.equal((await open(link.url, { 'if-none-match': String(etag) })).status, 304)
    assert.equal((await open(link.url, { 'if-match': '"other"' })).status, 412)
    assert.equal((await open(link.url, { range: `bytes=${BYTES.length}-` })).status, 416)
    assert.equal(await downloadsOf(link), 0)
  })

  it('counts a download that begins after the first byte', async () => {
    const link = await share({ max_downloads: 1 })
    assert.equal((await open(link.url, { range: 'bytes=1-' })).status, 206)
    assert.equal(await downloadsOf(link), 1)
    assertRefused(await open(link.url))
  })

  it('allows no more downloads than its limit, also when they are requested at the same time', async () => {
    const link = await share({ max_downloads: 3 })
    const answers = await Promise.all(Array.from({ length: 12 }, () => open(link.url)))
    const complete = answers.filter(({ status }) => status === 200)
    assert.equal(complete.length, 3)
    for (const answer of complete) assert.ok(answer.bytes.equals(BYTES))
    for (const answer of answers.filter(({ status }) => status !== 200)) assertRefused(answer)
    assert.equal(await downloadsOf(link), 3)
  })

  it('lets its last download resume, but answers no other request', async () => {
    const link = await share({ max_downloads: 1 })
    assert.equal((await open(link.url)).status, 200)
    assert.equal((await open(link.url, { range: 'bytes=100-' })).status, 206)
    for (const headers of [{}, { range: 'bytes=0-' }]) assertRefused(await open(link.url, headers))
    assert.equal((await open(link.url, {}, 'HEAD')).status, 401)
  })

  it('is refused alike when it is unknown, malformed, used up, deleted, or its file is deleted', async () => {
    const { id } = await client.uploadFile(textFile())
    const deleted = await share({}, id)
    assert.equal((await client.del(`/files/${id}/links/${deleted.id}`)).status, 204)
    const ofDeletedFile = await share({}, id)
    assert.equal((await client.del(`/files/${id}`)).status, 204)
    const usedUp = await share({ max_downloads: 1 })
    assert.equal((await open(usedUp.url)).status, 200)
    const { origin, pathname } = new URL(deleted.url)
    const unknown = `${origin}${pathname}?token=${randomBytes(32).toString('base64url')}`
    const facts = (answer: Answer) => {
      assertRefused(answer)
      const { error } = json<{ error: Record<string, unknown> }>(answer)
      const { trace_id: _, timestamp: __, ...said } = error
      return said
    }
    const expected = facts(await open(unknown))
    for (const url of [
      ...[usedUp.url, deleted.url, ofDeletedFile.url, `${deleted.url}A`, `${origin}${pathname}`],
      ...[`${origin}${pathname}?token=`, `${origin}${pathname}?token=%00`],
    ]) {
      assert.deepEqual(facts(await open(url)), expected)
      assert.equal((await open(url, {}, 'HEAD')).status, 401)
    }
  })

  it('is listed without its URL until it is deleted', async () => {
    const { id } = await client.uploadFile(textFile())
    const first = await share({ max_downloads: 1 }, id)
    const second = await share({}, id)
    const listed = await list(id)
    assert.deepEqual(listed.map((link) => link.id).sort(), [first.id, second.id].sort())
    for (const link of listed) assert.ok(!('url' in link))
    assert.equal((await client.del(`/files/${id}/links/${first.id}`)).status, 204)
    assertError(await client.del(`/files/${id}/links/${first.id}`), 404, 'LINK_NOT_FOUND')
    assert.deepEqual(
      (await list(id)).map((link) => link.id),
      [second.id],
    )
  })

  it('is created up to 100 times for a file', async () => {
    const { id } = await client.uploadFile(textFile())
    for (let count = 0; count < 100; count++) await share({}, id)
    assertError(await client.post(`/files/${id}/links`, {}), 409, 'TOO_MANY_LINKS')
  })

  it('needs files:write to be created and deleted, and files:read to be listed', async () => {
    const link = await share()
    const made = await client.post('/api-keys', { key_name: 'Reader', scopes: ['files:read'] })
    const { key } = json<{ key: string }>(made)
    const reader = createClient(server, { organizationId: server.organizationId, apiKey: key })
    const path = `/files/${file.id}/links`
    assertError(await reader.post(path, {}), 403, 'INSUFFICIENT_PERMISSIONS')
    assertError(await reader.del(`${path}/${link.id}`), 403, 'INSUFFICIENT_PERMISSIONS')
    assert.equal((await reader.get(path)).status, 200)
  })

  it('is recorded in the audit log when it is created, deleted or refused', async () => {
    const link = await share()
    await client.del(`/files/${file.id}/links/${link.id}`)
    assertRefused(await open(link.url))
    await server.context.audit.close()
    const rows = await server.context.database.audit.list(null, 1000)
    const target = `${file.id} ${link.id}`
    const of = (action: string) => rows.filter((row) => row.action === action)
    assert.ok(of('createShareLink').some((row) => row.target === target && row.outcome === 'ok'))
    assert.ok(of('deleteShareLink').some((row) => row.target === target && row.outcome === 'ok'))
    assert.ok(of('downloadSharedFile').some((row) => row.outcome === 'TOKEN_INVALID'))
  })
})

describe('a share link of two servers', () => {
  it('allows no more downloads than its limit', async () => {
    const first = await startApp({ isOnDisk: true })
    const second = await startApp({ dataDir: first.dataDir })
    try {
      const client = createClient(first)
      const { id } = await client.uploadFile(textFile())
      const made = await client.post(`/files/${id}/links`, { max_downloads: 5 })
      const { pathname, search } = new URL(json<Link>(made).url)
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          sendToApi(index % 2 === 0 ? first : second, 'GET', pathname + search),
        ),
      )
      assert.deepEqual(answers.map(({ status }) => status).sort(), [
        ...Array(5).fill(200),
        ...Array(11).fill(401),
      ])
    } finally {
      await second.stop()
      await first.stop()
    }
  })
})
