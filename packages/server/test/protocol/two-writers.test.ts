import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Connection, encodeBody, finalAnswer, type Request, type Transfer } from './exchange.ts'
import {
  assertCanFinish,
  assertIncomplete,
  assertObject,
  crc32c,
  holdBytes,
  KIB_256,
  md5,
  offsetOf,
  queryStatus,
  type Session,
  send,
  sendChunk,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const server = useServer()

const SIZE = 12 * KIB_256 + 1000
const olderBytes = someBytes(SIZE, 'older')
const newerBytes = someBytes(SIZE, 'newer')
const PIECE_BYTES = 65_536

/** Sends `bytes` in pieces until the connection is closed. */
async function writeUntilClosed(
  connection: Connection,
  bytes: Uint8Array,
  transfer: Transfer,
): Promise<void> {
  for (let start = 0; start < bytes.length && !connection.isClosed(); start += PIECE_BYTES) {
    const piece = bytes.subarray(start, start + PIECE_BYTES)
    const encoded = encodeBody(piece, transfer)
    await connection.write(transfer === 'chunked' ? encoded.subarray(0, -'0\r\n\r\n'.length) : encoded)
    // Lets answers and the end of the connection arrive in between.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Asserts that the bytes up to one position are those of the older writer, and the rest those of the newer one. */
function assertOneSwitch(stored: Buffer): void {
  let offset = 0
  while (offset < stored.length && stored[offset] === olderBytes[offset]) offset++
  assert.equal(stored.length, SIZE)
  assert.ok(stored.subarray(offset).equals(newerBytes.subarray(offset)), `mixed after byte ${offset}`)
}

const OLDER: Record<string, { request: Request; promised: number }> = {
  'a complete object': { request: {}, promised: SIZE },
  'a complete object, chunked': { request: { transfer: 'chunked' }, promised: SIZE },
  'a chunk': { request: { range: `bytes 0-${8 * KIB_256 - 1}/*` }, promised: 8 * KIB_256 },
  'an open range': { request: { range: 'bytes 0-*/*', transfer: 'chunked' }, promised: SIZE },
}

describe('A newer writer', () => {
  for (const [name, { request, promised }] of Object.entries(OLDER)) {
    it(`closes the connection of an older one that is idle in ${name}, and finishes`, async () => {
      const session = await server.open(SIZE)
      const older = await startBody(session, request, promised)
      const transfer = request.transfer ?? 'Content-Length'
      await writeUntilClosed(older, olderBytes.subarray(0, 5 * KIB_256 + 77), transfer)
      assertObjectOfTwo(session, await send(session, { body: newerBytes }))
      await older.closed()
      assertOneSwitch(await server.storedBytes(session))
    })

    it(`closes the connection of an older one that is busy with ${name}, and finishes`, async () => {
      const session = await server.open(SIZE)
      const older = await startBody(session, request, promised)
      const transfer = request.transfer ?? 'Content-Length'
      await writeUntilClosed(older, olderBytes.subarray(0, KIB_256 + 77), transfer)
      // Without the last byte, so that only the newer one can finish.
      const rest = olderBytes.subarray(KIB_256 + 77, promised - 1)
      const [answer] = await Promise.all([
        send(session, { body: newerBytes }),
        writeUntilClosed(older, rest, transfer),
      ])
      assertObjectOfTwo(session, answer)
      await older.closed()
      assertOneSwitch(await server.storedBytes(session))
    })
  }

  function assertObjectOfTwo(session: Session, answer: { status: number; body: string }): void {
    assert.equal(answer.status, 200, answer.body)
    assert.equal(JSON.parse(answer.body).name, session.objectName)
    assert.equal(JSON.parse(answer.body).size, String(SIZE))
  }

  it('continues at the offset of a status query, so that its own old request does not lock a client out', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, olderBytes, KIB_256)
    const ghost = await startBody(session, { range: `bytes ${KIB_256}-*/*` }, SIZE - KIB_256)
    await ghost.write(olderBytes.subarray(KIB_256, 3 * KIB_256))
    const offset = await offsetOf(session)
    assert.ok(offset >= KIB_256 && offset <= 3 * KIB_256, `${offset}`)
    const answer = await send(session, { range: `bytes ${offset}-*/*`, body: olderBytes.subarray(offset) })
    assertObject(answer, session, olderBytes)
    await ghost.closed()
    assert.deepEqual(await server.storedBytes(session), olderBytes)
  })

  it('with a chunk keeps its acknowledged bytes while the older one continues to send', async () => {
    const session = await server.open(SIZE)
    const older = await startBody(session, {}, SIZE)
    await older.write(olderBytes.subarray(0, 1000))
    const answer = await sendChunk(session, newerBytes, 0, 2 * KIB_256)
    assertIncomplete(answer, 2 * KIB_256)
    await writeUntilClosed(older, olderBytes.subarray(1000), 'Content-Length')
    await older.closed()
    assertIncomplete(await queryStatus(session), 2 * KIB_256)
    assert.equal((await send(session, { body: newerBytes })).status, 200)
    assertOneSwitch(await server.storedBytes(session))
  })

  it('is replaced by an even newer one', async () => {
    const session = await server.open(SIZE)
    let writer = await startBody(session, {}, SIZE)
    for (let chunks = 1; chunks <= 5; chunks++) {
      const newer = await startBody(session, {}, SIZE)
      await newer.write(olderBytes.subarray(0, chunks * KIB_256))
      await writer.closed()
      writer = newer
    }
    assertObject(await send(session, { body: olderBytes }), session, olderBytes)
    await writer.closed()
    assert.deepEqual(await server.storedBytes(session), olderBytes)
  })

  it('does not affect the checksums', async () => {
    const session = await server.open(SIZE)
    const headers = { 'X-Goog-Hash': `crc32c=${crc32c(olderBytes)},md5=${md5(olderBytes)}` }
    for (const bytes of [3 * KIB_256 + 77, KIB_256, 6 * KIB_256 + 1]) {
      const older = await startBody(session, { headers }, SIZE)
      await older.write(olderBytes.subarray(0, bytes))
      const chunk = { range: `bytes 0-${KIB_256 - 1}/*`, body: olderBytes.subarray(0, KIB_256), headers }
      assert.equal((await send(session, chunk)).status, 308)
      await older.closed()
    }
    const stored = assertObject(await send(session, { body: olderBytes, headers }), session, olderBytes)
    assert.equal(stored.md5Hash, md5(olderBytes))
  })

  it('of another session has no effect', async () => {
    const [session, other] = [await server.open(SIZE), await server.open(SIZE)]
    const writer = await startBody(session, {}, SIZE)
    await writer.write(olderBytes.subarray(0, KIB_256))
    assertObject(await send(other, { body: newerBytes }), other, newerBytes)
    await writer.write(olderBytes.subarray(KIB_256))
    assertObject(await finalAnswer(writer), session, olderBytes)
    writer.destroy()
  })
})

describe('Many writers that send the same object at once', () => {
  it('create one object once', async () => {
    const session = await server.open(SIZE)
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, () => send(session, { body: olderBytes })),
    )
    const bodies = new Set<string>()
    for (const answer of answers) {
      if (answer.status === 'rejected') continue
      assertObject(answer.value, session, olderBytes)
      bodies.add(answer.value.body)
    }
    assert.ok(bodies.size <= 1, [...bodies].join('\n'))
    if (bodies.size === 0) await assertCanFinish(session, olderBytes)
    assert.deepEqual(await server.storedBytes(session), olderBytes)
  })
})

describe('A status query', () => {
  for (const range of ['bytes */*', `bytes */${SIZE}`]) {
    it(`of ${range} interrupts no writer and counts only arrived bytes`, async () => {
      const session = await server.open(SIZE)
      const writer = await startBody(session, {}, SIZE)
      let [sent, known] = [0, 0]
      for (const next of [1000, KIB_256, 3 * KIB_256 + 5, 6 * KIB_256, SIZE - 1]) {
        await writer.write(olderBytes.subarray(sent, next))
        sent = next
        const answer = await send(session, { range })
        assert.equal(answer.status, 308, answer.body)
        const durable = Number(answer.headers.range?.slice('bytes=0-'.length) ?? -1) + 1
        assert.ok(durable >= known && durable <= sent, `${durable} of ${sent} bytes after ${known}`)
        known = durable
      }
      await writer.write(olderBytes.subarray(sent))
      assertObject(await finalAnswer(writer), session, olderBytes)
      writer.destroy()
      assert.deepEqual(await server.storedBytes(session), olderBytes)
    })
  }
})
