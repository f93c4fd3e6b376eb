import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { type Answer, encodeChunks, exchange } from '../exchange.ts'
import { SIDE_BY_SIDE } from '../session.ts'
import {
  assertRefused,
  BYTES_TYPE,
  base64,
  head,
  metadata,
  offsetOf,
  patch,
  send,
  useTus,
  VERSION,
} from './tus.ts'

// Every title is a sentence of the specification of tus 1.0 that binds the server.

const MAX_BYTES = 1_000_000
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
const UNKNOWN = '/upload/storage/v1/b/waybill/o?uploadType=resumable&upload_id=unknown'
const server = useTus({ MAX_FILE_BYTES: String(MAX_BYTES) })

const sha1 = (text: string) => `sha1 ${createHash('sha1').update(text).digest('base64')}`
const listOf = (value: string | undefined) => (value ?? '').split(',')
const options = (url: string, headers = {}) =>
  exchange(url, { method: 'OPTIONS', transfer: 'no body', headers })
const creationUrl = () => `${server.app.baseUrl}/files/tus`

describe('Core protocol of tus', SIDE_BY_SIDE, () => {
  it('The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests.', async () => {
    const { url } = await server.open(5)
    const answers: readonly Answer[] = [
      await server.create({ 'Upload-Length': '1' }),
      await server.create({ 'Upload-Length': 'x' }),
      await server.create({ 'Upload-Length': '1', 'X-API-Key': '' }),
      await patch(url, 0, 'a'),
      await patch(url, 7, 'a'),
      await patch(server.app.url + UNKNOWN, 0, 'a'),
      await send(url, 'GET'),
      await send(creationUrl(), 'PUT'),
      await send(url, 'DELETE'),
    ]
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers['tus-resumable']]),
      [201, 400, 401, 204, 409, 404, 405, 405, 204].map((status) => [status, '1.0.0']),
    )
    assert.equal((await head(url)).headers.get('tus-resumable'), '1.0.0')
  })

  for (const version of ['', '0.2.2', '1.0.0, 1.0.0', '2']) {
    it(`If the version specified by the Client is not supported by the Server, it MUST respond with the 412 Precondition Failed status and MUST include the Tus-Version header into the response. In addition, the Server MUST NOT process the request. (${version || 'none'})`, async () => {
      const { url } = await server.open(1)
      const other = { 'Tus-Resumable': version }
      const answers = [
        await server.create({ ...other, 'Upload-Length': '1' }),
        await patch(url, 0, 'a', other),
        ...(version === '' ? [] : [await send(url, 'DELETE', other)]),
      ]
      for (const answer of answers) {
        assertRefused(answer, 412, 'PRECONDITION_FAILED')
        assert.equal(answer.headers['tus-version'], '1.0.0')
        assert.equal(answer.headers.location, undefined)
      }
      assert.equal(await offsetOf(url), 0)
    })
  }

  it('The X-HTTP-Method-Override request header MUST be interpreted as the request’s method by the Server. The actual method of the request MUST be ignored.', async () => {
    const { url } = await server.open(5)
    const sent = await send(
      url,
      'POST',
      { ...BYTES_TYPE, 'Upload-Offset': '0', 'X-HTTP-Method-Override': 'PATCH' },
      { body: Buffer.from('abc') },
    )
    assert.equal(sent.status, 204, sent.body)
    assert.equal(sent.headers['upload-offset'], '3')
    const asked = await send(url, 'DELETE', { 'X-HTTP-Method-Override': 'HEAD' }, { transfer: 'no body' })
    assert.equal(asked.status, 200)
    assert.equal(asked.headers['upload-offset'], '3')
    for (const override of ['patch', 'NONSENSE', 'CONNECT', 'PUT', 'GET']) {
      const answer = await patch(url, 3, 'de', { 'X-HTTP-Method-Override': override })
      assertRefused(answer, 405, 'METHOD_NOT_ALLOWED')
      assert.equal(answer.headers.allow, 'HEAD, PATCH, DELETE, OPTIONS')
    }
    assert.equal((await send(url, 'PUT', { 'X-HTTP-Method-Override': 'DELETE' })).status, 204)
    assert.equal((await head(url)).status, 410)
  })

  it('The Server MUST always include the Upload-Offset header in the response for a HEAD request, even if the offset is 0, or the upload is already considered completed. If the size of the upload is known, the Server MUST include the Upload-Length header in the response.', async () => {
    const { url } = await server.open(3)
    const stateOf = async () => {
      const { status, headers } = await head(url)
      return [status, headers.get('upload-offset'), headers.get('upload-length')]
    }
    assert.deepEqual(await stateOf(), [200, '0', '3'])
    await patch(url, 0, 'a')
    assert.deepEqual(await stateOf(), [200, '1', '3'])
    await patch(url, 1, 'bc')
    assert.deepEqual(await stateOf(), [200, '3', '3'])
  })

  it('If the resource is not found, the Server SHOULD return either the 404 Not Found, 410 Gone or 403 Forbidden status without the Upload-Offset header.', async () => {
    const answer = await head(server.app.url + UNKNOWN)
    assert.equal(answer.status, 404)
    assert.equal(answer.headers.get('upload-offset'), null)
  })

  it('The Server MUST prevent the client and/or proxies from caching the response by adding the Cache-Control: no-store header to the response.', async () => {
    const { url } = await server.open(3)
    assert.equal((await head(url)).headers.get('cache-control'), 'no-store')
  })

  for (const type of ['', 'application/octet-stream', 'text/plain']) {
    it(`All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD return a 415 Unsupported Media Type status. (${type || 'none'})`, async () => {
      const { url } = await server.open(3)
      const answer = await patch(url, 0, 'abc', { 'Content-Type': type })
      assertRefused(answer, 415, 'UNSUPPORTED_MEDIA_TYPE')
      assert.equal(await offsetOf(url), 0)
    })
  }

  it('If the offsets do not match, the Server MUST respond with the 409 Conflict status without modifying the upload resource.', async () => {
    const { url } = await server.open(6)
    await patch(url, 0, 'abc')
    for (const offset of [0, 2, 4, 6, 7]) {
      const answer = await patch(url, offset, 'xyz')
      assertRefused(answer, 409, 'UPLOAD_OFFSET_MISMATCH')
      assert.equal(answer.headers['upload-offset'], '3')
    }
    assert.equal(await offsetOf(url), 3)
  })

  it('The Server MUST acknowledge successful PATCH requests with the 204 No Content status. It MUST include the Upload-Offset header containing the new offset. The new offset MUST be the sum of the offset before the PATCH request and the number of bytes received.', async () => {
    const { url, fileId } = await server.open(10)
    for (const [offset, text] of [
      [0, 'abc'],
      [3, ''],
      [3, 'd'],
      [4, 'efghij'],
    ] as const) {
      const answer = await patch(url, offset, text)
      assert.equal(answer.status, 204, answer.body)
      assert.equal(answer.headers['upload-offset'], String(offset + text.length))
      assert.equal(answer.body, '')
    }
    assert.equal((await server.bytes(fileId)).toString(), 'abcdefghij')
  })

  it('If the server receives a PATCH request against a non-existent resource it SHOULD return a 404 Not Found status.', async () => {
    assertRefused(await patch(server.app.url + UNKNOWN, 0, 'abc'), 404, 'UPLOAD_NOT_FOUND')
  })

  it('A successful response to OPTIONS MUST contain the Tus-Version header. The Server MUST ignore the Tus-Resumable header.', async () => {
    const { url } = await server.open(1)
    for (const target of [url, creationUrl(), server.app.url + UNKNOWN]) {
      for (const headers of [{}, VERSION, { 'Tus-Resumable': '0.1' }, BYTES_TYPE, { 'Content-Type': '' }]) {
        const answer = await options(target, headers)
        assert.equal(answer.status, 204, answer.body)
        assert.equal(answer.headers['tus-version'], '1.0.0')
        assert.equal(answer.headers['tus-max-size'], String(MAX_BYTES))
      }
    }
  })
})

