import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Connection,
  encodeBody,
  encodeChunks,
  eventually,
  finalAnswer,
  openConnection,
  type Request,
  requestHead,
  type Transfer,
} from './exchange.ts'
import {
  assertCanFinish,
  assertIncomplete,
  assertObject,
  holdBytes,
  KIB_256,
  md5,
  offsetBecomes,
  offsetOf,
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

const SIZE = 4 * KIB_256 + 1000
const object = someBytes(SIZE)
const TRANSFERS: readonly Transfer[] = ['Content-Length', 'chunked']

describe('A chunk', SIDE_BY_SIDE, () => {
  it('that is sent twice counts once', async () => {
    const session = await server.open(SIZE)
    assertIncomplete(await sendChunk(session, object, 0, KIB_256), KIB_256)
    assertIncomplete(await sendChunk(session, object, 0, KIB_256), KIB_256)
    assertIncomplete(await sendChunk(session, object, KIB_256, 2 * KIB_256), 2 * KIB_256)
    assertIncomplete(await sendChunk(session, object, KIB_256, 2 * KIB_256), 2 * KIB_256)
    assertIncomplete(await sendChunk(session, object, 0, KIB_256), 2 * KIB_256)
    assertIncomplete(await queryStatus(session), 2 * KIB_256)
    await assertCanFinish(session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })

  for (const transfer of TRANSFERS) {
    for (const [first, end] of [
      [0, 2 * KIB_256],
      [1, 2 * KIB_256 + 1],
      [KIB_256 - 1, 2 * KIB_256 - 1],
      [100_003, 100_003 + 2 * KIB_256],
    ] as const) {
      it(`of bytes ${first}-${end - 1} (${transfer}) adds its new bytes to ${KIB_256} held ones`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, KIB_256)
        const answer = await send(session, {
          range: `bytes ${first}-${end - 1}/*`,
          transfer,
          body: object.subarray(first, end),
        })
        assertIncomplete(answer, end)
        await assertCanFinish(session, object)
        assert.deepEqual(await server.storedBytes(session), object)
      })
    }
  }

  it('does not overwrite held bytes', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, 2 * KIB_256)
    const others = someBytes(SIZE, 'others')
    assertIncomplete(await sendChunk(session, others, 0, 2 * KIB_256), 2 * KIB_256)
    const mixed = Buffer.concat([others.subarray(0, 2 * KIB_256), object.subarray(2 * KIB_256)])
    assertObject(await send(session, { body: mixed }), session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })
})

describe('A chunk is cut to a multiple of 256 KiB, counted from its first byte:', SIDE_BY_SIDE, () => {
  for (const { held, first, end, becomes } of [
    { held: 0, first: 0, end: KIB_256 + 1, becomes: KIB_256 },
    { held: 0, first: 0, end: 300_000, becomes: KIB_256 },
    { held: 0, first: 0, end: 2 * KIB_256 - 1, becomes: KIB_256 },
    { held: 0, first: 0, end: 3 * KIB_256 + 5, becomes: 3 * KIB_256 },
    { held: KIB_256, first: KIB_256, end: 3 * KIB_256 + 7, becomes: 3 * KIB_256 },
    { held: KIB_256, first: 100_000, end: 500_000, becomes: 100_000 + KIB_256 },
    { held: KIB_256, first: 0, end: 300_000, becomes: KIB_256 },
    { held: 2 * KIB_256, first: 0, end: 300_000, becomes: 2 * KIB_256 },
    { held: 300_000, first: 0, end: 2 * KIB_256 - 1, becomes: 300_000 },
    { held: 300_000, first: 300_000, end: 600_000, becomes: 300_000 + KIB_256 },
  ]) {
    for (const transfer of TRANSFERS) {
      for (const total of ['*', SIZE] as const) {
        const range = `bytes ${first}-${end - 1}/${total}`
        it(`${range} (${transfer}) on ${held} held bytes makes ${becomes}`, async () => {
          const session = await server.open(SIZE)
          await holdBytes(session, object, held)
          const answer = await send(session, { range, transfer, body: object.subarray(first, end) })
          assertIncomplete(answer, becomes)
          assertIncomplete(await queryStatus(session), becomes)
          await assertCanFinish(session, object)
        })
      }
    }
  }
})

