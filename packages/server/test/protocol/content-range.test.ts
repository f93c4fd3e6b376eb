import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Transfer } from './exchange.ts'
import {
  assertCanFinish,
  assertIncomplete,
  assertObject,
  assertPlainText,
  holdBytes,
  KIB_256,
  offsetOf,
  PARSE_ERROR,
  queryStatus,
  SIDE_BY_SIDE,
  send,
  sendChunk,
  someBytes,
  useServer,
} from './session.ts'

const server = useServer()

const SIZE = 2 * KIB_256 + 1000
const LAST = SIZE - 1
const object = someBytes(SIZE)
const TRANSFERS: readonly Transfer[] = ['Content-Length', 'chunked']

interface Case {
  readonly range?: string
  /** Bytes held before the request. */
  readonly held: number
  /** The part of the object that is sent. */
  readonly from: number
  readonly to: number
  /** Bytes held after the request, or the complete object. */
  readonly becomes: number | 'the object'
}

const DATA_CASES: readonly Case[] = [
  { held: 0, from: 0, to: SIZE, becomes: 'the object' },
  { held: KIB_256, from: 0, to: SIZE, becomes: 'the object' },
  { held: SIZE, from: 0, to: SIZE, becomes: 'the object' },

  { range: `bytes 0-${KIB_256 - 1}/${SIZE}`, held: 0, from: 0, to: KIB_256, becomes: KIB_256 },
  { range: `bytes 0-${LAST}/${SIZE}`, held: 0, from: 0, to: SIZE, becomes: 'the object' },
  {
    range: `bytes ${KIB_256}-${LAST}/${SIZE}`,
    held: KIB_256,
    from: KIB_256,
    to: SIZE,
    becomes: 'the object',
  },
  { range: `bytes ${LAST}-${LAST}/${SIZE}`, held: LAST, from: LAST, to: SIZE, becomes: 'the object' },
  { range: `bytes 1000-${LAST}/${SIZE}`, held: KIB_256, from: 1000, to: SIZE, becomes: 'the object' },

  { range: `bytes 0-${KIB_256 - 1}/*`, held: 0, from: 0, to: KIB_256, becomes: KIB_256 },
  {
    range: `bytes ${KIB_256}-${2 * KIB_256 - 1}/*`,
    held: KIB_256,
    from: KIB_256,
    to: 2 * KIB_256,
    becomes: 2 * KIB_256,
  },
  { range: `bytes 0-${LAST}/*`, held: 0, from: 0, to: SIZE, becomes: 'the object' },
  { range: `bytes ${KIB_256}-${LAST}/*`, held: KIB_256, from: KIB_256, to: SIZE, becomes: 'the object' },
  {
    range: `bytes ${2 * KIB_256}-${LAST}/*`,
    held: 2 * KIB_256,
    from: 2 * KIB_256,
    to: SIZE,
    becomes: 'the object',
  },

  { range: 'bytes 0-*/*', held: 0, from: 0, to: SIZE, becomes: 'the object' },
  { range: `bytes ${KIB_256}-*/*`, held: KIB_256, from: KIB_256, to: SIZE, becomes: 'the object' },
  { range: 'bytes 7-*/*', held: KIB_256, from: 7, to: SIZE, becomes: 'the object' },
  { range: `bytes ${SIZE}-*/*`, held: SIZE, from: SIZE, to: SIZE, becomes: 'the object' },

  { range: `bytes 0-*/${SIZE}`, held: 0, from: 0, to: SIZE, becomes: 'the object' },
  { range: `bytes ${KIB_256}-*/${SIZE}`, held: KIB_256, from: KIB_256, to: SIZE, becomes: 'the object' },
  { range: `bytes 7-*/${SIZE}`, held: KIB_256, from: 7, to: SIZE, becomes: 'the object' },
  { range: `bytes ${SIZE}-*/${SIZE}`, held: SIZE, from: SIZE, to: SIZE, becomes: 'the object' },
]

describe('Data', SIDE_BY_SIDE, () => {
  for (const transfer of TRANSFERS) {
    for (const { range, held, from, to, becomes } of DATA_CASES) {
      const name = `${range ?? 'without Content-Range'}, ${transfer}, with ${held} bytes held`
      it(`${name}, becomes ${becomes === 'the object' ? becomes : `${becomes} bytes`}`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        const body = object.subarray(from, to)
        const answer = await send(session, { ...(range !== undefined && { range }), transfer, body })
        if (becomes === 'the object') {
          assertObject(answer, session, object)
          assertObject(await queryStatus(session), session, object)
        } else {
          assertIncomplete(answer, becomes)
          assertIncomplete(await queryStatus(session), becomes)
          await assertCanFinish(session, object)
        }
      })
    }
  }
})

describe('A status query', SIDE_BY_SIDE, () => {
  const transfers: readonly Transfer[] = [...TRANSFERS, 'no body']

  for (const transfer of transfers) {
    for (const held of [0, KIB_256, 2 * KIB_256 + 1, SIZE]) {
      it(`bytes */* (${transfer}) never finalizes, here with ${held} bytes held`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        assertIncomplete(await send(session, { range: 'bytes */*', transfer }), held)
        assertIncomplete(await send(session, { range: 'bytes */*', transfer }), held)
        await assertCanFinish(session, object)
      })
    }

    for (const held of [0, KIB_256, SIZE - 1]) {
      it(`bytes */T (${transfer}) does not finalize ${held} bytes of more`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        assertIncomplete(await send(session, { range: `bytes */${SIZE}`, transfer }), held)
        assertIncomplete(await send(session, { range: `bytes */${SIZE}`, transfer }), held)
        await assertCanFinish(session, object)
      })
    }

    it(`bytes */T (${transfer}) finalizes when every byte is held`, async () => {
      const session = await server.open(SIZE)
      await holdBytes(session, object, SIZE)
      assertObject(await send(session, { range: `bytes */${SIZE}`, transfer }), session, object)
      assert.deepEqual(await server.storedBytes(session), object)
    })
  }
})

