import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { png } from '../../api/sample-files.ts'
import { type Answer, encodeChunks, exchange, type Request } from '../exchange.ts'
import { SIDE_BY_SIDE } from '../session.ts'
import {
  assertRefused,
  BYTES_TYPE,
  base64,
  type Headers,
  head,
  metadata,
  offsetOf,
  patch,
  send,
  useTus,
} from './tus.ts'

const MAX_BYTES = 1_000_000
const server = useTus({
  MAX_FILE_BYTES: String(MAX_BYTES),
  ALLOWED_MIME_TYPES: 'text/*,application/pdf,application/octet-stream',
})

type Row = readonly [headers: Headers, status: number, code: string, request?: Request]

const chunked = (text: string, trailer = ''): Request => ({
  transfer: 'no body',
  body: Buffer.concat([encodeChunks(Buffer.from(text)), Buffer.from(`0\r\n${trailer}\r\n`)]),
})
const CHUNKED = { 'Transfer-Encoding': 'chunked' }
const LENGTH = { 'Upload-Length': '5' }
const FIVE: Request = { body: Buffer.from('abcde') }

const CREATIONS: Readonly<Record<string, Row>> = {
  'no length': [{}, 400, 'INVALID_REQUEST'],
  'both a length and a deferred one': [{ ...LENGTH, 'Upload-Defer-Length': '1' }, 400, 'INVALID_REQUEST'],
  'a length that is no number': [{ 'Upload-Length': 'five' }, 400, 'INVALID_REQUEST'],
  'a negative length': [{ 'Upload-Length': '-1' }, 400, 'INVALID_REQUEST'],
  'a length twice': [{ 'Upload-Length': '5\r\nUpload-Length: 5' }, 400, 'INVALID_REQUEST'],
  'a length over 2^53 - 1': [{ 'Upload-Length': '9007199254740992' }, 400, 'INVALID_REQUEST'],
  'the largest length': [{ 'Upload-Length': '9007199254740991' }, 413, 'FILE_TOO_LARGE'],
  'a length over the maximum': [{ 'Upload-Length': String(MAX_BYTES + 1) }, 413, 'FILE_TOO_LARGE'],
  'metadata that is not base64': [{ ...LENGTH, 'Upload-Metadata': 'a *' }, 400, 'INVALID_REQUEST'],
  'metadata with a key twice': [{ ...LENGTH, 'Upload-Metadata': 'a MQ==,a Mg==' }, 400, 'INVALID_REQUEST'],
  'metadata twice, with the same key': [
    { ...LENGTH, 'Upload-Metadata': 'a MQ==\r\nUpload-Metadata: a MQ==' },
    400,
    'INVALID_REQUEST',
  ],
  'metadata over 8 KiB': [{ ...LENGTH, 'Upload-Metadata': `a ${'A'.repeat(8192)}` }, 400, 'INVALID_REQUEST'],
  'a folder outside of the root': [
    { ...LENGTH, ...metadata({ relativePath: '../a/b.txt' }) },
    400,
    'VALIDATION_ERROR',
  ],
  'a name with a path': [{ ...LENGTH, ...metadata({ filename: '../a.txt' }) }, 400, 'VALIDATION_ERROR'],
  'a name with control characters': [
    { ...LENGTH, ...metadata({ name: 'a\r\nX-Evil: 1' }) },
    400,
    'VALIDATION_ERROR',
  ],
  'a name that is too long': [{ ...LENGTH, ...metadata({ name: 'a'.repeat(256) }) }, 400, 'VALIDATION_ERROR'],
  'a name that is not UTF-8': [{ ...LENGTH, 'Upload-Metadata': 'filename /w==' }, 400, 'INVALID_REQUEST'],
  'a type that is none': [{ ...LENGTH, ...metadata({ filetype: 'text' }) }, 400, 'VALIDATION_ERROR'],
  'a type that is not accepted': [
    { ...LENGTH, ...metadata({ filetype: 'image/png' }) },
    415,
    'UNSUPPORTED_FILE_TYPE',
  ],
  'a name whose type is not accepted': [
    { ...LENGTH, ...metadata({ filename: 'a.png' }) },
    415,
    'UNSUPPORTED_FILE_TYPE',
  ],
  'no key': [{ ...LENGTH, 'X-API-Key': '' }, 401, 'AUTHENTICATION_REQUIRED'],
  'a wrong key': [{ ...LENGTH, 'X-API-Key': `oak_live_${'A'.repeat(43)}` }, 401, 'INVALID_API_KEY'],
  'a checksum of an unknown algorithm': [
    { ...LENGTH, ...BYTES_TYPE, 'Upload-Checksum': 'sha3 AAAA' },
    400,
    'INVALID_REQUEST',
    FIVE,
  ],
  'a checksum that does not match': [
    { ...LENGTH, ...BYTES_TYPE, 'Upload-Checksum': 'crc32c AAAAAA==' },
    460,
    'CHECKSUM_MISMATCH',
    FIVE,
  ],
  'a checksum that does not match, and no bytes': [
    { ...LENGTH, 'Upload-Checksum': 'crc32c AAAAAQ==' },
    460,
    'CHECKSUM_MISMATCH',
  ],
  'a body without a type': [LENGTH, 415, 'UNSUPPORTED_MEDIA_TYPE', FIVE],
  'a body of another type': [
    { ...LENGTH, 'Content-Type': 'text/plain' },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    FIVE,
  ],
  'a chunked body without a type': [{ ...LENGTH, ...CHUNKED }, 415, 'UNSUPPORTED_MEDIA_TYPE', chunked('a')],
  'a body that exceeds the length': [{ 'Upload-Length': '4', ...BYTES_TYPE }, 413, 'FILE_TOO_LARGE', FIVE],
  'a body for an empty upload': [{ 'Upload-Length': '0', ...BYTES_TYPE }, 413, 'FILE_TOO_LARGE', FIVE],
  'a chunked body that exceeds the length': [
    { 'Upload-Length': '4', ...BYTES_TYPE, ...CHUNKED },
    413,
    'FILE_TOO_LARGE',
    chunked('abcde'),
  ],
  'a trailer that is announced and does not come': [
    { ...LENGTH, ...BYTES_TYPE, ...CHUNKED, Trailer: 'Upload-Checksum' },
    400,
    'INVALID_REQUEST',
    chunked('abcde'),
  ],
  'content that contradicts its type': [
    { 'Upload-Length': String(png().length), ...BYTES_TYPE, ...metadata({ filetype: 'application/pdf' }) },
    422,
    'FILE_TYPE_MISMATCH',
    { body: png() },
  ],
  'a concatenation that is neither partial nor final': [
    { ...LENGTH, 'Upload-Concat': 'Partial' },
    400,
    'INVALID_REQUEST',
  ],
  'a partial upload without a length': [{ 'Upload-Concat': 'partial' }, 400, 'INVALID_REQUEST'],
  'a partial upload over the maximum': [
    { 'Upload-Concat': 'partial', 'Upload-Length': String(MAX_BYTES + 1) },
    413,
    'FILE_TOO_LARGE',
  ],
  'a final upload of no partial one': [{ 'Upload-Concat': 'final;' }, 400, 'INVALID_REQUEST'],
  'a final upload of an unknown one': [
    { 'Upload-Concat': 'final;/upload?upload_id=unknown' },
    404,
    'UPLOAD_NOT_FOUND',
  ],
  'a final upload of a text that is no URL': [{ 'Upload-Concat': 'final;http://[' }, 404, 'UPLOAD_NOT_FOUND'],
  'a final upload of one twice': [
    { 'Upload-Concat': 'final;?upload_id=a ?upload_id=a' },
    400,
    'INVALID_REQUEST',
  ],
}

