import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer, Request, Transfer } from './exchange.ts'
import {
  assertCanFinish,
  assertIncomplete,
  assertObject,
  assertPlainText,
  gapText,
  holdBytes,
  KIB_256,
  lengthText,
  offsetOf,
  PARSE_ERROR,
  queryStatus,
  type Session,
  SIDE_BY_SIDE,
  send,
  sendChunk,
  smallChunkText,
  someBytes,
  useServer,
} from './session.ts'

const server = useServer()

const SIZE = 3 * KIB_256 + 1000
const LAST = SIZE - 1
const object = someBytes(SIZE)
const TRANSFERS: readonly Transfer[] = ['Content-Length', 'chunked']

describe('A gap is refused, nothing is stored, and the session stays open:', SIDE_BY_SIDE, () => {
  for (const transfer of TRANSFERS) {
    for (const { held, first, range, end } of [
      { held: 0, first: 1, range: `bytes 1-${KIB_256}/*`, end: KIB_256 + 1 },
      { held: 0, first: KIB_256, range: `bytes ${KIB_256}-${2 * KIB_256 - 1}/*`, end: 2 * KIB_256 },
      { held: 0, first: KIB_256, range: `bytes ${KIB_256}-${2 * KIB_256 - 1}/${SIZE}`, end: 2 * KIB_256 },
      { held: 0, first: LAST, range: `bytes ${LAST}-${LAST}/${SIZE}`, end: SIZE },
      { held: 0, first: SIZE, range: `bytes ${SIZE}-*/*`, end: SIZE },
      { held: KIB_256, first: KIB_256 + 1, range: `bytes ${KIB_256 + 1}-*/*`, end: SIZE },
      { held: KIB_256, first: KIB_256 + 1, range: `bytes ${KIB_256 + 1}-*/${SIZE}`, end: SIZE },
      { held: KIB_256, first: KIB_256 + 1, range: `bytes ${KIB_256 + 1}-${LAST}/*`, end: SIZE },
      { held: KIB_256 + 3, first: 2 * KIB_256, range: `bytes ${2 * KIB_256}-${LAST}/${SIZE}`, end: SIZE },
    ]) {
      it(`${range} (${transfer}) with ${held} bytes held`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        const answer = await send(session, { range, transfer, body: object.subarray(first, end) })
        assertPlainText(answer, 503, gapText(first, held))
        assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
        assertIncomplete(await queryStatus(session), held)
        await assertCanFinish(session, object)
      })
    }
  }
})

describe('A body of another length than its range is refused, nothing is kept:', SIDE_BY_SIDE, () => {
  for (const transfer of TRANSFERS) {
    for (const { held, first, last, total, sent } of [
      { held: 0, first: 0, last: 2 * KIB_256 - 1, total: '*', sent: 2 * KIB_256 - 1 },
      { held: 0, first: 0, last: 2 * KIB_256 - 1, total: '*', sent: 2 * KIB_256 + 1 },
      { held: 0, first: 0, last: 2 * KIB_256 - 1, total: SIZE, sent: KIB_256 },
      { held: 0, first: 0, last: KIB_256 - 1, total: SIZE, sent: 3 * KIB_256 },
      { held: 0, first: 0, last: LAST, total: SIZE, sent: SIZE - 1 },
      { held: 0, first: 0, last: LAST, total: '*', sent: SIZE - 1 },
      { held: 0, first: 0, last: LAST, total: SIZE, sent: 0 },
      { held: KIB_256, first: KIB_256, last: 2 * KIB_256 - 1, total: '*', sent: KIB_256 + 1 },
      { held: KIB_256, first: KIB_256, last: LAST, total: SIZE, sent: KIB_256 },
      { held: KIB_256, first: 0, last: 2 * KIB_256 - 1, total: '*', sent: 2 * KIB_256 - 1 },
      { held: KIB_256 + 3, first: KIB_256, last: 2 * KIB_256 - 1, total: '*', sent: KIB_256 + 1 },
      { held: 3 * KIB_256, first: 3 * KIB_256, last: LAST, total: SIZE, sent: 999 },
    ] as const) {
      const range = `bytes ${first}-${last}/${total}`
      it(`${sent} bytes for ${range} (${transfer}) with ${held} held`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        const body = object.subarray(first, first + sent)
        assertPlainText(await send(session, { range, transfer, body }), 400, lengthText(sent, first, last))
        assertIncomplete(await queryStatus(session), held)
        await assertCanFinish(session, object)
      })
    }
  }
})

