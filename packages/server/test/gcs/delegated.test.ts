import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { updateOrganization } from '../../src/operations/organizations/update-organization.ts'
import { createUploadSession } from '../../src/operations/uploads/create-upload-session.ts'
import { createApi, type FileAnswer, type UploadTicket } from '../clients/api.ts'
import { eventually } from '../clients/eventually.ts'
import type { TestApp } from '../start-app.ts'
import { type GoogleServer, keptUpload, ownDownloadUrl, PREFIX, startGoogleApp } from './google-server.ts'
import { KEY_ACCOUNT } from './key-file.ts'

const ORIGIN = 'https://app.example.com'
const BYTES = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(700_000)])
const FACTS = { filename: 'Bericht «1».pdf', file_size: BYTES.length, mime_type: 'application/pdf' }

describe('an installation with its objects at Google', () => {
  let all: GoogleServer<TestApp>
  const api = createApi(() => all.server)

  before(async () => {
    all = await startGoogleApp({ LOG_LEVEL: 'trace' })
  })
  after(() => all?.stop())

  const seenSince = async (work: () => Promise<unknown>) => {
    const before = all.google.seen().length
    await work()
    // A sweep may run at the same time.
    return all.google.seen().filter(({ url }, index) => index >= before && !/\.waybill|\?prefix=/.test(url))
  }
  const open = async (
    headers: Record<string, string> = {},
  ): Promise<UploadTicket & { expires_at: string }> => {
    const { baseUrl, apiKey } = all.server
    const answer = await fetch(`${baseUrl}/files/upload-url`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(FACTS),
    })
    assert.equal(answer.status, 200)
    return (await answer.json()) as UploadTicket & { expires_at: string }
  }
  const put = (url: string, bytes = BYTES, headers = {}) =>
    fetch(url, { method: 'PUT', body: new Uint8Array(bytes), headers, redirect: 'manual' })
  const register = async ({ gcs_path }: UploadTicket) => api.call('POST', '/files', { ...FACTS, gcs_path })
  const store = async (): Promise<UploadTicket> => {
    const ticket = await open()
    assert.equal((await put(ticket.upload_url)).status, 200)
    return ticket
  }
  const storeFile = async (): Promise<FileAnswer> => {
    const { status, body } = await register(await store())
    assert.equal(status, 201)
    return body
  }
  const reserved = async () => (await api.call('GET', '')).body.storage_reserved_bytes

  it('starts a session that is bound to the origin, the type and the size, for a new object', async () => {
    const [start, ...others] = await seenSince(() => open({ origin: ORIGIN }))
    assert.ok(start)
    assert.deepEqual(others, [])
    const { pathname, searchParams } = new URL(start.url, all.google.url)
    assert.match(pathname, /^\/upload\/storage\/v1\/b\/[^/]+\/o$/)
    assert.equal(searchParams.get('uploadType'), 'resumable')
    assert.equal(searchParams.get('ifGenerationMatch'), '0')
    assert.match(searchParams.get('name') ?? '', new RegExp(`^${PREFIX}files/org_.*/Bericht «1».pdf$`))
    assert.equal(start.headers.origin, ORIGIN)
    assert.equal(start.headers['x-upload-content-type'], FACTS.mime_type)
    assert.equal(start.headers['x-upload-content-length'], String(FACTS.file_size))
  })

  it('asks nothing of Google for an upload that the quota does not allow', async () => {
    const { context, organizationId } = all.server
    const limit = (storageLimitBytes: number | null) =>
      updateOrganization(context, operatorCaller(organizationId), { storageLimitBytes })
    await limit(1)
    try {
      const asked = await seenSince(async () => {
        const { status, body } = await api.call('POST', '/files/upload-url', FACTS)
        assert.deepEqual([status, body.error.code], [403, 'STORAGE_QUOTA_EXCEEDED'])
      })
      assert.deepEqual(asked, [])
    } finally {
      await limit(null)
    }
  })

  it('receives no bytes of an upload, and registers, serves and deletes its object', async () => {
    const ticket = await open()
    assert.ok(ticket.upload_url.startsWith(all.google.url))
    assert.equal((await put(ticket.upload_url)).status, 200)

    const asked = await seenSince(async () => assert.equal((await register(ticket)).status, 201))
    assert.deepEqual(
      asked.map(({ method, url, headers }) => [method, /alt=media/.test(url), headers.range]),
      [
        ['GET', false, undefined],
        ['GET', true, 'bytes=0-262143'],
      ],
    )
    assert.match(asked[1]?.url ?? '', /generation=\d{16}/)

    const downloaded = await fetch(await api.downloadUrl(ticket.file_id))
    assert.equal(downloaded.status, 200)
    assert.equal(downloaded.headers.get('content-type'), FACTS.mime_type)
    assert.match(
      downloaded.headers.get('content-disposition') ?? '',
      /^inline; filename="Bericht .1.\.pdf"; filename\*=UTF-8''Bericht%20%C2%AB1%C2%BB\.pdf$/,
    )
    assert.ok(BYTES.equals(Buffer.from(await downloaded.arrayBuffer())))

    const removing = await seenSince(async () =>
      assert.equal((await api.call('DELETE', `/files/${ticket.file_id}`)).status, 204),
    )
    assert.match(removing[0]?.url ?? '', /ifGenerationMatch=\d{16}/)
    assert.equal(all.google.bucket.get(PREFIX + ticket.gcs_path), null)
    assert.equal((await api.call('GET', `/files/${ticket.file_id}/content`)).status, 404)
  })

  it('answers with the stored bytes of an upload that is registered too early', async () => {
    const ticket = await open()
    const range = { 'content-range': `bytes 0-262143/${BYTES.length}` }
    assert.equal((await put(ticket.upload_url, BYTES.subarray(0, 262_144), range)).status, 308)
    const { status, body } = await register(ticket)
    assert.equal(status, 409)
    assert.deepEqual(body.error.details, { received_bytes: 262_144, expected_bytes: BYTES.length })
    const { uploads } = (await api.call('GET', '/files/uploads')).body
    const listed = uploads.find(({ file_id }: { file_id: string }) => file_id === ticket.file_id)
    assert.equal(listed.received_bytes, null)
  })

  it('refuses bytes that contradict their declared type', async () => {
    const ticket = await open()
    await put(
      ticket.upload_url,
      Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), BYTES.subarray(8)]),
    )
    const { status, body } = await register(ticket)
    assert.equal(status, 422)
    assert.equal(body.error.code, 'FILE_TYPE_MISMATCH')
  })

  it('issues a URL signed with the key file, valid for an hour and for the registered generation', async () => {
    const file = await storeFile()
    const url = new URL(await api.downloadUrl(file.id))
    const generation = all.google.bucket.get(PREFIX + file.storage_path)?.metadata.generation
    assert.equal(url.searchParams.get('generation'), generation)
    assert.equal(url.searchParams.get('X-Goog-Expires'), '3600')
    assert.match(url.searchParams.get('X-Goog-Credential') ?? '', new RegExp(`^${KEY_ACCOUNT}/`))
    for (const name of ['generation', 'response-content-disposition', 'X-Goog-Expires']) {
      const changed = new URL(url)
      changed.searchParams.set(name, '1')
      assert.equal((await fetch(changed)).status, 403, name)
    }
  })

  it('redirects its own download URL to one of Google, and answers HEAD itself', async () => {
    const file = await storeFile()
    const url = await ownDownloadUrl(all, file.id)
    const answer = await fetch(url, { redirect: 'manual' })
    assert.equal(answer.status, 302)
    assert.ok(answer.headers.get('location')?.startsWith(all.google.url))
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const part = await fetch(url, { headers: { range: 'bytes=9-99' } })
    assert.equal(part.status, 206)
    assert.ok(BYTES.subarray(9, 100).equals(Buffer.from(await part.arrayBuffer())))
    const head = await fetch(url, { method: 'HEAD', redirect: 'manual' })
    assert.equal(head.status, 200)
    assert.equal(head.headers.get('content-length'), String(BYTES.length))
    assert.equal((await fetch(`${url}1`, { redirect: 'manual' })).status, 401)
  })

  it('redirects a share link to Google, for no longer than the link is valid, and counts what it redirects', async () => {
    const file = await storeFile()
    const { body: link } = await api.call('POST', `/files/${file.id}/links`, {
      expires_in: 600,
      max_downloads: 1,
    })
    assert.equal((await fetch(link.url, { method: 'HEAD', redirect: 'manual' })).status, 200)
    const answer = await fetch(link.url, { redirect: 'manual' })
    assert.equal(answer.status, 302)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const location = new URL(answer.headers.get('location') ?? '')
    assert.ok(location.href.startsWith(all.google.url))
    const seconds = Number(location.searchParams.get('X-Goog-Expires'))
    assert.ok(seconds > 0 && seconds <= 600, String(seconds))
    const part = await fetch(link.url, { headers: { range: 'bytes=9-99' } })
    assert.equal(part.status, 206)
    assert.ok(BYTES.subarray(9, 100).equals(Buffer.from(await part.arrayBuffer())))
    assert.equal((await fetch(link.url, { redirect: 'manual' })).status, 401)
    const { body } = await api.call('GET', `/files/${file.id}/links`)
    assert.equal(body.links[0].downloads, 1)
  })

  it('ends the session at Google too when an upload is cancelled', async () => {
    const before = await reserved()
    const ticket = await open()
    assert.equal((await api.call('DELETE', `/files/uploads/${ticket.file_id}`)).status, 204)
    assert.equal((await put(ticket.upload_url)).status, 499)
    assert.equal((await register(ticket)).status, 410)
    assert.equal(await reserved(), before)
  })

  it('removes the object of an upload that is cancelled after its last byte', async () => {
    const ticket = await store()
    assert.equal((await api.call('DELETE', `/files/uploads/${ticket.file_id}`)).status, 204)
    assert.equal(all.google.bucket.get(PREFIX + ticket.gcs_path), null)
  })

  it('compares an announced SHA-256 at the registration, and copies stored bytes within the bucket', async () => {
    const sha256 = createHash('sha256').update(BYTES).digest('hex')
    const ask = async () => {
      const { status, body } = await api.call('POST', '/files/upload-url', { ...FACTS, sha256 })
      assert.equal(status, 200)
      return body
    }
    const ticket = await ask()
    await put(ticket.upload_url)
    const first = await register(ticket)
    assert.deepEqual([first.status, first.body.sha256], [201, sha256])

    let file = first.body
    const asked = await seenSince(async () => {
      const stored = await ask()
      assert.deepEqual([stored.already_stored, stored.upload_url], [true, undefined])
      file = stored.file
    })
    assert.ok(asked.some(({ method, url }) => method === 'POST' && /rewriteTo/.test(url)))
    assert.ok(asked.every(({ url }) => !/^\/upload/.test(url)))
    assert.equal((await api.call('DELETE', `/files/${ticket.file_id}`)).status, 204)
    const downloaded = await fetch(await api.downloadUrl(file.id))
    assert.equal(downloaded.headers.get('content-type'), FACTS.mime_type)
    assert.ok(BYTES.equals(Buffer.from(await downloaded.arrayBuffer())))
    assert.equal((await api.call('DELETE', `/files/${file.id}`)).status, 204)
    assert.equal((await ask()).already_stored, false)
  })

  it('refuses bytes that differ from the announced SHA-256', async () => {
    const sha256 = createHash('sha256').update('other bytes').digest('hex')
    const { body: ticket } = await api.call('POST', '/files/upload-url', { ...FACTS, sha256 })
    await put(ticket.upload_url)
    const { status, body } = await register(ticket)
    assert.deepEqual([status, body.error.code], [422, 'CHECKSUM_MISMATCH'])
  })

  it('receives direct uploads itself', async () => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(BYTES)], { type: FACTS.mime_type }), FACTS.filename)
    const { baseUrl, apiKey } = all.server
    const headers = { 'x-api-key': apiKey }
    const answer = await fetch(`${baseUrl}/files/upload`, { method: 'POST', headers, body: form })
    assert.equal(answer.status, 201)
    const file = (await answer.json()) as FileAnswer
    const stored = all.google.bucket.get(PREFIX + file.storage_path)
    assert.ok(stored && BYTES.equals(stored.bytes))
    assert.equal(stored.metadata.contentType, FACTS.mime_type)
    assert.equal(stored.metadata.crc32c, file.crc32c)
    assert.ok(BYTES.equals(Buffer.from(await (await fetch(await api.downloadUrl(file.id))).arrayBuffer())))
  })

  it('has no session URIs of its own', async () => {
    const url = `${all.server.url}/upload/storage/v1/b/waybill/o?uploadType=resumable&upload_id=none`
    for (const method of ['PUT', 'DELETE']) {
      const answer = await fetch(url, { method })
      assert.equal(answer.status, 404)
      assert.equal(((await answer.json()) as { error: { code: number } }).error.code, 404)
    }
  })

  it('registers no upload by itself, and opens no session of a protocol that needs the bytes here', async () => {
    const asked = await seenSince(async () => {
      const body = { ...FACTS, auto_register: true }
      const { status, body: answer } = await api.call('POST', '/files/upload-url', body)
      assert.deepEqual([status, answer.error.code], [422, 'VALIDATION_ERROR'])
      assert.equal(answer.error.details.field, 'auto_register')
      const { context, organizationId } = all.server
      const input = { filename: 'a.txt', contentType: 'text/plain', sizeBytes: null, reservedBytes: 0 }
      const nothing = { metadata: null, announced: NO_HASHES, checksums: [], fileLifetimeMs: null }
      await assert.rejects(
        createUploadSession(context, operatorCaller(organizationId), {
          ...input,
          ...nothing,
          protocol: 'tus',
          registers: 'when-complete',
        }),
        { code: 'INVALID_REQUEST' },
      )
    })
    assert.deepEqual(asked, [])
  })

  it('stores no usable session URI, and logs none', async () => {
    const ticket = await open()
    const secret = new URL(ticket.upload_url).searchParams.get('upload_id') ?? ''
    const entries = await readdir(all.server.dataDir, { recursive: true, withFileTypes: true })
    for (const entry of entries.filter((one) => one.isFile())) {
      const bytes = await readFile(join(entry.parentPath, entry.name))
      assert.ok(!bytes.includes(secret), entry.name)
    }
    await storeFile()
    assert.ok(!all.server.output().includes('upload_id'))
    assert.ok(!all.server.output().includes('X-Goog-Signature'))
  })
})

