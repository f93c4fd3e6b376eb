import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { operatorCaller } from '../../../src/domain/access/caller.ts'
import { updateOrganization } from '../../../src/operations/organizations/update-organization.ts'
import { openConnection, requestHead } from '../exchange.ts'
import { SIDE_BY_SIDE } from '../session.ts'
import {
  type Answer,
  assertError,
  assertProblem,
  exchange,
  type Headers,
  head,
  patch,
  useIetf,
} from './ietf.ts'

const MAX_BYTES = 1_000_000
const server = useIetf({ MAX_FILE_BYTES: String(MAX_BYTES) })
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')
const LIMIT = /^max-size=1000000, max-age=\d+$/

interface FileJson {
  readonly id: string
  readonly original_filename: string
  readonly file_size: number
  readonly mime_type: string
}

function fileOf(answer: Answer): FileJson {
  assert.equal(answer.status, 201, answer.body)
  return JSON.parse(answer.body) as FileJson
}

describe('An upload of the IETF protocol in one request', SIDE_BY_SIDE, () => {
  for (const method of ['POST', 'PUT']) {
    it(`is complete with its ${method}, and its answer is the File`, async () => {
      const answer = await server.create({ 'Upload-Complete': '?1' }, { bytes: 'hello' }, method)
      const file = fileOf(answer)
      assert.deepEqual(answer.interim, [])
      assert.equal(answer.headers['upload-complete'], '?1')
      assert.equal(answer.headers['upload-offset'], '5')
      assert.match(String(answer.headers['upload-limit']), LIMIT)
      assert.equal(answer.headers['repr-digest'], 'crc32c=:mnG7TA==:')
      assert.equal(answer.headers['x-waybill-file-id'], file.id)
      assert.equal(answer.headers.location, `${server.app.baseUrl}/files/${file.id}`)
      assert.equal(await server.text(file.id), 'hello')
      assert.deepEqual([file.file_size, file.original_filename, file.mime_type], [5, 'upload', 'text/plain'])
    })
  }

  it('without Upload-Complete is an ordinary upload', async () => {
    const file = fileOf(await server.create({}, { bytes: 'hello' }))
    assert.equal(await server.text(file.id), 'hello')
  })

  it('without Upload-Complete tells no session', async () => {
    const answer = await server.create({ 'Upload-Draft-Interop-Version': '8' }, { bytes: 'hello' })
    assert.equal(await server.text(fileOf(answer).id), 'hello')
    assert.deepEqual(answer.interim, [])
  })

  it('may be empty', async () => {
    const file = fileOf(await server.create({ 'Upload-Complete': '?1' }))
    assert.equal(file.file_size, 0)
  })

  it('may be empty, whatever its type is', async () => {
    const headers = { 'Content-Disposition': 'attachment; filename="a.png"', 'Content-Type': 'image/png' }
    const { file_size, mime_type } = fileOf(await server.create({ 'Upload-Complete': '?1', ...headers }))
    assert.deepEqual([file_size, mime_type], [0, 'image/png'])
  })

  it('needs no length', async () => {
    const file = fileOf(await server.create({ 'Upload-Complete': '?1' }, { bytes: 'hello', isChunked: true }))
    assert.equal(file.file_size, 5)
  })

  const names: [string, Headers, string, string][] = [
    ['a quoted name', { 'Content-Disposition': 'inline; filename="a b.txt"' }, 'a b.txt', 'text/plain'],
    [
      'filename* before filename',
      { 'Content-Disposition': `attachment; filename="a.txt"; filename*=UTF-8''na%C3%AFve.txt` },
      'naïve.txt',
      'text/plain',
    ],
    [
      'the last segment of a path',
      { 'Content-Disposition': 'inline; filename="a/b/c.txt"' },
      'c.txt',
      'text/plain',
    ],
    [
      'a type by the name',
      { 'Content-Type': '', 'Content-Disposition': 'inline; filename="a.csv"' },
      'a.csv',
      'text/csv',
    ],
    ['no type and no name', { 'Content-Type': '' }, 'upload', 'application/octet-stream'],
  ]
  for (const [title, headers, filename, type] of names) {
    it(`has ${title}`, async () => {
      const file = fileOf(await server.create({ 'Upload-Complete': '?1', ...headers }, { bytes: 'a,b\n' }))
      assert.deepEqual([file.original_filename, file.mime_type], [filename, type])
    })
  }

  it('has the digests that it wanted', async () => {
    const want = { 'Upload-Complete': '?1', 'Want-Repr-Digest': 'sha-256=10, md5=0' }
    const answer = await server.create(want, { bytes: 'hello' })
    assert.equal(answer.headers['repr-digest'], `crc32c=:mnG7TA==:, sha-256=:${sha256('hello')}:`)
  })

  it('is refused when its content contradicts its type', async () => {
    const answer = await server.create(
      { 'Upload-Complete': '?1', 'Content-Type': 'image/png' },
      { bytes: 'no image' },
    )
    assertError(answer, 422, 'FILE_TYPE_MISMATCH')
    assert.equal(answer.headers['x-waybill-file-id'], undefined)
  })

  it('is too large when it exceeds the quota', async () => {
    const { organizationId, apiKey } = await server.app.addOrganization('org_quota')
    const { context, url } = server.app
    await updateOrganization(context, operatorCaller(organizationId), { storageLimitBytes: 4 })
    const headers = { 'X-API-Key': apiKey, 'Upload-Complete': '?1' }
    const answer = await exchange(`${url}/v1/organizations/org_quota/files/resumable`, 'POST', headers, {
      bytes: 'hello',
    })
    assertError(answer, 413, 'STORAGE_QUOTA_EXCEEDED')
    assert.match(answer.body, /"type":"client_error"/)
    assert.match(String(answer.headers['upload-limit']), /^max-size=/)
  })

  it('is refused when it does not match Repr-Digest', async () => {
    const answer = await server.create(
      { 'Upload-Complete': '?1', 'Repr-Digest': `sha-256=:${sha256('other')}:` },
      { bytes: 'hello' },
    )
    assertError(answer, 422, 'CHECKSUM_MISMATCH')
  })

  it('is verified by Repr-Digest and Content-Digest', async () => {
    const digest = `sha-256=:${sha256('hello')}:, crc32c=:mnG7TA==:`
    const headers = { 'Upload-Complete': '?1', 'Repr-Digest': digest, 'Content-Digest': digest }
    assert.equal(await server.text(fileOf(await server.create(headers, { bytes: 'hello' })).id), 'hello')
  })
})

