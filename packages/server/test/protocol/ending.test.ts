import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Request } from './exchange.ts'
import {
  assertIncomplete,
  assertObject,
  holdBytes,
  KIB_256,
  queryStatus,
  type Session,
  SIDE_BY_SIDE,
  send,
  sendChunk,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const server = useServer()

const SIZE = 2 * KIB_256
const object = someBytes(SIZE)

describe('The final answer', SIDE_BY_SIDE, () => {
  const afterFirstChunk = async (request: Request) => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256)
    return { session, answer: await send(session, request) }
  }

  it('has all fields of the object', async () => {
    const { session, answer } = await afterFirstChunk({ body: object })
    const stored = assertObject(answer, session, object)
    assert.equal(stored.kind, 'storage#object')
    assert.equal(stored.contentType, 'application/octet-stream')
    for (const field of [
      ...['kind', 'id', 'selfLink', 'mediaLink', 'name', 'bucket', 'generation', 'metageneration'],
      ...['contentType', 'storageClass', 'size', 'crc32c', 'etag', 'timeCreated', 'updated'],
    ]) {
      assert.equal(typeof stored[field], 'string', field)
      assert.notEqual(stored[field], '', field)
    }
    for (const field of ['size', 'generation', 'metageneration']) assert.match(stored[field] ?? '', /^\d+$/)
    for (const field of ['timeCreated', 'updated']) {
      assert.match(stored[field] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
    }
  })

  it('has no MD5 that was not requested', async () => {
    const { answer } = await afterFirstChunk({ body: object })
    assert.ok(!('md5Hash' in JSON.parse(answer.body)))
  })

  for (const [name, request] of Object.entries({
    'a complete object': { body: object },
    'the last chunk': { range: `bytes ${KIB_256}-${SIZE - 1}/${SIZE}`, body: object.subarray(KIB_256) },
    'the last chunk of an unknown total': {
      range: `bytes ${KIB_256}-${SIZE - 1}/*`,
      body: object.subarray(KIB_256),
    },
    'an open range': { range: `bytes ${KIB_256}-*/*`, body: object.subarray(KIB_256) },
  })) {
    it(`is 200, not 201, and has no Range and no Location, after ${name}`, async () => {
      const { session, answer } = await afterFirstChunk(request)
      assertObject(answer, session, object)
      assert.equal(answer.headers.range, undefined)
      assert.equal(answer.headers.location, undefined)
    })
  }

  for (const { fileName, contentType } of [
    { fileName: 'table.csv', contentType: 'text/csv' },
    { fileName: 'Zürich 東京 🚲 50% #1?.txt', contentType: 'text/plain' },
    { fileName: "a'b&c+d;e,f.txt", contentType: 'text/plain' },
  ]) {
    it(`names the object and its declared type: ${fileName}, ${contentType}`, async () => {
      const text = Buffer.from('a,b,c\n')
      const session = await server.open(text.length, { fileName, contentType })
      const headers = { 'Content-Type': 'image/png' }
      const stored = assertObject(await send(session, { body: text, headers }), session, text)
      assert.equal(stored.contentType, contentType)
      assert.ok(stored.name?.endsWith(`/${fileName}`), stored.name)
      assert.ok(URL.canParse(stored.selfLink ?? ''), stored.selfLink)
      assert.ok(URL.canParse(stored.mediaLink ?? ''), stored.mediaLink)
      assert.deepEqual(await server.storedBytes(session), text)
    })
  }

  it('is the same for all concurrent requests that finish the object', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, SIZE)
    const end: Request = { range: `bytes */${SIZE}` }
    const answers = await Promise.all([end, end, end, end, end, end].map((request) => send(session, request)))
    const [first, ...rest] = answers.map((answer) => assertObject(answer, session, object))
    for (const stored of rest) assert.deepEqual(stored, first)
  })

  it('has another name and generation for another object', async () => {
    const objects = await Promise.all(
      [1, 2].map(async () => {
        const session = await server.open(SIZE)
        return assertObject(await send(session, { body: object }), session, object)
      }),
    )
    assert.notEqual(objects[0]?.id, objects[1]?.id)
    assert.notEqual(objects[0]?.name, objects[1]?.name)
  })

  it('describes an object that can be registered and read', async () => {
    const { session } = await afterFirstChunk({ body: object })
    assert.deepEqual(await server.storedBytes(session), object)
  })
})

