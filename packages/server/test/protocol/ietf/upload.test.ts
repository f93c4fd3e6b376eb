import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { json } from '../../api/exchange.ts'
import { encodeChunks, openConnection, exchange as rawExchange, requestHead } from '../exchange.ts'
import { SIDE_BY_SIDE } from '../session.ts'
import {
  type Answer,
  assertError,
  assertProblem,
  exchange,
  type Headers,
  head,
  PARTIAL,
  patch,
  useIetf,
} from './ietf.ts'

const MAX_BYTES = 1_000_000
const server = useIetf({ MAX_FILE_BYTES: String(MAX_BYTES) })
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')

/** Returns the state that HEAD tells. */
async function stateOf(url: string): Promise<readonly (string | undefined)[]> {
  const { status, headers } = await head(url)
  assert.equal(status, 204)
  assert.equal(headers['cache-control'], 'no-store')
  assert.match(String(headers['upload-limit']), /^max-size=1000000, max-age=\d+$/)
  return ['upload-offset', 'upload-complete', 'upload-length'].map(
    (name) => headers[name] as string | undefined,
  )
}

function idOf(answer: Answer): string {
  assert.equal(answer.status, 201, answer.body)
  return (JSON.parse(answer.body) as { id: string }).id
}

describe('The state of an upload', SIDE_BY_SIDE, () => {
  it('has no length while it is unknown', async () => {
    const url = await server.open()
    assert.deepEqual(await stateOf(url), ['0', '?0', undefined])
    await patch(url, 0, false, 'hello')
    assert.deepEqual(await stateOf(url), ['5', '?0', undefined])
  })

  it('has the length that was told', async () => {
    assert.deepEqual(await stateOf(await server.open({ 'Upload-Length': '7' })), ['0', '?0', '7'])
  })

  it('is complete at the end, for GET too', async () => {
    const url = await server.open()
    await patch(url, 0, true, 'hello')
    assert.deepEqual(await stateOf(url), ['5', '?1', '5'])
    const got = await exchange(url, 'GET')
    assert.deepEqual([got.status, got.headers['upload-complete'], got.body], [204, '?1', ''])
  })

  it('is not found for an unknown upload', async () => {
    const url = new URL(await server.open())
    url.searchParams.set('upload_id', 'unknown')
    assert.equal((await head(url.href)).status, 404)
    assertProblem(await patch(url.href, 0, true, 'hello'), 404, null)
  })
})