describe('A short file of the IETF protocol that arrives with its creation', SIDE_BY_SIDE, () => {
  /** Adds an organization of its own, and returns what is recorded of it. */
  const newOrganization = async (id: string) => {
    const { apiKey } = await server.app.addOrganization(id)
    const { audit, organizations, uploadSessions } = server.app.context.database
    const url = `${server.app.url}/v1/organizations/${id}/files/resumable`
    return {
      url,
      apiKey,
      send: (headers: Headers, bytes: string) =>
        exchange(url, 'POST', { 'X-API-Key': apiKey, 'Upload-Complete': '?1', ...headers }, { bytes }),
      actions: async () =>
        (await audit.list(id, 50))
          .filter(({ outcome, action }) => outcome === 'ok' && action !== 'createOrganization')
          .map(({ action }) => action)
          .toSorted(),
      assertNothingHeld: async () => {
        assert.equal(await uploadSessions.countUnfinished(id), 0)
        const found = await organizations.find(id)
        assert.deepEqual([found?.storageUsedBytes, found?.storageReservedBytes], [0, 0])
      },
    }
  }

  it('has one audit event for its upload and one for its File', async () => {
    const { send, actions } = await newOrganization('org_ietfwhole')
    const file = fileOf(await send({ 'Content-Type': 'text/plain' }, 'hello'))
    assert.equal(file.file_size, 5)
    assert.deepEqual(await actions(), ['createUploadSession', 'registerCompleteUpload'])
  })

  it('leaves no session when it is refused, as its audit events tell', async () => {
    const { send, actions, assertNothingHeld } = await newOrganization('org_ietfrefused')
    const answer = await send({ 'Content-Type': 'image/png' }, 'no image')
    assertError(answer, 422, 'FILE_TYPE_MISMATCH')
    assert.equal(answer.headers.location, undefined)
    await assertNothingHeld()
    assert.deepEqual(await actions(), ['cancelUpload', 'createUploadSession'])
  })

  it('leaves nothing when a part of it is lost', async () => {
    const { url, apiKey, actions, assertNothingHeld } = await newOrganization('org_ietfcut')
    const headers = { 'X-API-Key': apiKey, 'Upload-Complete': '?1', Expect: '100-continue' }
    const connection = await openConnection(url)
    await connection.write(requestHead(url, { method: 'POST', headers }, 5))
    assert.equal((await connection.answer()).status, 100)
    await connection.write('hel')
    connection.end()
    await connection.closed()
    await assertNothingHeld()
    assert.deepEqual(await actions(), [])
  })
})

describe('An upload of the IETF protocol in several requests', SIDE_BY_SIDE, () => {
  it('is created with its first bytes', async () => {
    const answer = await server.create({ 'Upload-Complete': '?0', 'Upload-Length': '10' }, { bytes: 'hello' })
    assert.equal(answer.status, 201, answer.body)
    assert.equal(answer.body, '')
    assert.equal(answer.headers['upload-complete'], '?0')
    assert.equal(answer.headers['upload-offset'], '5')
    assert.match(String(answer.headers['upload-limit']), LIMIT)
    const url = answer.headers.location ?? ''
    assert.ok(url.startsWith(`${server.app.url}/upload/`), url)
    const last = await patch(url, 5, true, 'world')
    assert.equal(await server.text(fileOf(last).id), 'helloworld')
    assert.equal(last.headers['x-waybill-file-id'], answer.headers['x-waybill-file-id'])
  })

  it('is not complete when its first request has all bytes, until a request says so', async () => {
    const answer = await server.create({ 'Upload-Complete': '?0', 'Upload-Length': '5' }, { bytes: 'hello' })
    const url = answer.headers.location ?? ''
    const before = await head(url)
    assert.deepEqual([before.headers['upload-complete'], before.headers['upload-offset']], ['?0', '5'])
    assert.equal(fileOf(await patch(url, 5, true)).file_size, 5)
  })
})