describe('A creation with tus is refused, and stores nothing, with', () => {
  for (const [name, [headers, status, code, request]] of Object.entries(CREATIONS)) {
    it(name, async () => {
      const answer = await server.create(headers, request)
      assertRefused(answer, status, code)
      assert.equal(answer.headers.location, undefined)
      assert.equal(await server.client.countUploads(), 0)
      assert.equal(await server.client.countFiles(), 0)
    })
  }

  it('the key of another organization', async () => {
    const { apiKey } = await server.app.addOrganization('org_other')
    assertRefused(await server.create({ ...LENGTH, 'X-API-Key': apiKey }), 403, 'ORGANIZATION_ACCESS_DENIED')
  })

  it('a key without the scope', async () => {
    const made = await server.client.post('/api-keys', { key_name: 'Reader', scopes: ['files:read'] })
    const { key } = JSON.parse(made.bytes.toString()) as { key: string }
    assertRefused(await server.create({ ...LENGTH, 'X-API-Key': key }), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'QUERY']) {
    it(`the method ${method}`, async () => {
      const answer = await send(`${server.app.baseUrl}/files/tus`, method)
      assertRefused(answer, 405, 'METHOD_NOT_ALLOWED')
      assert.equal(answer.headers.allow, 'POST, OPTIONS')
    })
  }

  it('a malformed URL, in the form of the JSON API', async () => {
    const answer = await exchange(`${server.app.url}/v1/organizations/%ff/files/tus`, { method: 'POST' })
    assert.equal(answer.status, 404, answer.body)
  })
})

const PATCHES: Readonly<Record<string, Row>> = {
  'no offset': [{ 'Upload-Offset': '' }, 400, 'INVALID_REQUEST'],
  'an offset that is no number': [{ 'Upload-Offset': 'x' }, 400, 'INVALID_REQUEST'],
  'a negative offset': [{ 'Upload-Offset': '-1' }, 400, 'INVALID_REQUEST'],
  'an offset twice': [{ 'Upload-Offset': '3\r\nUpload-Offset: 3' }, 400, 'INVALID_REQUEST'],
  'an offset over 2^53 - 1': [{ 'Upload-Offset': '9007199254740993' }, 400, 'INVALID_REQUEST'],
  'another offset': [{ 'Upload-Offset': '2' }, 409, 'UPLOAD_OFFSET_MISMATCH'],
  'no type': [{ 'Content-Type': '' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  'another type': [{ 'Content-Type': 'application/json' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  'another length': [{ 'Upload-Length': '11' }, 400, 'INVALID_REQUEST'],
  'a malformed length': [{ 'Upload-Length': 'x' }, 400, 'INVALID_REQUEST'],
  'a body that exceeds the length': [{}, 413, 'FILE_TOO_LARGE', { body: Buffer.alloc(8) }],
  'a chunked body that exceeds the length': [CHUNKED, 413, 'FILE_TOO_LARGE', chunked('x'.repeat(8))],
  'a malformed checksum': [{ 'Upload-Checksum': 'sha1' }, 400, 'INVALID_REQUEST'],
  'a checksum twice': [
    { 'Upload-Checksum': 'crc32c AAAAAA==\r\nUpload-Checksum: crc32c AAAAAA==' },
    400,
    'INVALID_REQUEST',
  ],
  'a checksum that does not match': [{ 'Upload-Checksum': 'crc32c AAAAAA==' }, 460, 'CHECKSUM_MISMATCH'],
  'a trailer of an unknown algorithm': [
    { ...CHUNKED, Trailer: 'Upload-Checksum' },
    400,
    'INVALID_REQUEST',
    chunked('de', `Upload-Checksum: sha3 ${base64('x')}\r\n`),
  ],
}

describe('A PATCH of tus is refused, and the upload continues where it was, with', SIDE_BY_SIDE, () => {
  for (const [name, [headers, status, code, request]] of Object.entries(PATCHES)) {
    it(name, async () => {
      const { url, fileId } = await server.open(10)
      await patch(url, 0, 'abc')
      const answer = await patch(url, 3, 'de', headers, request)
      assertRefused(answer, status, code)
      assert.equal(await offsetOf(url), 3)
      assert.equal((await patch(url, 3, 'defghij')).status, 204)
      assert.equal((await server.bytes(fileId)).toString(), 'abcdefghij')
    })
  }

  it('a length below the offset while the length is unknown', async () => {
    const { url } = await server.open(null)
    await patch(url, 0, 'abc')
    assertRefused(await patch(url, 3, '', { 'Upload-Length': '2' }), 400, 'INVALID_REQUEST')
    assert.equal((await head(url)).headers.get('upload-defer-length'), '1')
  })

  it('a chunked body over the maximum while the length is unknown', async () => {
    const { url } = await server.open(null)
    const answer = await patch(url, 0, '', CHUNKED, chunked('x'.repeat(MAX_BYTES + 1)))
    assertRefused(answer, 413, 'FILE_TOO_LARGE')
    assert.equal(await offsetOf(url), 0)
  })
})

describe('A request of tus to a complete upload', SIDE_BY_SIDE, () => {
  let url: string
  let fileId: string
  before(async () => {
    const upload = await server.open(3)
    url = upload.url
    fileId = upload.fileId
    await patch(url, 0, 'abc')
  })

  const requests: Readonly<Record<string, readonly [() => Promise<Answer>, status: number]>> = {
    'without bytes at its end is accepted': [() => patch(url, 3), 204],
    'with bytes at its end is refused': [() => patch(url, 3, 'd'), 413],
    'with an empty chunked body is accepted': [() => patch(url, 3, '', CHUNKED, chunked('')), 204],
    'with a chunked byte is refused': [() => patch(url, 3, '', CHUNKED, chunked('d')), 413],
    'that sends its bytes again is refused': [() => patch(url, 0, 'abc'), 409],
    'that tells its length again is accepted': [() => patch(url, 3, '', { 'Upload-Length': '3' }), 204],
    'that tells another length is refused': [() => patch(url, 3, '', { 'Upload-Length': '4' }), 400],
    'after its end is refused': [() => patch(url, 4, 'e'), 409],
    'to cancel it is refused': [() => send(url, 'DELETE'), 403],
  }
  for (const [name, [request, status]] of Object.entries(requests)) {
    it(name, async () => {
      const answer = await request()
      assert.equal(answer.status, status, answer.body)
      if (status !== 403) assert.equal(answer.headers['upload-offset'], '3')
      assert.equal((await server.bytes(fileId)).toString(), 'abc')
    })
  }

  for (const method of ['GET', 'PUT', 'POST', 'QUERY', 'TRACE']) {
    it(`with the method ${method} is refused`, async () => {
      const answer = await send(url, method)
      assertRefused(answer, 405, 'METHOD_NOT_ALLOWED')
      assert.equal(answer.headers.allow, 'HEAD, PATCH, DELETE, OPTIONS')
    })
  }
})

describe('A session URL of tus', SIDE_BY_SIDE, () => {
  it('ignores a key that comes along, even a wrong one', async () => {
    const { url } = await server.open(3)
    const wrong = { Authorization: 'Bearer nonsense', 'X-API-Key': 'nonsense', Cookie: 'session=1' }
    assert.equal((await head(url, { Authorization: 'Bearer nonsense' })).status, 200)
    assert.equal((await patch(url, 0, 'abc', wrong)).status, 204)
  })

  it('without its credential is unknown', async () => {
    const { url } = await server.open(3)
    const bare = new URL(url)
    bare.search = ''
    assertRefused(await patch(bare.href, 0, 'abc'), 404, 'UPLOAD_NOT_FOUND')
    const doubled = `${url}&upload_id=x`
    assertRefused(await patch(doubled, 0, 'abc'), 404, 'UPLOAD_NOT_FOUND')
  })

  it('is not found after its File was deleted', async () => {
    const { url, fileId } = await server.open(3)
    await patch(url, 0, 'abc')
    assert.equal((await server.client.del(`/files/${fileId}`)).status, 204)
    assert.equal((await head(url)).status, 404)
    assertRefused(await patch(url, 3), 404, 'UPLOAD_NOT_FOUND')
  })

  it('is gone after its content was refused, and says why', async () => {
    const { url, fileId } = await server.open(png().length, metadata({ filetype: 'application/pdf' }))
    assertRefused(await patch(url, 0, png()), 422, 'FILE_TYPE_MISMATCH')
    assert.equal((await head(url)).status, 410)
    const later = await patch(url, 0, 'abc')
    assertRefused(later, 410, 'UPLOAD_SESSION_EXPIRED')
    assert.match(later.body, /FILE_TYPE_MISMATCH/)
    assert.equal(await server.file(fileId), null)
  })
})