describe('One connection', SIDE_BY_SIDE, () => {
  for (const transfer of TRANSFERS) {
    it(`can carry all requests of a session (${transfer})`, async () => {
      const session = await server.open(SIZE)
      const connection = await openConnection(session.uri)
      const ask = async (request: Request) => {
        const body = request.body ?? new Uint8Array()
        await connection.write(requestHead(session.uri, { ...request, transfer }, body.length))
        await connection.write(encodeBody(body, transfer))
        return finalAnswer(connection)
      }
      assertIncomplete(await ask({ range: 'bytes */*' }), 0)
      for (let first = 0; first < 4 * KIB_256; first += KIB_256) {
        const end = first + KIB_256
        const body = object.subarray(first, end)
        assertIncomplete(await ask({ range: `bytes ${first}-${end - 1}/*`, body }), end)
      }
      const gap = await ask({ range: `bytes ${SIZE - 1}-*/*`, body: object.subarray(SIZE - 1) })
      assert.equal(gap.status, 503)
      const rest = object.subarray(4 * KIB_256)
      assertObject(
        await ask({ range: `bytes ${4 * KIB_256}-${SIZE - 1}/${SIZE}`, body: rest }),
        session,
        object,
      )
      assertObject(await ask({ range: 'bytes */*' }), session, object)
      connection.destroy()
    })
  }
})