describe('After completion', SIDE_BY_SIDE, () => {
  const others = someBytes(SIZE, 'others')
  const later: Record<string, Request> = {
    'a status query': { range: 'bytes */*' },
    'a status query with the size': { range: `bytes */${SIZE}` },
    'a status query with another size': { range: 'bytes */1' },
    'a status query by POST': { method: 'POST', range: 'bytes */*' },
    'a status query without a body': { range: 'bytes */*', transfer: 'no body' },
    'the last chunk again': { range: `bytes ${KIB_256}-${SIZE - 1}/${SIZE}`, body: object.subarray(KIB_256) },
    'the first chunk again': { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) },
    'the object again': { body: object },
    'the object again, chunked': { body: object, transfer: 'chunked' },
    'other bytes': { body: others },
    'other bytes in an open range': { range: 'bytes 0-*/*', body: others, transfer: 'chunked' },
    'an empty body': {},
    'bytes past the end': { range: `bytes ${SIZE}-*/*`, body: others },
    'a gap': { range: `bytes ${SIZE + 1}-${2 * SIZE}/*`, body: others },
    'a small chunk': { range: 'bytes 0-4/*', body: others.subarray(0, 5) },
    'a body of another length': { range: 'bytes 0-4/*', body: others },
    'a range that cannot be parsed': { range: 'nonsense', body: others },
    'a checksum that does not match': { headers: { 'X-Goog-Hash': 'crc32c=AAAAAA==' }, body: object },
    'X-GUploader-No-308': { range: 'bytes */*', headers: { 'X-GUploader-No-308': 'yes' } },
    'a cancellation': { method: 'DELETE', transfer: 'no body' },
  }

  for (const [name, request] of Object.entries(later)) {
    it(`${name} answers with the same object and generation`, async () => {
      const session = await server.open(SIZE)
      assert.equal((await sendChunk(session, object, 0, KIB_256)).status, 308)
      const last = await sendChunk(session, object, KIB_256, SIZE, SIZE)
      const stored = assertObject(last, session, object)
      assert.deepEqual(assertObject(await send(session, request), session, object), stored)
      assert.deepEqual(assertObject(await queryStatus(session), session, object), stored)
      assert.deepEqual(await server.storedBytes(session), object)
    })
  }

  it('the answer stays the same when the file is registered', async () => {
    const session = await server.open(SIZE)
    const stored = assertObject(await send(session, { body: object }), session, object)
    assert.equal((await server.register(session)).status, 201)
    assert.deepEqual(assertObject(await queryStatus(session), session, object), stored)
  })
})

/** Requests to a session that has ended. */
const LATER_REQUESTS: Record<string, Request> = {
  'a status query': { range: 'bytes */*' },
  'a status query with the size': { range: `bytes */${SIZE}` },
  'a chunk': { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) },
  'the next chunk': {
    range: `bytes ${KIB_256}-${2 * KIB_256 - 1}/*`,
    body: object.subarray(KIB_256, 2 * KIB_256),
  },
  'the object': { body: object },
  'the object by POST': { method: 'POST', body: object, transfer: 'chunked' },
  'an open range': { range: 'bytes 0-*/*', body: object, transfer: 'chunked' },
  'a gap': { range: `bytes ${SIZE - 1}-*/*`, body: object.subarray(SIZE - 1) },
  'a range that cannot be parsed': { range: 'nonsense', transfer: 'no body' },
}

describe('DELETE', SIDE_BY_SIDE, () => {
  const cancel = (session: Session) => send(session, { method: 'DELETE', transfer: 'no body' })

  for (const held of [0, KIB_256, SIZE]) {
    it(`of a session with ${held} bytes answers 499 without a body, every time`, async () => {
      const session = await server.open(SIZE)
      await holdBytes(session, object, held)
      for (const answer of [await cancel(session), await cancel(session)]) {
        assert.equal(answer.status, 499)
        assert.equal(answer.body, '')
      }
      assert.ok((await server.register(session)).status >= 400)
    })
  }

  it('may announce an empty body', async () => {
    const session = await server.open(SIZE)
    assert.equal((await send(session, { method: 'DELETE', transfer: 'Content-Length' })).status, 499)
    const other = await server.open(SIZE)
    assert.equal((await send(other, { method: 'DELETE', transfer: 'chunked' })).status, 499)
  })

  for (const [name, request] of Object.entries(LATER_REQUESTS)) {
    it(`is followed by 499 for ${name}`, async () => {
      const session = await server.open(SIZE)
      await holdBytes(session, object, KIB_256)
      assert.equal((await cancel(session)).status, 499)
      assert.equal((await send(session, request)).status, 499)
      assert.equal((await queryStatus(session)).status, 499)
    })
  }

  it('of a finished session answers with the object and keeps it', async () => {
    const session = await server.open(SIZE)
    const stored = assertObject(await send(session, { body: object }), session, object)
    assert.deepEqual(assertObject(await cancel(session), session, object), stored)
    assert.deepEqual(assertObject(await queryStatus(session), session, object), stored)
    assert.deepEqual(await server.storedBytes(session), object)
  })

  it('of one session does not affect another', async () => {
    const [session, other] = [await server.open(SIZE), await server.open(SIZE)]
    await holdBytes(session, object, KIB_256)
    await holdBytes(other, object, KIB_256)
    assert.equal((await cancel(session)).status, 499)
    assertIncomplete(await queryStatus(other), KIB_256)
    assertObject(await send(other, { body: object }), other, object)
  })

  it('wins against a running upload request', async () => {
    const session = await server.open(SIZE)
    const writer = await startBody(session, {}, SIZE)
    await writer.write(object.subarray(0, KIB_256))
    assert.equal((await cancel(session)).status, 499)
    await writer.write(object.subarray(KIB_256))
    // The writer may get 499 or lose its connection. It must not get an object.
    await writer.answer().then(
      (answer) => assert.equal(answer.status, 499),
      (error) => assert.match(error.message, /^the connection closed/),
    )
    assert.equal((await queryStatus(session)).status, 499)
    assert.ok((await server.register(session)).status >= 400)
  })
})
