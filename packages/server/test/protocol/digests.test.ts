import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { encodeChunks } from './exchange.ts'
import {
  assertIncomplete,
  assertObject,
  holdBytes,
  KIB_256,
  md5,
  offsetBecomes,
  queryStatus,
  type Session,
  SIDE_BY_SIDE,
  send,
  someBytes,
  startBody,
  useServer,
} from './session.ts'

const SIZE = 3 * KIB_256 + 1000
const object = someBytes(SIZE)
const sha256 = createHash('sha256').update(object)
const SHA256 = { hex: sha256.copy().digest('hex'), base64: sha256.digest('base64') }
const BOTH = ['md5', 'sha256']

const server = useServer()
const open = (checksums?: readonly string[]) => server.open(SIZE, undefined, checksums)
const registered = async (session: Session) => {
  const answer = await server.register(session)
  assert.equal(answer.status, 201)
  return (await answer.json()) as { id: string; md5: string | null; sha256: string | null }
}
const rest = (from: number) => ({ range: `bytes ${from}-*/*`, body: object.subarray(from) })

async function assertDigests(session: Session): Promise<void> {
  const offset = Number((await queryStatus(session)).headers.range?.slice('bytes=0-'.length) ?? -1) + 1
  const stored = assertObject(await send(session, rest(offset)), session, object)
  assert.deepEqual([stored.md5Hash, stored.sha256Hash], [md5(object), SHA256.base64])
  const again = assertObject(await queryStatus(session), session, object)
  assert.deepEqual(again, stored)
  const file = await registered(session)
  assert.deepEqual([file.md5, file.sha256], [createHash('md5').update(object).digest('hex'), SHA256.hex])
  assert.deepEqual(await registered(session), file)
}

describe('checksums that upload-url asked for', SIDE_BY_SIDE, () => {
  it('are in the final object and the File after a complete body', async () => {
    await assertDigests(await open(BOTH))
  })

  it('are correct for many chunks', async () => {
    const session = await open(BOTH)
    for (const start of [0, KIB_256, 2 * KIB_256]) {
      const end = start + KIB_256
      const chunk = { range: `bytes ${start}-${end - 1}/${SIZE}`, body: object.subarray(start, end) }
      assertIncomplete(await send(session, chunk), end)
    }
    await assertDigests(session)
  })

  it('are correct for a chunk that was cut to a multiple of 256 KiB', async () => {
    const session = await open(BOTH)
    const chunk = { range: `bytes 0-${KIB_256 + 99}/*`, body: object.subarray(0, KIB_256 + 100) }
    assertIncomplete(await send(session, chunk), KIB_256)
    await assertDigests(session)
  })

  it('are correct for bytes that were sent twice on lost connections', async () => {
    const session = await open(BOTH)
    await holdBytes(session, object, KIB_256 + 5)
    const connection = await startBody(session, { range: 'bytes 100-*/*', transfer: 'chunked' })
    await connection.write(encodeChunks(object.subarray(100, 2 * KIB_256 + 7)))
    connection.destroy()
    await offsetBecomes(session, 2 * KIB_256 + 7)
    await assertDigests(session)
  })

  it('are those of the bytes of the newer of two writers', async () => {
    const session = await open(BOTH)
    const older = await startBody(session, { range: 'bytes 0-*/*', transfer: 'chunked' })
    await older.write(encodeChunks(object.subarray(0, 1000)))
    const stored = assertObject(await send(session, { body: object }), session, object)
    assert.deepEqual([stored.md5Hash, stored.sha256Hash], [md5(object), SHA256.base64])
    older.destroy()
  })

  it('are only the requested ones', async () => {
    for (const [checksums, wanted] of [
      [['md5'], [md5(object), undefined]],
      [['sha256'], [undefined, SHA256.base64]],
      [[], [undefined, undefined]],
      [undefined, [undefined, undefined]],
      [
        ['md5', 'md5'],
        [md5(object), undefined],
      ],
    ] as const) {
      const session = await open(checksums)
      const stored = assertObject(await send(session, { body: object }), session, object)
      assert.deepEqual([stored.md5Hash, stored.sha256Hash], wanted)
      const file = await registered(session)
      assert.deepEqual(
        [file.md5 !== null, file.sha256 !== null],
        wanted.map((one) => one !== undefined),
      )
    }
  })

  for (const checksums of [['crc32'], ['MD5'], 'md5', [null], { md5: true }]) {
    it(`are refused as ${JSON.stringify(checksums)}`, async () => {
      await assert.rejects(open(checksums as string[]), /VALIDATION_ERROR/)
    })
  }
})

describe('an MD5 that the client announced', SIDE_BY_SIDE, () => {
  it('is in the File too, although it was not requested', async () => {
    const session = await open()
    const announcing = { 'X-Goog-Hash': `md5=${md5(object)}` }
    assertObject(await send(session, { body: object, headers: announcing }), session, object)
    assert.equal((await registered(session)).md5, createHash('md5').update(object).digest('hex'))
  })
})