describe('X-GUploader-No-308: yes', SIDE_BY_SIDE, () => {
  const headers = { 'X-GUploader-No-308': 'yes' }
  const assertOverridden = async (session: Session, request: Request, offset: number) => {
    const answer = await send(session, { ...request, headers })
    assert.equal(answer.status, 200, answer.body)
    assert.equal(answer.headers['x-http-status-code-override'], '308')
    assert.equal(answer.headers.range, offset === 0 ? undefined : `bytes=0-${offset - 1}`)
    assert.equal(answer.headers.location, undefined)
    assert.equal(answer.body, '')
  }

  it('turns 308 into 200 with an override for a chunk and its duplicate', async () => {
    const session = await server.open(SIZE)
    const chunk = { method: 'POST', range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
    await assertOverridden(session, chunk, KIB_256)
    await assertOverridden(session, chunk, KIB_256)
  })

  it('does so for a chunk that is cut to a multiple of 256 KiB', async () => {
    const session = await server.open(SIZE)
    await assertOverridden(session, { range: 'bytes 0-299999/*', body: object.subarray(0, 300_000) }, KIB_256)
  })

  for (const range of ['bytes */*', `bytes */${SIZE}`]) {
    it(`does so for the status query ${range}`, async () => {
      const session = await server.open(SIZE)
      await assertOverridden(session, { range }, 0)
      await holdBytes(session, object, KIB_256)
      await assertOverridden(session, { range }, KIB_256)
    })
  }

  it('leaves the final answer without an override', async () => {
    const session = await server.open(SIZE)
    for (const request of [{ body: object }, { range: 'bytes */*' }]) {
      const answer = await send(session, { ...request, headers })
      assertObject(answer, session, object)
      assert.equal(answer.headers['x-http-status-code-override'], undefined)
    }
  })

  it('leaves refusals as they are', async () => {
    const session = await server.open(SIZE)
    const answer = await send(session, { range: 'bytes 1-*/*', body: object.subarray(1), headers })
    assert.equal(answer.status, 503)
    assert.equal(answer.headers['x-http-status-code-override'], undefined)
  })
})

// Not a multiple of any block size.
const SENT = 100_003

/** Starts `request`, sends `sent` of its `promised` bytes, and stops in one of several ways. */
type Stop = (session: Session, request: Request, sent: Uint8Array, promised: number) => Promise<void>

const STOPS: Record<string, Stop> = {
  'fewer bytes than Content-Length, connection closed': async (session, request, sent, promised) => {
    const connection = await startBody(session, request, promised)
    await connection.write(sent)
    connection.destroy()
  },
  'fewer bytes than Content-Length, stream ended': async (session, request, sent, promised) => {
    const connection = await startBody(session, request, promised)
    await connection.write(sent)
    await endStream(connection)
  },
  'no last chunk, connection closed': async (session, request, sent) => {
    const connection = await startBody(session, { ...request, transfer: 'chunked' })
    await connection.write(encodeChunks(sent))
    connection.destroy()
  },
  'no last chunk, stream ended': async (session, request, sent) => {
    const connection = await startBody(session, { ...request, transfer: 'chunked' })
    await connection.write(encodeChunks(sent))
    await endStream(connection)
  },
  'a chunk cut in two, connection closed': async (session, request, sent, promised) => {
    const connection = await startBody(session, { ...request, transfer: 'chunked' })
    await connection.write(`${promised.toString(16)}\r\n`)
    await connection.write(sent)
    connection.destroy()
  },
}

async function endStream(connection: Connection): Promise<void> {
  connection.end()
  await connection.closed()
  connection.destroy()
}

interface Form {
  readonly name: string
  readonly range?: (offset: number) => string
  readonly end: number
}

const FORMS: readonly Form[] = [
  { name: 'a complete object', end: SIZE },
  { name: 'bytes a-b/T, not final', range: (a) => `bytes ${a}-${2 * KIB_256 - 1}/${SIZE}`, end: 2 * KIB_256 },
  { name: 'bytes a-b/T, final', range: (a) => `bytes ${a}-${SIZE - 1}/${SIZE}`, end: SIZE },
  { name: 'bytes a-b/*, not final', range: (a) => `bytes ${a}-${2 * KIB_256 - 1}/*`, end: 2 * KIB_256 },
  { name: 'bytes a-b/*, final', range: (a) => `bytes ${a}-${SIZE - 1}/*`, end: SIZE },
  { name: 'bytes a-*/*', range: (a) => `bytes ${a}-*/*`, end: SIZE },
  { name: 'bytes a-*/T', range: (a) => `bytes ${a}-*/${SIZE}`, end: SIZE },
]

for (const [stopName, stop] of Object.entries(STOPS)) {
  describe(`A body that stops early (${stopName}) is kept and never finalizes:`, SIDE_BY_SIDE, () => {
    for (const { name, range, end } of FORMS) {
      it(name, async () => {
        const session = await server.open(SIZE)
        await stop(session, range ? { range: range(0) } : {}, object.subarray(0, SENT), end)
        await offsetBecomes(session, SENT)
        await assertCanFinish(session, object)
      })

      it(`${name}, after held bytes`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, KIB_256)
        const start = range ? KIB_256 : 0
        const sent = object.subarray(start, KIB_256 + SENT)
        await stop(session, range ? { range: range(start) } : {}, sent, end - start)
        await offsetBecomes(session, KIB_256 + SENT)
        await assertCanFinish(session, object)
      })
    }
  })
}