describe('An append', SIDE_BY_SIDE, () => {
  it('continues at the offset, with any size', async () => {
    const url = await server.open()
    for (const [index, letter] of ['a', 'b', '', 'c'].entries()) {
      const answer = await patch(url, Math.min(index, 2), false, letter)
      assert.equal(answer.status, 204, answer.body)
      assert.equal(answer.headers['upload-complete'], '?0')
      assert.equal(answer.headers['upload-offset'], String(Math.min(index, 2) + letter.length))
    }
    assert.equal(await server.text(idOf(await patch(url, 3, true, 'd'))), 'abcd')
  })

  for (const offset of [0, 4, 6]) {
    it(`at ${offset} of 5 is refused with both offsets`, async () => {
      const url = await server.open()
      await patch(url, 0, false, 'hello')
      const answer = await patch(url, offset, true, 'x')
      assertProblem(answer, 409, 'mismatching-upload-offset')
      assert.equal(answer.headers['upload-offset'], '5')
      const body = JSON.parse(answer.body)
      assert.deepEqual([body['expected-offset'], body['provided-offset']], [5, offset])
      assert.deepEqual(await stateOf(url), ['5', '?0', undefined])
    })
  }

  const refused: [string, Headers, number][] = [
    ['no Upload-Offset', { 'Upload-Offset': '' }, 400],
    ['an Upload-Offset that is no integer', { 'Upload-Offset': '"0"' }, 400],
    ['two offsets', { 'Upload-Offset': '0, 0' }, 400],
    ['a negative offset', { 'Upload-Offset': '-1' }, 400],
    ['no Upload-Complete', { 'Upload-Complete': '' }, 400],
    ['an Upload-Complete that is no Boolean', { 'Upload-Complete': '1' }, 400],
    ['another content type', { 'Content-Type': 'text/plain' }, 415],
    ['no content type', { 'Content-Type': '' }, 415],
    ['a malformed digest', { 'Content-Digest': '?' }, 400],
  ]
  for (const [title, headers, status] of refused) {
    it(`with ${title} stores nothing`, async () => {
      const url = await server.open()
      const answer = await patch(url, 0, false, 'hello', { 'Upload-Draft-Interop-Version': '8', ...headers })
      assertProblem(answer, status, null)
      if (status === 415) assert.equal(answer.headers['accept-patch'], 'application/partial-upload')
      assert.deepEqual(await stateOf(url), ['0', '?0', undefined])
    })
  }

  it('of version 5 needs no content type', async () => {
    const url = await server.open()
    const headers = { 'Content-Type': '', 'Upload-Draft-Interop-Version': '5' }
    assert.equal((await patch(url, 0, false, 'hello', headers)).status, 204)
  })

  it('may tell the length once', async () => {
    const url = await server.open()
    assert.equal((await patch(url, 0, false, 'hello', { 'Upload-Length': '8' })).status, 204)
    assertProblem(
      await patch(url, 5, false, 'x', { 'Upload-Length': '9' }),
      400,
      'inconsistent-upload-length',
    )
    assertProblem(await patch(url, 5, true, 'xx'), 400, 'inconsistent-upload-length')
    assert.deepEqual(await stateOf(url), ['5', '?0', '8'])
    assert.equal(await server.text(idOf(await patch(url, 5, true, 'xyz'))), 'helloxyz')
  })

  it('that ends before the length keeps its bytes, and does not complete the upload', async () => {
    const url = await server.open({ 'Upload-Length': '8' })
    const answer = await patch(url, 0, true, 'hello', {}, { isChunked: true })
    assertProblem(answer, 400, 'inconsistent-upload-length')
    assert.deepEqual(await stateOf(url), ['5', '?0', '8'])
  })

  it('that passes the length without declaring it ends the upload', async () => {
    const url = await server.open({ 'Upload-Length': '4' })
    const answer = await patch(url, 0, false, 'hello', {}, { isChunked: true })
    assertProblem(answer, 400, 'inconsistent-upload-length')
    assert.equal((await head(url)).status, 410)
    assertProblem(await patch(url, 0, false, 'h'), 410, null)
  })

  const tooLarge: Record<string, readonly [isLast: boolean, isChunked: boolean]> = {
    'without declaring it': [false, true],
    'as its Content-Length says': [false, false],
    'with its last request': [true, false],
  }
  for (const [title, [isLast, isChunked]] of Object.entries(tooLarge)) {
    it(`that passes the largest size ${title} is refused with the limits, and ends the upload`, async () => {
      const url = await server.open()
      const answer = await patch(url, 0, isLast, Buffer.alloc(MAX_BYTES + 1), {}, { isChunked })
      assertError(answer, 413, 'FILE_TOO_LARGE')
      assert.match(String(answer.headers['upload-limit']), /^max-size=1000000,/)
      assert.equal((await head(url)).status, 410)
    })
  }

  it('with a wrong digest of its content stores nothing, and can be repeated', async () => {
    const url = await server.open()
    const wrong = await patch(url, 0, false, 'hello', { 'Content-Digest': `sha-256=:${sha256('other')}:` })
    assertProblem(wrong, 400, 'digest-mismatched-values')
    assert.deepEqual(await stateOf(url), ['0', '?0', undefined])
    const right = await patch(url, 0, true, 'hello', { 'Content-Digest': `sha-256=:${sha256('hello')}:` })
    assert.equal(await server.text(idOf(right)), 'hello')
  })

  it('may announce the digest of the file, which no later one changes', async () => {
    const url = await server.open()
    const digest = `sha-256=:${sha256('hello')}:`
    assert.equal((await patch(url, 0, false, 'he', { 'Repr-Digest': digest })).status, 204)
    assertProblem(await patch(url, 2, true, 'llo', { 'Repr-Digest': `sha-256=:${sha256('x')}:` }), 400, null)
    assert.equal(await server.text(idOf(await patch(url, 2, true, 'llo'))), 'hello')
  })

  it('whose file does not match the announced digest ends the upload', async () => {
    const url = await server.open({ 'Repr-Digest': `sha-512=:${Buffer.alloc(64).toString('base64')}:` })
    assertError(await patch(url, 0, true, 'hello'), 422, 'CHECKSUM_MISMATCH')
    assert.equal((await head(url)).status, 410)
  })

  it('whose key is not active at its end gets no File', async () => {
    const made = await server.client.post('/api-keys', { key_name: 'Writer', scopes: ['files:write'] })
    const { id, key } = json<{ id: string; key: string }>(made)
    const url = await server.open({ 'X-API-Key': key })
    await server.client.post(`/api-keys/${id}/pause`, {})
    const refused = await patch(url, 0, true, 'hello')
    assertError(refused, 422, 'API_KEY_PAUSED')
    assert.match(refused.body, /"type":"validation_error"/)
    assert.equal((await head(url)).status, 410)
  })

  it('at the end of a complete upload gets the same answer again', async () => {
    const url = await server.open()
    const first = await patch(url, 0, true, 'hello')
    const again = await patch(url, 5, true)
    const chunked = await patch(url, 5, true, '', {}, { isChunked: true })
    for (const answer of [again, chunked]) {
      assert.equal(answer.status, 201)
      assert.equal(answer.body, first.body)
      assert.equal(answer.headers.location, first.headers.location)
      assert.equal(answer.headers['upload-complete'], '?1')
    }
  })

  const late: [string, number, boolean, string, boolean?][] = [
    ['with bytes', 5, true, 'x'],
    ['with chunked bytes', 5, true, 'x', true],
    ['that would not complete it', 5, false, ''],
    ['at another offset', 0, true, 'hello'],
  ]
  for (const [title, offset, isComplete, bytes, isChunked = false] of late) {
    it(`to a complete upload ${title} is refused`, async () => {
      const url = await server.open()
      const id = idOf(await patch(url, 0, true, 'hello'))
      const answer = await patch(url, offset, isComplete, bytes, {}, { isChunked })
      assertProblem(answer, 409, 'mismatching-upload-offset')
      assert.equal(answer.headers['upload-offset'], '5')
      assert.equal(await server.text(id), 'hello')
    })
  }

  it('to an upload URL of the JSON API leaves the registration to the client', async () => {
    const url = await server.openUrl(5)
    const answer = await patch(url, 0, true, 'xxxxx')
    assert.deepEqual([answer.status, answer.headers['upload-complete'], answer.body], [204, '?1', ''])
    assert.equal(await server.file(String(answer.headers['x-waybill-file-id'])), null)
    assertProblem(await patch(url, 5, false), 409, 'mismatching-upload-offset')
    assert.equal((await patch(url, 5, true)).status, 204)
  })

  it('that breaks off keeps its bytes, and HEAD ends it', async () => {
    const url = await server.open()
    const connection = await openConnection(url)
    const headers = { ...PARTIAL, 'Upload-Offset': '0', 'Upload-Complete': '?1' }
    await connection.write(requestHead(url, { method: 'PATCH', headers, transfer: 'chunked' }, 0))
    await connection.write(encodeChunks(Buffer.from('hello')))
    let offset = 0
    while (offset === 0) offset = Number((await head(url)).headers['upload-offset'])
    assert.equal(offset, 5)
    await connection.closed()
    assert.equal(await server.text(idOf(await patch(url, 5, true, ' you'))), 'hello you')
  })
})