describe('A chunk under 256 KiB that is not final', SIDE_BY_SIDE, () => {
  // The document does not say if a later answer has the byte count of that request or of the first one.
  const assertStillSmall = (answer: Answer) => {
    const bytes = Number(/contained (\d+) bytes/.exec(answer.body)?.[1])
    assertPlainText(answer, 400, smallChunkText(bytes))
  }

  for (const transfer of TRANSFERS) {
    for (const bytes of [1, 1000, KIB_256 - 1]) {
      for (const total of ['*', SIZE] as const) {
        it(`is refused, and so is all later data: ${bytes} bytes of ${total} (${transfer})`, async () => {
          const session = await server.open(SIZE)
          const body = object.subarray(0, bytes)
          const answer = await send(session, { range: `bytes 0-${bytes - 1}/${total}`, transfer, body })
          assertPlainText(answer, 400, smallChunkText(bytes))
          for (const later of [
            await sendChunk(session, object, 0, KIB_256),
            await send(session, { transfer, body: object }),
            await send(session, { range: 'bytes 0-*/*', transfer, body: object }),
          ]) {
            assertStillSmall(later)
          }
          assert.equal((await queryStatus(session)).status, 308)
        })
      }
    }
  }

  it('is refused after valid chunks too, and the session cannot be finished', async () => {
    const session = await server.open(SIZE)
    assertIncomplete(await sendChunk(session, object, 0, KIB_256), KIB_256)
    assertPlainText(await sendChunk(session, object, KIB_256, KIB_256 + 5), 400, smallChunkText(5))
    assertStillSmall(await sendChunk(session, object, KIB_256, SIZE, SIZE))
    assert.equal((await send(session, { range: `bytes */${SIZE}` })).status, 308)
    assert.ok((await server.register(session)).status >= 400)
  })

  it('is judged by its length, not by the number of its new bytes', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, 2 * KIB_256)
    assertIncomplete(await sendChunk(session, object, KIB_256 + 1, 2 * KIB_256 + 1), 2 * KIB_256 + 1)
    await assertCanFinish(session, object)
  })

  it('leaves a session that can be cancelled', async () => {
    const session = await server.open(SIZE)
    assert.equal((await sendChunk(session, object, 0, 5)).status, 400)
    assert.equal((await send(session, { method: 'DELETE' })).status, 499)
    assert.equal((await sendChunk(session, object, 0, KIB_256)).status, 499)
  })
})