describe('An interruption', SIDE_BY_SIDE, () => {
  for (const range of [undefined, 'bytes 0-*/*', `bytes 0-*/${SIZE}`, `bytes 0-${SIZE - 1}/${SIZE}`]) {
    const form = range ?? 'a complete object'
    it(`that lost only the last chunk of ${form} keeps every byte and is not final`, async () => {
      const session = await server.open(SIZE)
      const connection = await startBody(session, { ...(range && { range }), transfer: 'chunked' })
      await connection.write(encodeChunks(object))
      connection.destroy()
      await offsetBecomes(session, SIZE)
      assertIncomplete(await queryStatus(session), SIZE)
      assertObject(await send(session, { range: `bytes */${SIZE}` }), session, object)
      assert.deepEqual(await server.storedBytes(session), object)
    })
  }

  it('before the first byte of a body changes nothing', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256)
    const connection = await startBody(session, { range: `bytes ${KIB_256}-*/*` }, SIZE - KIB_256)
    connection.destroy()
    assertIncomplete(await queryStatus(session), KIB_256)
    await assertCanFinish(session, object)
  })

  it('of a long body keeps every byte of it', async () => {
    const long = someBytes(13 * KIB_256, 'long')
    const session = await server.open(long.length)
    const connection = await startBody(session, {}, long.length)
    await connection.write(long.subarray(0, 12 * KIB_256 + 7))
    connection.destroy()
    await offsetBecomes(session, 12 * KIB_256 + 7)
    await assertCanFinish(session, long)
    assert.deepEqual(await server.storedBytes(session), long)
  })

  it('of a resent body removes no held bytes', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256 + SENT)
    const connection = await startBody(session, { range: 'bytes 0-*/*' }, SIZE)
    await connection.write(object.subarray(0, 50_000))
    await endStream(connection)
    assertIncomplete(await queryStatus(session), KIB_256 + SENT)
    await assertCanFinish(session, object)
  })

  it('can be followed by complete chunks from an odd offset on', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, SENT)
    assertIncomplete(await sendChunk(session, object, SENT, SENT + KIB_256), SENT + KIB_256)
    assertIncomplete(await sendChunk(session, object, SENT + KIB_256, SENT + 2 * KIB_256), SENT + 2 * KIB_256)
    await assertCanFinish(session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })

  it('may happen many times, and every byte counts', async () => {
    const session = await server.open(SIZE)
    for (let offset = 0; offset < SENT; ) {
      const next = Math.min(SENT, offset + 9_973)
      const connection = await startBody(session, { range: `bytes ${offset}-*/*` }, SIZE - offset)
      await connection.write(object.subarray(offset, next))
      connection.destroy()
      await offsetBecomes(session, next)
      offset = next
    }
    await assertCanFinish(session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })

  it('by a connection reset loses only bytes in transit', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256)
    const connection = await startBody(session, { range: `bytes ${KIB_256}-*/*`, transfer: 'chunked' })
    await connection.write(encodeChunks(object.subarray(KIB_256, KIB_256 + SENT)))
    connection.reset()
    const offset = await offsetOf(session)
    assert.ok(offset >= KIB_256 && offset <= KIB_256 + SENT, `${offset}`)
    await assertCanFinish(session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })

  it('does not affect the checksums', async () => {
    const session = await server.open(SIZE)
    const hashes = { 'X-Goog-Hash': `md5=${md5(object)}` }
    const first = await startBody(session, { range: 'bytes 0-*/*', headers: hashes }, SIZE)
    await first.write(object.subarray(0, SENT))
    first.destroy()
    await offsetBecomes(session, SENT)
    const second = await startBody(session, {}, SIZE)
    await second.write(object.subarray(0, KIB_256 + 1))
    second.destroy()
    await offsetBecomes(session, KIB_256 + 1)
    assertObject(await send(session, { body: object }), session, object)
  })

  it('after the last byte of the body has no effect: the object is finished', async () => {
    const session = await server.open(SIZE)
    const connection = await startBody(session, {}, SIZE)
    await connection.write(object)
    connection.destroy()
    const answer = await eventually('the object is finished', async () => {
      const status = await queryStatus(session)
      return status.status === 308 ? undefined : status
    })
    assertObject(answer, session, object)
  })

  it('after the last byte of a chunk has no effect: the chunk is held', async () => {
    const session = await server.open(SIZE)
    const request: Request = { range: `bytes 0-${KIB_256 - 1}/*`, transfer: 'chunked' }
    const connection = await startBody(session, request)
    await connection.write(encodeBody(object.subarray(0, KIB_256), 'chunked'))
    connection.destroy()
    await offsetBecomes(session, KIB_256)
    await assertCanFinish(session, object)
  })
})