describe('A cancelled upload', SIDE_BY_SIDE, () => {
  it('is gone', async () => {
    const url = await server.open()
    const sign = { 'Upload-Draft-Interop-Version': '8' }
    assert.equal((await exchange(url, 'DELETE', sign)).status, 204)
    assertProblem(await exchange(url, 'DELETE', sign), 410, null)
    assertProblem(await patch(url, 0, true, 'hello'), 410, null)
    assert.equal((await head(url)).status, 410)
  })

  it('that was complete keeps its File', async () => {
    const url = await server.open()
    const id = idOf(await patch(url, 0, true, 'hello'))
    assert.equal((await exchange(url, 'DELETE', { 'Upload-Draft-Interop-Version': '8' })).status, 204)
    assert.equal(await server.text(id), 'hello')
  })

  it('whose File was deleted does not exist', async () => {
    const url = await server.open()
    const id = idOf(await patch(url, 0, true, 'hello'))
    await server.client.del(`/files/${id}`)
    assert.equal((await head(url)).status, 404)
    assertProblem(await patch(url, 5, true), 404, null)
  })
})

describe('The session URL', () => {
  it('refuses methods that the protocol does not have', async () => {
    const url = await server.open()
    const answer = await rawExchange(url, { method: 'PUT', headers: { 'Upload-Complete': '?1' } })
    assert.equal(answer.status, 405)
    assert.deepEqual(answer.headers.allow?.split(', ').sort(), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH'])
  })

  it('ignores a key that comes along', async () => {
    const url = await server.open()
    assert.equal((await patch(url, 0, false, 'hello', { 'X-API-Key': 'wrong' })).status, 204)
  })
})