/** A fault that lasts no longer than one attempt, and is not tried again at once. */
const refuseOneEnd = ({ google }: GoogleServer<TestApp>) =>
  google.fail({
    times: 1,
    matches: ({ method, url }) => method === 'DELETE' && url.includes('upload_id='),
    how: 403,
  })
const ended = (url: string) =>
  eventually('the session is ended', async () => {
    const headers = { 'content-range': 'bytes */*' }
    const { status } = await fetch(url, { method: 'PUT', headers, redirect: 'manual' })
    return status !== 308 && status
  })

describe('an upload at Google that could not be deleted', () => {
  for (const [how, settings] of [
    ['when it was cancelled', {}],
    ['when its time was over', { UPLOAD_SESSION_SECONDS: '1' }],
  ] as const) {
    it(`${how} is ended later, and its handle forgotten`, async () => {
      const all = await startGoogleApp(settings)
      try {
        const api = createApi(() => all.server)
        refuseOneEnd(all)
        const ticket = await api.uploadUrl('left.bin', BYTES.length)
        const path = `/files/uploads/${ticket.file_id}`
        if (how === 'when it was cancelled') assert.equal((await api.call('DELETE', path)).status, 503)
        assert.equal(await ended(ticket.upload_url), 499)
        await eventually(
          'the handle is forgotten',
          async () => (await keptUpload(all, ticket.file_id))?.uploadHandle === null,
        )
      } finally {
        await all.stop()
      }
    })
  }
})

describe('an upload at Google whose time is over', () => {
  it('is ended there', async () => {
    const all = await startGoogleApp({ UPLOAD_SESSION_SECONDS: '1' })
    try {
      const api = createApi(() => all.server)
      const ticket = await api.uploadUrl('late.bin', BYTES.length)
      assert.equal(await ended(ticket.upload_url), 499)
    } finally {
      await all.stop()
    }
  })
})