describe('Creation extension of tus', SIDE_BY_SIDE, () => {
  it('If the Server supports this extension, it MUST add it to the Tus-Extension header.', async () => {
    const { url } = await server.open(1)
    for (const target of [url, creationUrl()]) {
      const { headers } = await options(target)
      assert.deepEqual(listOf(headers['tus-extension']).sort(), [
        'checksum',
        'checksum-trailer',
        'concatenation',
        'creation',
        'creation-defer-length',
        'creation-with-upload',
        'expiration',
        'termination',
      ])
    }
  })

  it('The Server MUST acknowledge a successful upload creation with the 201 Created status. The Server MUST set the Location header to the URL of the created resource.', async () => {
    const answer = await server.create({ 'Upload-Length': '3' })
    assert.equal(answer.status, 201, answer.body)
    assert.ok(answer.headers.location?.startsWith(`${server.app.url}/upload/`), answer.headers.location)
    assert.equal(answer.headers['upload-offset'], '0')
    assert.match(answer.headers['x-waybill-file-id'] ?? '', /^file_/)
    assert.equal(await offsetOf(answer.headers.location ?? ''), 0)
  })

  for (const value of ['0', '', 'true', '1, 1', '01']) {
    it(`If the Upload-Defer-Length header contains any other value than 1 the server should return a 400 Bad Request status. (${value})`, async () => {
      assertRefused(await server.create({ 'Upload-Defer-Length': value }), 400, 'INVALID_REQUEST')
    })
  }

  it('As long as the length of the upload is not known, the Server MUST set Upload-Defer-Length: 1 in all responses to HEAD requests. Once set the length MUST NOT be changed.', async () => {
    const { url, fileId } = await server.open(null)
    const lengthsOf = async () => {
      const { headers } = await head(url)
      return [headers.get('upload-defer-length'), headers.get('upload-length')]
    }
    assert.deepEqual(await lengthsOf(), ['1', null])
    await patch(url, 0, 'ab')
    assert.deepEqual(await lengthsOf(), ['1', null])
    assert.equal((await patch(url, 2, 'c', { 'Upload-Length': '5' })).status, 204)
    assert.deepEqual(await lengthsOf(), [null, '5'])
    assertRefused(await patch(url, 3, 'def', { 'Upload-Length': '6' }), 400, 'INVALID_REQUEST')
    assert.deepEqual(await lengthsOf(), [null, '5'])
    assert.equal((await patch(url, 3, 'de', { 'Upload-Length': '5' })).status, 204)
    assert.equal((await server.bytes(fileId)).toString(), 'abcde')
  })

  it('The Upload-Length header MAY be set to 0. Such an upload is immediately complete after its creation without transferring data using PATCH requests.', async () => {
    const { url, fileId } = await server.open(0)
    assert.equal((await server.file(fileId))?.file_size, 0)
    const { status, headers } = await head(url)
    assert.deepEqual([status, headers.get('upload-offset'), headers.get('upload-length')], [200, '0', '0'])
  })

  it('If an upload contains additional metadata, responses to HEAD requests MUST include the Upload-Metadata header and its value as specified by the Client during the creation.', async () => {
    const text = `filename ${base64('naïve.txt')},a ,b,  c MQ==,type ${base64('text/plain')}`
    const { url } = await server.open(3, { 'Upload-Metadata': text })
    assert.equal((await head(url)).headers.get('upload-metadata'), text)
    await patch(url, 0, 'abc')
    assert.equal((await head(url)).headers.get('upload-metadata'), text)
    const plain = await server.open(3)
    assert.equal((await head(plain.url)).headers.get('upload-metadata'), null)
  })

  it('If the length of the upload exceeds the maximum, the Server MUST respond with the 413 Request Entity Too Large status.', async () => {
    const tooLong = { 'Upload-Length': String(MAX_BYTES + 1) }
    assertRefused(await server.create(tooLong), 413, 'FILE_TOO_LARGE')
    assert.equal((await server.create({ 'Upload-Length': String(MAX_BYTES) })).status, 201)
    const { url } = await server.open(null)
    assertRefused(await patch(url, 0, 'abc', tooLong), 413, 'FILE_TOO_LARGE')
    assert.equal(await offsetOf(url), 0)
  })
})

