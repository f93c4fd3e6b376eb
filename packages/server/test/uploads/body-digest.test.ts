import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../../src/domain/uploads/checksums.ts'
import { MAX_DIGESTED_BYTES } from '../../src/operations/uploads/append-to-upload.ts'
import type { BodyDigest } from '../../src/operations/uploads/body-digest.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import { bodyOf, MIB, openBody, useSessions } from './sessions.ts'

const sessions = useSessions()
const BYTES = Buffer.alloc(200_000, 'waybill ')
const OTHER = Buffer.alloc(200_000, 'WAYBILL ')

const digestOf = (algorithm: DigestAlgorithm, bytes: Buffer) =>
  algorithm === 'crc32c'
    ? crc32cToBase64(crc32c(bytes))
    : createHash(algorithm).update(bytes).digest('base64')

/** Returns the digest of a body that a trailer names. */
const digestAs = (values: ReturnType<BodyDigest['expected']>): { bodyDigest: BodyDigest } => ({
  bodyDigest: { algorithms: DIGEST_ALGORITHMS, expected: () => values },
})

describe('a body with its own digest', () => {
  for (const algorithm of DIGEST_ALGORITHMS) {
    it(`is kept when its ${algorithm} matches, and leaves no byte when it differs`, async () => {
      const { append, query } = await sessions.open({ sizeBytes: 400_000 })
      const digest = digestAs({ [algorithm]: digestOf(algorithm, BYTES) })
      assert.equal((await append(0, BYTES, digest)).offset, 200_000)
      const { kind, offset, expected, actual } = await append(200_000, OTHER, digest)
      assert.deepEqual([kind, offset], ['digest-mismatch', 200_000])
      assert.deepEqual([expected, actual], [digestOf(algorithm, BYTES), digestOf(algorithm, OTHER)])
      assert.equal((await query()).offset, 200_000)
      const { object } = await append(200_000, BYTES, digest)
      assert.equal(object?.crc32c, digestOf('crc32c', Buffer.concat([BYTES, BYTES])))
    })
  }

  it('is checked with all of its digests', async () => {
    const { append } = await sessions.open({ sizeBytes: 200_000 })
    const values = { sha256: digestOf('sha256', BYTES), md5: digestOf('md5', OTHER) }
    const { kind, algorithm } = await append(0, BYTES, digestAs(values))
    assert.deepEqual([kind, algorithm], ['digest-mismatch', 'md5'])
  })

  for (const values of [null, {}]) {
    it(`leaves no byte when the announced value is ${JSON.stringify(values)}`, async () => {
      const { append, query } = await sessions.open({ sizeBytes: 200_000 })
      assert.deepEqual(await append(0, BYTES, digestAs(values)), { kind: 'unknown-digest', offset: 0 })
      assert.equal((await query()).offset, 0)
    })
  }

  it('leaves no byte when the algorithm was not computed', async () => {
    const { append } = await sessions.open({ sizeBytes: 200_000 })
    const bodyDigest = { algorithms: ['md5'], expected: () => ({ sha1: digestOf('sha1', BYTES) }) } as const
    assert.equal((await append(0, BYTES, { bodyDigest })).kind, 'unknown-digest')
  })

  it('leaves no byte when it is cut', async () => {
    const { append, query } = await sessions.open({ sizeBytes: 400_000 })
    await append(0, BYTES)
    const body = openBody()
    const appending = append(200_000, body, digestAs({ md5: digestOf('md5', BYTES) }))
    body.push(Buffer.from(BYTES.subarray(0, 100_000)))
    body.destroy()
    assert.equal((await appending).kind, 'cut')
    assert.equal((await query({ fences: true })).offset, 200_000)
  })

  it('does not complete the upload when it differs', async () => {
    const { append, find } = await sessions.open()
    const digest = digestAs({ md5: digestOf('md5', BYTES) })
    assert.equal((await append(0, bodyOf(OTHER), { completes: 'at-end', ...digest })).kind, 'digest-mismatch')
    assert.equal((await find()).sizeBytes, null)
    assert.equal((await append(0, bodyOf(BYTES), { completes: 'at-end', ...digest })).kind, 'object')
  })

  it('makes no byte durable before it is verified', async () => {
    const bytes = Buffer.alloc(70 * MIB)
    const digest = digestAs({ crc32c: digestOf('crc32c', bytes) })
    for (const [options, isDurableEarly] of [
      [{}, true],
      [digest, false],
    ] as const) {
      let durableBytes = 0
      const onDurable = (offset: number) => {
        durableBytes = offset
      }
      const { append } = await sessions.open()
      const { offset } = await append(0, bytes, { onDurable, ...options })
      assert.deepEqual([durableBytes > 0, offset], [isDurableEarly, bytes.length])
    }
  })

  it('is refused before it is read when it declares more than 256 MiB', async () => {
    const { append } = await sessions.open({ sizeBytes: 2 * MAX_DIGESTED_BYTES })
    const options = { bodyBytes: MAX_DIGESTED_BYTES + 1, ...digestAs({ md5: digestOf('md5', BYTES) }) }
    const refused = await append(0, openBody(), options)
    assert.deepEqual(refused, { kind: 'too-large', maxBytes: MAX_DIGESTED_BYTES, offset: 0 })
  })
})