describe('Interim responses', SIDE_BY_SIDE, () => {
  it('tell the URL of the upload to clients of version 8, before the response', async () => {
    const answer = await server.create(
      { 'Upload-Complete': '?0', 'Upload-Draft-Interop-Version': '8' },
      { bytes: 'hello' },
    )
    const [first] = answer.interim
    assert.equal(first?.status, 104)
    assert.equal(first?.headers.location, answer.headers.location)
    assert.match(String(first?.headers['upload-limit']), LIMIT)
    assert.equal(first?.headers['upload-draft-interop-version'], '8')
  })

  for (const version of ['', '6', '7', '9', '8.0', '"8"']) {
    it(`are not sent to a client with the version ${version || 'missing'}`, async () => {
      const answer = await server.create(
        { 'Upload-Complete': '?1', 'Upload-Draft-Interop-Version': version },
        { bytes: 'hello' },
      )
      assert.equal(answer.status, 201)
      assert.deepEqual(answer.interim, [])
    })
  }
})

// One after the other, because the tests count the uploads.
describe('A creation that does not fit', () => {
  const refused: [string, Headers, string, number, string | null][] = [
    [
      'another Upload-Length than its body',
      { 'Upload-Complete': '?1', 'Upload-Length': '6' },
      'hello',
      400,
      'inconsistent-upload-length',
    ],
    [
      'a body beyond Upload-Length',
      { 'Upload-Complete': '?0', 'Upload-Length': '4' },
      'hello',
      400,
      'inconsistent-upload-length',
    ],
    [
      'an offset',
      { 'Upload-Complete': '?0', 'Upload-Offset': '5' },
      'hello',
      400,
      'inconsistent-upload-length',
    ],
    [
      'a wrong Content-Digest',
      { 'Upload-Complete': '?1', 'Content-Digest': 'crc32c=:AAAAAA==:' },
      'hello',
      400,
      'digest-mismatched-values',
    ],
    [
      'an unknown digest',
      { 'Upload-Complete': '?1', 'Content-Digest': 'unixsum=:AAAA:' },
      'hello',
      400,
      'digest-unsupported-algorithms',
    ],
    [
      'a short digest',
      { 'Upload-Complete': '?1', 'Repr-Digest': 'sha-256=:AAAA:' },
      'hello',
      400,
      'digest-invalid-values',
    ],
    [
      'a digest field that is no Dictionary',
      { 'Upload-Complete': '?1', 'Repr-Digest': '=' },
      'hello',
      400,
      null,
    ],
  ]
  for (const [title, headers, bytes, status, type] of refused) {
    it(`because of ${title} is refused, and leaves no upload`, async () => {
      const before = await server.client.countUploads()
      assertProblem(await server.create(headers, { bytes }), status, type)
      assert.equal(await server.client.countUploads(), before)
    })
  }

  const errors: [string, Headers, number, string][] = [
    [
      'a length over the limit',
      { 'Upload-Complete': '?0', 'Upload-Length': String(MAX_BYTES + 1) },
      413,
      'FILE_TOO_LARGE',
    ],
    ['no key', { 'Upload-Complete': '?0', 'X-API-Key': '' }, 401, 'AUTHENTICATION_REQUIRED'],
    [
      'a name that is not allowed',
      { 'Upload-Complete': '?0', 'Content-Disposition': 'inline; filename=".."' },
      422,
      'VALIDATION_ERROR',
    ],
    ['a type that is none', { 'Upload-Complete': '?0', 'Content-Type': 'text' }, 422, 'VALIDATION_ERROR'],
  ]
  for (const [title, headers, status, code] of errors) {
    it(`because of ${title} is refused with the error of the JSON API`, async () => {
      const answer = await server.create(headers)
      assertError(answer, status, code)
      if (status === 413) assert.equal(answer.headers['upload-limit'], 'max-size=1000000')
    })
  }

  it('because a body without a length passes the limit leaves no upload', async () => {
    const before = await server.client.countUploads()
    const bytes = Buffer.alloc(MAX_BYTES + 1)
    assertError(
      await server.create({ 'Upload-Complete': '?1' }, { bytes, isChunked: true }),
      413,
      'FILE_TOO_LARGE',
    )
    assert.equal(await server.client.countUploads(), before)
  })
})

describe('The creation URL of the IETF protocol', () => {
  it('tells its limits', async () => {
    const answer = await fetch(`${server.app.baseUrl}/files/resumable`, { method: 'OPTIONS' })
    assert.equal(answer.status, 204)
    assert.equal(answer.headers.get('upload-limit'), 'max-size=1000000')
  })

  it('refuses other methods', async () => {
    const answer = await fetch(`${server.app.baseUrl}/files/resumable`, { method: 'DELETE' })
    assert.equal(answer.status, 405)
    assert.deepEqual(answer.headers.get('allow')?.split(', ').sort(), ['OPTIONS', 'POST', 'PUT'])
  })
})