describe('A chunk of unknown total', SIDE_BY_SIDE, () => {
  it('is final when it ends at a declared size that is an exact multiple of 256 KiB', async () => {
    const exact = object.subarray(0, 2 * KIB_256)
    const session = await server.open(exact.length)
    assertIncomplete(await sendChunk(session, exact, 0, KIB_256), KIB_256)
    const stored = assertObject(await sendChunk(session, exact, KIB_256, exact.length), session, exact)
    // Google's Python library sends this next, because it could not know that this was the last chunk.
    const ended = await send(session, { range: `bytes */${exact.length}` })
    assert.deepEqual(assertObject(ended, session, exact), stored)
  })

  it('is not final when it ends one byte before the declared size', async () => {
    const session = await server.open(KIB_256 + 1)
    const almost = object.subarray(0, KIB_256 + 1)
    assertIncomplete(await sendChunk(session, almost, 0, KIB_256), KIB_256)
    assertObject(await sendChunk(session, almost, KIB_256, KIB_256 + 1), session, almost)
  })
})

describe('An object of one byte', SIDE_BY_SIDE, () => {
  const single = object.subarray(0, 1)

  for (const transfer of TRANSFERS) {
    for (const range of [undefined, 'bytes 0-0/1', 'bytes 0-0/*', 'bytes 0-*/*', 'bytes 0-*/1']) {
      it(`is created by ${range ?? 'no Content-Range'} (${transfer})`, async () => {
        const session = await server.open(1)
        const answer = await send(session, { ...(range && { range }), transfer, body: single })
        assertObject(answer, session, single)
      })
    }
  }
})

// upload-url opens no session of size 0, so a request that would finish an empty object has a wrong size here.
describe('The end of an empty object', SIDE_BY_SIDE, () => {
  for (const { range, transfers } of [
    { range: undefined, transfers: ['Content-Length', 'chunked', 'no body'] },
    { range: 'bytes 0-*/*', transfers: ['Content-Length', 'chunked'] },
    { range: `bytes 0-*/${SIZE}`, transfers: ['Content-Length', 'chunked'] },
    { range: 'bytes 0-*/0', transfers: ['Content-Length', 'chunked'] },
    { range: 'bytes */0', transfers: ['Content-Length', 'chunked', 'no body'] },
    { range: 'bytes 0--1/0', transfers: ['Content-Length', 'chunked', 'no body'] },
  ] as const) {
    for (const transfer of transfers) {
      it(`by ${range ?? 'an empty body'} (${transfer}) is a wrong size, and the session stays open`, async () => {
        const session = await server.open(SIZE)
        const answer = await send(session, { ...(range !== undefined && { range }), transfer })
        assert.equal(answer.status, 400, answer.body)
        assert.notEqual(answer.body, PARSE_ERROR)
        assert.equal(await offsetOf(session), 0)
        await assertCanFinish(session, object)
      })
    }
  }
})

describe('A Content-Range that cannot be parsed', SIDE_BY_SIDE, () => {
  const ranges = [
    'bytes',
    'bytes ',
    'bytes 0',
    'bytes 0-',
    'bytes 0-999',
    'bytes 0-999/',
    'bytes /1000',
    'bytes 0/1000',
    'bytes -999/1000',
    'bytes -1-999/1000',
    'bytes 999-0/1000',
    'bytes 0--1/*',
    'bytes 0--2/0',
    'bytes a-b/c',
    'bytes 0x0-0x10/1000',
    'bytes 0.5-999/1000',
    'bytes 0-999/1e3',
    'bytes 0-999/1000/1000',
    'bytes 0-499,500-999/1000',
    'bytes *-999/1000',
    'bytes *',
    'bytes */',
    'bytes */-1',
    'bytes */**',
    'bytes=0-999/1000',
    'octets 0-999/1000',
    '0-999/1000',
    'nonsense',
  ]

  for (const range of ranges) {
    it(`like '${range}' is refused, and the session is dead`, async () => {
      const session = await server.open(1000)
      const body = object.subarray(0, 1000)
      assertPlainText(await send(session, { range, body }), 400, PARSE_ERROR)
      for (const later of [{ range: 'bytes */*' }, { range: 'bytes */1000' }, { range, body }, { body }]) {
        assert.equal((await send(session, later)).status, 410)
      }
    })
  }

  it('kills a session that holds bytes already', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256)
    assertPlainText(await send(session, { range: 'bytes x', transfer: 'no body' }), 400, PARSE_ERROR)
    assert.equal((await queryStatus(session)).status, 410)
    assert.equal((await send(session, { body: object })).status, 410)
    assert.equal((await sendChunk(session, object, KIB_256, SIZE, SIZE)).status, 410)
    assert.equal((await send(session, { method: 'DELETE' })).status, 410)
    assert.ok((await server.register(session)).status >= 400)
  })
})