describe('the announced hashes of a complete upload', () => {
  for (const algorithm of DIGEST_ALGORITHMS) {
    it(`compare its ${algorithm}, also when the session announced it`, async () => {
      const announced = {
        ...(await sessions.open()).session.announced,
        [algorithm]: digestOf(algorithm, BYTES),
      }
      const good = await sessions.open({ sizeBytes: 200_000, announced })
      assert.equal((await good.append(0, BYTES)).kind, 'object')
      const bad = await sessions.open({ sizeBytes: 200_000 })
      const mismatch = await bad.append(0, OTHER, { hashes: announced })
      assert.deepEqual([mismatch.kind, mismatch.algorithm], ['hash-mismatch', algorithm])
      assert.deepEqual(await bad.query(), { kind: 'dead', failure: null })
    })
  }

  it('give the reservation back when they differ', async () => {
    const before = await sessions.usage()
    const { append, query, session } = await sessions.open({ sizeBytes: 200_000, reservedBytes: 200_000 })
    const hashes = { ...session.announced, sha256: digestOf('sha256', BYTES) }
    assert.equal((await append(0, OTHER, { hashes })).kind, 'hash-mismatch')
    assert.deepEqual(await query(), { kind: 'dead', failure: null })
    assert.deepEqual(await sessions.usage(), before)
  })

  it('end an upload that registers by itself with the reason', async () => {
    const before = await sessions.usage()
    const self = { registers: 'when-complete', sizeBytes: 200_000, reservedBytes: 200_000 } as const
    const { append, query, session } = await sessions.open(self)
    const [expected, actual] = [digestOf('sha256', BYTES), digestOf('sha256', OTHER)]
    const hashes = { ...session.announced, sha256: expected }
    assert.equal((await append(0, OTHER, { hashes })).kind, 'hash-mismatch')
    const failure = {
      code: 'CHECKSUM_MISMATCH',
      message: `the sha256 of the file is ${actual}, not ${expected}`,
    }
    for (const answer of [await query(), await append(0, BYTES)])
      assert.deepEqual(answer, { kind: 'dead', failure })
    assert.deepEqual(await sessions.usage(), before)
  })

  it('refuse a different hash without a change', async () => {
    const sha256 = digestOf('sha256', BYTES)
    const { append, session } = await sessions.open({ sizeBytes: 200_000 })
    const hashes = { ...session.announced, sha256 }
    await append(0, BYTES.subarray(0, 10), { hashes })
    const other = await append(10, BYTES.subarray(10), {
      hashes: { ...hashes, sha256: digestOf('sha256', OTHER) },
    })
    assert.equal(other.kind, 'other-hash')
    assert.equal((await append(10, BYTES.subarray(10))).kind, 'object')
  })
})