describe('Creation With Upload extension of tus', SIDE_BY_SIDE, () => {
  for (const [name, text, isComplete] of [
    ['a part', 'abc', false],
    ['everything', 'abcde', true],
    ['nothing', '', false],
  ] as const) {
    it(`The Server MUST include the Upload-Offset header in the response and MUST set its value to the offset of the upload after applying the accepted bytes. (${name})`, async () => {
      const headers = { 'Upload-Length': '5', ...BYTES_TYPE }
      const answer = await server.create(headers, { body: Buffer.from(text) })
      assert.equal(answer.status, 201, answer.body)
      assert.equal(answer.headers['upload-offset'], String(text.length))
      assert.equal(await offsetOf(answer.headers.location ?? ''), text.length)
      const file = await server.file(answer.headers['x-waybill-file-id'] ?? '')
      assert.equal(file?.file_size ?? null, isComplete ? 5 : null)
    })
  }
})

describe('Expiration extension of tus', SIDE_BY_SIDE, () => {
  it('The Upload-Expires header MUST be included in every PATCH response if the upload is going to expire. If the expiration is known at the creation, the header MUST be included in the response to the initial POST request. Its value MUST be in RFC 9110 datetime format.', async () => {
    const created = await server.create({ 'Upload-Length': '3' })
    const expires = created.headers['upload-expires'] ?? ''
    assert.match(expires, IMF_FIXDATE)
    const { location = '' } = created.headers
    assert.equal((await patch(location, 0, 'a')).headers['upload-expires'], expires)
    assert.equal((await head(location)).headers.get('upload-expires'), expires)
    // The File does not expire.
    assert.equal((await patch(location, 1, 'bc')).headers['upload-expires'], undefined)
  })
})