describe('The checks run in their order:', SIDE_BY_SIDE, () => {
  const wrongSize = SIZE + 1
  const bodyOf = (bytes: number) => object.subarray(0, bytes)

  const states: Record<string, { reach: (session: Session) => Promise<Answer>; status: number }> = {
    finished: { reach: (session) => send(session, { body: object }), status: 200 },
    cancelled: { reach: (session) => send(session, { method: 'DELETE' }), status: 499 },
    dead: { reach: (session) => send(session, { range: 'bytes' }), status: 410 },
  }
  const faults: Record<string, Request> = {
    syntax: { range: 'bytes' },
    size: { range: `bytes */${wrongSize}` },
    gap: { range: `bytes ${SIZE - 5}-*/*`, body: bodyOf(5) },
    'body length': { range: `bytes 0-${KIB_256 - 1}/*`, body: bodyOf(KIB_256 + 1) },
    'small chunk': { range: 'bytes 0-4/*', body: bodyOf(5) },
  }
  for (const [state, { reach, status }] of Object.entries(states)) {
    for (const [fault, request] of Object.entries(faults)) {
      it(`a ${state} session, then ${fault}`, async () => {
        const session = await server.open(SIZE)
        await reach(session)
        assert.equal((await send(session, request)).status, status)
      })
    }
  }

  it('size before gap', async () => {
    const session = await server.open(SIZE)
    for (const range of [`bytes 5-*/${wrongSize}`, `bytes 5-${KIB_256 + 4}/${wrongSize}`]) {
      const answer = await send(session, { range, body: object.subarray(5, KIB_256 + 5) })
      assert.equal(answer.status, 400, answer.body)
      assert.notEqual(answer.body, PARSE_ERROR)
    }
    await assertCanFinish(session, object)
  })

  it('size before body length', async () => {
    const session = await server.open(SIZE)
    const answer = await send(session, { range: `bytes 0-${wrongSize - 1}/${wrongSize}`, body: bodyOf(5) })
    assert.equal(answer.status, 400)
    assert.doesNotMatch(answer.body, /There were 5 byte/)
  })

  it('size before small chunk', async () => {
    const session = await server.open(SIZE)
    const answer = await send(session, { range: `bytes 0-4/${wrongSize}`, body: bodyOf(5) })
    assert.equal(answer.status, 400)
    assert.notEqual(answer.body, smallChunkText(5))
    await assertCanFinish(session, object)
  })

  it('gap before body length', async () => {
    const session = await server.open(SIZE)
    const answer = await send(session, { range: `bytes 5-${KIB_256 + 4}/*`, body: bodyOf(KIB_256 + 1) })
    assertPlainText(answer, 503, gapText(5, 0))
    await assertCanFinish(session, object)
  })

  it('gap before small chunk', async () => {
    const session = await server.open(SIZE)
    const answer = await send(session, { range: 'bytes 5-9/*', body: bodyOf(5) })
    assertPlainText(answer, 503, gapText(5, 0))
    await assertCanFinish(session, object)
  })

  it('a small chunk that was refused before a gap', async () => {
    const session = await server.open(SIZE)
    assertPlainText(await sendChunk(session, object, 0, 5), 400, smallChunkText(5))
    const gap = await send(session, { range: `bytes ${SIZE - 5}-*/*`, body: bodyOf(5) })
    assert.equal(gap.status, 400)
  })

  it('an error that does not end the session leaves it able to finish', async () => {
    const session = await server.open(SIZE)
    for (const fault of ['size', 'gap', 'body length']) {
      const answer = await send(session, faults[fault] ?? {})
      assert.ok(answer.status >= 400, `${answer.status}`)
    }
    assert.equal(await offsetOf(session), 0)
    assertObject(await send(session, { body: object }), session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })
})

describe('Another size than the declared one is refused, nothing is kept:', SIDE_BY_SIDE, () => {
  const longer = Buffer.concat([object, someBytes(KIB_256, 'more')])

  for (const transfer of TRANSFERS) {
    for (const held of [0, KIB_256 + 3]) {
      for (const { range, first, end } of [
        { range: undefined, first: 0, end: SIZE + 1 },
        { range: undefined, first: 0, end: longer.length },
        { range: `bytes ${held}-*/*`, first: held, end: SIZE + 1 },
        { range: `bytes ${held}-*/*`, first: held, end: longer.length },
        { range: `bytes ${held}-*/${SIZE}`, first: held, end: SIZE + 1 },
        { range: `bytes ${held}-${SIZE}/*`, first: held, end: SIZE + 1 },
        { range: `bytes ${held}-${longer.length - 1}/*`, first: held, end: longer.length },
        { range: `bytes ${held}-${SIZE}/${SIZE + 1}`, first: held, end: SIZE + 1 },
        { range: `bytes ${held}-${SIZE - 2}/${SIZE - 1}`, first: held, end: SIZE - 1 },
        { range: `bytes ${held}-${held + KIB_256 - 1}/${SIZE + 1}`, first: held, end: held + KIB_256 },
        { range: `bytes ${held}-*/${SIZE + 1}`, first: held, end: SIZE + 1 },
        { range: `bytes ${held}-*/${SIZE - 1}`, first: held, end: SIZE - 1 },
        { range: `bytes */${SIZE + 1}`, first: 0, end: 0 },
        { range: `bytes */${SIZE - 1}`, first: 0, end: 0 },
        { range: `bytes */${held}`, first: 0, end: 0 },
        { range: 'bytes */99999999999999999999', first: 0, end: 0 },
      ]) {
        it(`${range ?? 'a complete object'} with ${end - first} bytes (${transfer}) on ${held}`, async () => {
          const session = await server.open(SIZE)
          await holdBytes(session, object, held)
          const body = longer.subarray(first, end)
          const answer = await send(session, { ...(range !== undefined && { range }), transfer, body })
          assert.equal(answer.status, 400, answer.body)
          assert.notEqual(answer.body, '')
          assertIncomplete(await queryStatus(session), held)
          await assertCanFinish(session, object)
        })
      }
    }
  }

  it('a range that ends after its own total', async () => {
    const session = await server.open(SIZE)
    const answer = await send(session, {
      range: `bytes 0-${SIZE}/${SIZE}`,
      body: longer.subarray(0, SIZE + 1),
    })
    assert.equal(answer.status, 400, answer.body)
    assert.notEqual((await queryStatus(session)).status, 200)
  })
})

describe('A clean end before the declared size is refused, its bytes are kept:', SIDE_BY_SIDE, () => {
  for (const transfer of TRANSFERS) {
    for (const { range, held, first, end, becomes } of [
      { range: undefined, held: 0, first: 0, end: SIZE - 1, becomes: SIZE - 1 },
      { range: undefined, held: 0, first: 0, end: 1, becomes: 1 },
      { range: undefined, held: KIB_256, first: 0, end: SIZE - 1, becomes: SIZE - 1 },
      { range: undefined, held: KIB_256, first: 0, end: 1000, becomes: KIB_256 },
      { range: undefined, held: SIZE, first: 0, end: SIZE - 1, becomes: SIZE },
      { range: 'bytes 0-*/*', held: 0, first: 0, end: 100_003, becomes: 100_003 },
      { range: `bytes ${KIB_256}-*/*`, held: KIB_256, first: KIB_256, end: SIZE - 1, becomes: SIZE - 1 },
      { range: `bytes ${KIB_256}-*/*`, held: KIB_256, first: KIB_256, end: KIB_256, becomes: KIB_256 },
      { range: 'bytes 5-*/*', held: KIB_256, first: 5, end: 1000, becomes: KIB_256 },
      { range: `bytes 0-*/${SIZE}`, held: 0, first: 0, end: KIB_256, becomes: KIB_256 },
      {
        range: `bytes ${KIB_256}-*/${SIZE}`,
        held: KIB_256,
        first: KIB_256,
        end: SIZE - 1,
        becomes: SIZE - 1,
      },
    ]) {
      it(`${range ?? 'a complete object'} with bytes ${first} to ${end} (${transfer}) on ${held}`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        const body = object.subarray(first, end)
        const answer = await send(session, { ...(range !== undefined && { range }), transfer, body })
        assert.equal(answer.status, 400, answer.body)
        assertIncomplete(await queryStatus(session), becomes)
        await assertCanFinish(session, object)
      })
    }
  }
})
