import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Answer, finalAnswer, type Request } from './exchange.ts'
import {
  assertIncomplete,
  assertJsonError,
  assertObject,
  crc32c,
  holdBytes,
  KIB_256,
  md5,
  offsetOf,
  queryStatus,
  type Session,
  SIDE_BY_SIDE,
  send,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const server = useServer()

const SIZE = 2 * KIB_256 + 1000
const object = someBytes(SIZE)
const others = someBytes(SIZE, 'others')

const HASHES = {
  crc32c: {
    right: `crc32c=${crc32c(object)}`,
    wrong: `crc32c=${crc32c(others)}`,
    mismatch: `Provided CRC32C "${crc32c(others)}" doesn't match calculated CRC32C "${crc32c(object)}".`,
  },
  md5: {
    right: `md5=${md5(object)}`,
    wrong: `md5=${md5(others)}`,
    mismatch: `Provided MD5 hash "${md5(others)}" doesn't match calculated MD5 hash "${md5(object)}".`,
  },
} as const

const announcing = (hash: string | undefined) => (hash ? { headers: { 'X-Goog-Hash': hash } } : {})

interface Hashes {
  readonly first?: string
  readonly status?: string
  readonly last?: string
}

/** Sends a first chunk, a status query and the last chunk, each with its hash. */
async function upload(session: Session, { first, status, last }: Hashes): Promise<Answer> {
  const chunk = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
  assertIncomplete(await send(session, { ...chunk, ...announcing(first) }), KIB_256)
  assertIncomplete(await send(session, { range: 'bytes */*', ...announcing(status) }), KIB_256)
  const rest = { range: `bytes ${KIB_256}-${SIZE - 1}/${SIZE}`, body: object.subarray(KIB_256) }
  return send(session, { ...rest, ...announcing(last) })
}

const FINAL_REQUESTS: Record<string, { held: number; request: Request }> = {
  'a complete object': { held: 0, request: { body: object } },
  'a complete object, chunked': { held: 0, request: { body: object, transfer: 'chunked' } },
  'a complete object after held bytes': { held: KIB_256 + 5, request: { body: object } },
  'an open range': { held: 0, request: { range: 'bytes 0-*/*', body: object, transfer: 'chunked' } },
  'the last chunk': {
    held: KIB_256,
    request: { range: `bytes ${KIB_256}-${SIZE - 1}/${SIZE}`, body: object.subarray(KIB_256) },
  },
  'the last chunk with an overlap': {
    held: KIB_256,
    request: { range: `bytes 5-${SIZE - 1}/*`, body: object.subarray(5) },
  },
  'a status query that finalizes': { held: SIZE, request: { range: `bytes */${SIZE}` } },
}

for (const [algorithm, { right, wrong, mismatch }] of Object.entries(HASHES)) {
  describe(`A ${algorithm} that the client announces`, SIDE_BY_SIDE, () => {
    const assertMismatch = async (session: Session, answer: Answer) => {
      assertJsonError(answer, 400, 'invalid', mismatch)
      assert.equal((await queryStatus(session)).status, 410)
      assert.equal((await send(session, { body: object })).status, 410)
      assert.equal((await send(session, { range: `bytes */${SIZE}` })).status, 410)
      const registered = await server.register(session)
      assert.ok(registered.status >= 400, `registered with ${registered.status}`)
    }

    for (const [name, { held, request }] of Object.entries(FINAL_REQUESTS)) {
      it(`with ${name} may match`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        const stored = assertObject(
          await send(session, { ...request, ...announcing(right) }),
          session,
          object,
        )
        if (algorithm === 'md5') assert.equal(stored.md5Hash, md5(object))
      })

      it(`with ${name} that does not match creates no object and ends the session`, async () => {
        const session = await server.open(SIZE)
        await holdBytes(session, object, held)
        await assertMismatch(session, await send(session, { ...request, ...announcing(wrong) }))
      })
    }

    for (const when of ['first', 'status'] as const) {
      const name = when === 'first' ? 'with the first chunk' : 'with a status query'
      it(`${name} is checked at the end, and matches`, async () => {
        const session = await server.open(SIZE)
        assertObject(await upload(session, { [when]: right }), session, object)
      })

      it(`${name} is checked at the end, and does not match`, async () => {
        const session = await server.open(SIZE)
        await assertMismatch(session, await upload(session, { [when]: wrong }))
      })
    }

    it('that arrives during the last request is checked at its end', async () => {
      const session = await server.open(SIZE)
      const complete = await startBody(session, {}, SIZE)
      await complete.write(object.subarray(0, KIB_256))
      assertIncomplete(await send(session, { range: 'bytes */*', ...announcing(wrong) }), 0)
      await complete.write(object.subarray(KIB_256))
      await assertMismatch(session, await finalAnswer(complete))
      complete.destroy()
    })

    it('may be repeated with every request', async () => {
      const session = await server.open(SIZE)
      assertObject(await upload(session, { first: right, status: right, last: right }), session, object)
    })

    for (const [first, later] of [
      [right, wrong],
      [wrong, right],
    ] as const) {
      const kind = first === right ? 'right' : 'wrong'
      it(`is refused when it differs from the earlier one, which was ${kind}`, async () => {
        const session = await server.open(SIZE)
        const answer = await upload(session, { first, last: later })
        assert.equal(answer.status, 400, answer.body)
        assert.notEqual((await queryStatus(session)).status, 200)
        assert.ok((await server.register(session)).status >= 400)
      })
    }
  })
}

