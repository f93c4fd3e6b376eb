import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { startServer } from '../start-server.ts'
import type { Request } from './exchange.ts'
import {
  assertCanFinish,
  assertIncomplete,
  assertJsonError,
  assertObject,
  assertPlainText,
  crc32c,
  holdBytes,
  KIB_256,
  md5,
  offsetBecomes,
  offsetOf,
  PARSE_ERROR,
  queryStatus,
  type Session,
  type StoredObject,
  send,
  sendChunk,
  smallChunkText,
  someBytes,
  startBody,
  useService,
} from './session.ts'

const server = useService(() => startServer())
/** Kills the process without cleanup, and starts it again. */
const crashAndRestart = () =>
  server.replace(async (running) => {
    await running.kill('SIGKILL')
    return running.restart()
  })

const SIZE = 6 * KIB_256 + 1000
const SENT = 100_003
const object = someBytes(SIZE)
const others = someBytes(SIZE, 'others')

/** Sends the first chunk and announces a hash with it. */
async function announce(session: Session, hash: string): Promise<void> {
  const chunk: Request = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
  assertIncomplete(await send(session, { ...chunk, headers: { 'X-Goog-Hash': hash } }), KIB_256)
}

// All sessions get their states before the same crash. The tests check them afterwards.
describe('After the process was killed and started again', () => {
  const sessions = new Map<string, Session>()
  let finished: StoredObject | undefined
  const open = async (name: string) => {
    const session = await server.open(SIZE)
    sessions.set(name, session)
    return session
  }
  const session = (name: string) => {
    const found = sessions.get(name)
    if (!found) throw new Error(`no session is called ${name}`)
    return found
  }

  before(async () => {
    await open('new')
    await holdBytes(await open('with chunks'), object, 3 * KIB_256)
    await holdBytes(await open('interrupted'), object, KIB_256 + SENT)
    await holdBytes(await open('complete but not final'), object, SIZE)
    await reachEnds()
    await announceHashes()
    await startWriters()
    await crashAndRestart()
  })

  async function reachEnds(): Promise<void> {
    assertPlainText(await sendChunk(await open('small'), object, 0, 1000), 400, smallChunkText(1000))
    assertPlainText(await send(await open('dead'), { range: 'bytes' }), 400, PARSE_ERROR)
    assert.equal((await send(await open('cancelled'), { method: 'DELETE' })).status, 499)
    const mismatched = { body: object, headers: { 'X-Goog-Hash': `crc32c=${crc32c(others)}` } }
    assert.equal((await send(await open('mismatched'), mismatched)).status, 400)
    finished = assertObject(await send(await open('finished'), { body: object }), session('finished'), object)
  }

  async function announceHashes(): Promise<void> {
    await announce(await open('right hashes'), `crc32c=${crc32c(object)},md5=${md5(object)}`)
    await announce(await open('wrong crc32c'), `crc32c=${crc32c(others)}`)
    await announce(await open('wrong md5'), `md5=${md5(others)}`)
    await announce(await open('other crc32c'), `crc32c=${crc32c(object)}`)
    const silent = { range: 'bytes */*', headers: { 'X-Goog-Hash': `crc32c=${crc32c(others)}` } }
    assertIncomplete(await send(await open('hash of a status query'), silent), 0)
  }

  async function startWriters(): Promise<void> {
    await holdBytes(await open('being written'), object, KIB_256)
    const writer = await startBody(
      session('being written'),
      { range: `bytes ${KIB_256}-*/*` },
      SIZE - KIB_256,
    )
    await writer.write(object.subarray(KIB_256, 5 * KIB_256 + SENT))
  }

  it('a new session is still open', async () => {
    assertIncomplete(await queryStatus(session('new')), 0)
    await assertCanFinish(session('new'), object)
  })

  it('every acknowledged chunk is held, and the object ends with the right bytes', async () => {
    assertIncomplete(await queryStatus(session('with chunks')), 3 * KIB_256)
    await assertCanFinish(session('with chunks'), object)
    assert.deepEqual(await server.storedBytes(session('with chunks')), object)
  })

  it('every byte that a status query acknowledged is held, also of an interrupted body', async () => {
    assertIncomplete(await queryStatus(session('interrupted')), KIB_256 + SENT)
    await assertCanFinish(session('interrupted'), object)
    assert.deepEqual(await server.storedBytes(session('interrupted')), object)
  })

  it('a session with all its bytes is not finished before a request finishes it', async () => {
    const complete = session('complete but not final')
    assertIncomplete(await queryStatus(complete), SIZE)
    assertObject(await send(complete, { range: `bytes */${SIZE}` }), complete, object)
    assert.deepEqual(await server.storedBytes(complete), object)
  })

  it('a body in transit has lost only unacknowledged bytes', async () => {
    const offset = await offsetOf(session('being written'))
    assert.ok(offset >= KIB_256 && offset <= 5 * KIB_256 + SENT, `${offset}`)
    await assertCanFinish(session('being written'), object)
    assert.deepEqual(await server.storedBytes(session('being written')), object)
  })

  it('a session that was refused for a small chunk is still refused', async () => {
    const answer = await sendChunk(session('small'), object, 0, KIB_256)
    const bytes = Number(/contained (\d+) bytes/.exec(answer.body)?.[1])
    assertPlainText(answer, 400, smallChunkText(bytes))
    assert.equal((await queryStatus(session('small'))).status, 308)
  })

  for (const [name, status] of [
    ['dead', 410],
    ['mismatched', 410],
    ['cancelled', 499],
  ] as const) {
    it(`a ${name} session still answers ${status}`, async () => {
      assert.equal((await queryStatus(session(name))).status, status)
      assert.equal((await send(session(name), { body: object })).status, status)
      assert.ok((await server.register(session(name))).status >= 400)
    })
  }

  it('a finished session answers with the same object and generation', async () => {
    const answer = await queryStatus(session('finished'))
    assert.deepEqual(assertObject(answer, session('finished'), object), finished)
    assert.deepEqual(await server.storedBytes(session('finished')), object)
  })

  it('announced hashes are checked, and match', async () => {
    const answer = await send(session('right hashes'), { body: object })
    const stored = assertObject(answer, session('right hashes'), object)
    assert.equal(stored.md5Hash, md5(object))
  })

  for (const [name, message] of [
    [
      'wrong crc32c',
      `Provided CRC32C "${crc32c(others)}" doesn't match calculated CRC32C "${crc32c(object)}".`,
    ],
    ['wrong md5', `Provided MD5 hash "${md5(others)}" doesn't match calculated MD5 hash "${md5(object)}".`],
    [
      'hash of a status query',
      `Provided CRC32C "${crc32c(others)}" doesn't match calculated CRC32C "${crc32c(object)}".`,
    ],
  ] as const) {
    it(`announced hashes are checked, and do not match: ${name}`, async () => {
      assertJsonError(await send(session(name), { body: object }), 400, 'invalid', message)
      assert.equal((await queryStatus(session(name))).status, 410)
    })
  }

  it('a hash that differs from the announced one is refused', async () => {
    const headers = { 'X-Goog-Hash': `crc32c=${crc32c(others)}` }
    const answer = await send(session('other crc32c'), { body: object, headers })
    assert.equal(answer.status, 400)
    assert.notEqual((await queryStatus(session('other crc32c'))).status, 200)
  })
})