describe('Checksum extension of tus', SIDE_BY_SIDE, () => {
  it('The Tus-Checksum-Algorithm header MUST be included in the response to an OPTIONS request. The Server MUST support at least the SHA1 checksum algorithm. The names MUST only consist of ASCII characters with the modification that uppercase characters are excluded.', async () => {
    const { headers } = await options(creationUrl())
    assert.deepEqual(listOf(headers['tus-checksum-algorithm']), ['sha1', 'sha256', 'crc32c', 'md5', 'sha512'])
  })

  it('Once the entire request has been received, the Server MUST verify the uploaded chunk against the provided checksum using the specified algorithm.', async () => {
    const { url, fileId } = await server.open(6)
    assert.equal((await patch(url, 0, 'abc', { 'Upload-Checksum': sha1('abc') })).status, 204)
    assert.equal((await patch(url, 3, 'def', { 'Upload-Checksum': sha1('def') })).status, 204)
    assert.equal((await server.bytes(fileId)).toString(), 'abcdef')
  })

  it('The Server responds with 400 Bad Request if the checksum algorithm is not supported by the server. The uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated.', async () => {
    const { url } = await server.open(3)
    const answer = await patch(url, 0, 'abc', { 'Upload-Checksum': `sha3 ${base64('x'.repeat(32))}` })
    assertRefused(answer, 400, 'INVALID_REQUEST')
    assert.equal(await offsetOf(url), 0)
  })

  it('The Server responds with 460 Checksum Mismatch if the checksums mismatch. The uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated.', async () => {
    const { url, fileId } = await server.open(6)
    await patch(url, 0, 'abc')
    const answer = await patch(url, 3, 'dxf', { 'Upload-Checksum': sha1('def') })
    assertRefused(answer, 460, 'CHECKSUM_MISMATCH')
    assert.equal(answer.statusMessage, 'Checksum Mismatch')
    assert.equal(await offsetOf(url), 3)
    assert.equal((await patch(url, 3, 'def', { 'Upload-Checksum': sha1('def') })).status, 204)
    assert.equal((await server.bytes(fileId)).toString(), 'abcdef')
  })

  for (const [name, trailer, status] of [
    ['matches', `Upload-Checksum: ${sha1('abc')}\r\n`, 204],
    ['mismatches', `Upload-Checksum: ${sha1('abd')}\r\n`, 460],
    ['is missing', '', 400],
    ['is malformed', 'Upload-Checksum: sha1 x\r\n', 400],
  ] as const) {
    it(`If the hash cannot be calculated at the beginning of the upload, it MAY be included as a trailer. (which ${name})`, async () => {
      const { url } = await server.open(3)
      const answer = await patch(
        url,
        0,
        Buffer.concat([encodeChunks(Buffer.from('abc')), Buffer.from(`0\r\n${trailer}\r\n`)]),
        { Trailer: 'Upload-Checksum', 'Transfer-Encoding': 'chunked' },
        { transfer: 'no body' },
      )
      assert.equal(answer.status, status, answer.body)
      assert.equal(await offsetOf(url), status === 204 ? 3 : 0)
    })
  }
})

describe('Termination extension of tus', SIDE_BY_SIDE, () => {
  it('When receiving a DELETE request for an existing upload the Server MUST respond with the 204 No Content status. For all future requests to this URL, the Server SHOULD respond with the 404 Not Found or 410 Gone status.', async () => {
    const { url, fileId } = await server.open(3)
    await patch(url, 0, 'a')
    const answer = await send(url, 'DELETE')
    assert.equal(answer.status, 204)
    assert.equal((await head(url)).status, 410)
    assertRefused(await patch(url, 1, 'bc'), 410, 'UPLOAD_SESSION_EXPIRED')
    assertRefused(await send(url, 'DELETE'), 410, 'UPLOAD_SESSION_EXPIRED')
    assert.equal(await server.file(fileId), null)
  })

  it('A complete upload is not terminated: its URL is no credential for the File.', async () => {
    const { url, fileId } = await server.open(3, metadata({ filename: 'kept.txt' }))
    await patch(url, 0, 'abc')
    assertRefused(await send(url, 'DELETE'), 403, 'INSUFFICIENT_PERMISSIONS')
    assert.equal((await server.file(fileId))?.original_filename, 'kept.txt')
    assert.equal((await head(url)).status, 200)
  })
})