describe('Both checksums', SIDE_BY_SIDE, () => {
  it('may stand in one header', async () => {
    const session = await server.open(SIZE)
    const both = announcing(`${HASHES.crc32c.right},${HASHES.md5.right}`)
    assertObject(await send(session, { body: object, ...both }), session, object)
  })

  it('in one header are both checked', async () => {
    const first = await server.open(SIZE)
    const wrongMd5 = announcing(`${HASHES.crc32c.right}, ${HASHES.md5.wrong}`)
    assertJsonError(await send(first, { body: object, ...wrongMd5 }), 400, 'invalid', HASHES.md5.mismatch)
    const second = await server.open(SIZE)
    const wrongCrc = announcing(`${HASHES.md5.right},${HASHES.crc32c.wrong}`)
    assertJsonError(await send(second, { body: object, ...wrongCrc }), 400, 'invalid', HASHES.crc32c.mismatch)
  })

  it('may come in two headers', async () => {
    const session = await server.open(SIZE)
    const headers = { 'X-Goog-Hash': HASHES.crc32c.right, 'x-goog-hash': HASHES.md5.wrong }
    assertJsonError(await send(session, { body: object, headers }), 400, 'invalid', HASHES.md5.mismatch)
  })

  it('may come with two requests', async () => {
    const session = await server.open(SIZE)
    const answer = await upload(session, { first: HASHES.crc32c.right, last: HASHES.md5.right })
    assert.equal(assertObject(answer, session, object).md5Hash, md5(object))
  })
})

describe('A checksum', SIDE_BY_SIDE, () => {
  it('is that of the object, not of a chunk', async () => {
    const session = await server.open(SIZE)
    assertIncomplete(await send(session, { range: 'bytes */*', ...announcing(HASHES.crc32c.right) }), 0)
    await holdBytes(session, object, KIB_256 + 5)
    assert.equal(await offsetOf(session), KIB_256 + 5)
    assertObject(await send(session, { body: object }), session, object)
  })

  for (const [name, refused] of Object.entries({
    'a chunk that was cut': { range: 'bytes 262144-524388/*', body: object.subarray(KIB_256, 524_389) },
    'a body of another length': { range: 'bytes 262144-524287/*', body: others.subarray(0, KIB_256 + 1) },
    'an object that was too long': { range: 'bytes 262144-*/*', body: others, transfer: 'chunked' },
    'an object that was too short': { range: 'bytes 262144-*/*', body: object.subarray(KIB_256, SIZE - 1) },
    'a complete object that was too short': { body: object.subarray(0, KIB_256 + 77) },
  } as const)) {
    it(`ignores the dropped bytes of ${name}`, async () => {
      const session = await server.open(SIZE)
      const hashes = announcing(`${HASHES.crc32c.right},${HASHES.md5.right}`)
      const chunk = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
      assertIncomplete(await send(session, { ...chunk, ...hashes }), KIB_256)
      assert.notEqual((await send(session, refused)).status, 200)
      const offset = await offsetOf(session)
      const rest = { range: `bytes ${offset}-*/*`, body: object.subarray(offset) }
      assert.equal(assertObject(await send(session, rest), session, object).md5Hash, md5(object))
      assert.deepEqual(await server.storedBytes(session), object)
    })
  }

  for (const [name, refused] of Object.entries({
    'leaves a gap': { range: `bytes 9-${SIZE - 1}/*`, body: object.subarray(9) },
    'is of another length than its range': { range: `bytes 0-${SIZE - 1}/*`, body: object.subarray(9) },
    'is longer than the object': { body: Buffer.concat([object, others]) },
    'says another total': { range: `bytes 0-${SIZE}/${SIZE + 1}`, body: object },
    'asks with another total': { range: `bytes */${SIZE + 1}` },
  } as const)) {
    it(`is not kept of a request that ${name}`, async () => {
      const session = await server.open(SIZE)
      const answer = await send(session, { ...refused, ...announcing(HASHES.crc32c.wrong) })
      assert.ok(answer.status === 400 || answer.status === 503, `${answer.status}`)
      const complete = { body: object, ...announcing(HASHES.crc32c.right) }
      assertObject(await send(session, complete), session, object)
    })
  }

  it('is that of the stored bytes, not of skipped ones', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256)
    const mixed = Buffer.concat([others.subarray(0, KIB_256), object.subarray(KIB_256)])
    const hashes = announcing(`${HASHES.crc32c.right},${HASHES.md5.right}`)
    assertObject(await send(session, { body: mixed, ...hashes }), session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })
})