describe('A session that survives two crashes', () => {
  it('never loses an acknowledged byte', async () => {
    const session = await server.open(SIZE)
    await holdBytes(session, object, KIB_256)
    for (const chunks of [1, 2]) {
      const start = await offsetOf(session)
      const end = start + chunks * KIB_256
      assertIncomplete(await sendChunk(session, object, start, end), end)
      const writer = await startBody(session, { range: `bytes ${end}-*/*` }, SIZE - end)
      await writer.write(object.subarray(end, end + SENT))
      writer.destroy()
      await offsetBecomes(session, end + SENT)
      await crashAndRestart()
      assertIncomplete(await queryStatus(session), end + SENT)
    }
    await assertCanFinish(session, object)
    assert.deepEqual(await server.storedBytes(session), object)
  })
})

describe('Checksums that upload-url asked for', () => {
  it('are those of all bytes after a crash', async () => {
    const hashes = ['md5', 'sha256']
    const hexOf = (name: string) => createHash(name).update(object).digest('hex')
    const sessions = await Promise.all([1, 2].map(() => server.open(SIZE, undefined, hashes)))
    for (const session of sessions) await holdBytes(session, object, KIB_256 + 5)
    await crashAndRestart()
    for (const session of sessions) {
      await assertCanFinish(session, object)
      const registered = await server.register(session)
      assert.equal(registered.status, 201)
      const file = (await registered.json()) as { md5: string; sha256: string }
      assert.deepEqual([file.md5, file.sha256], hashes.map(hexOf))
    }
  })
})
