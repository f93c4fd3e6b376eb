import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { S3_CHECKSUMS, type S3ChecksumAlgorithm } from './checksum-algorithms.ts'
import { multipartChecksum } from './multipart-checksum.ts'
import { createRunningChecksum } from './running-checksum.ts'

const PARTS = [randomBytes(100_000), randomBytes(65_537), randomBytes(1)]

function checksumOf(algorithm: S3ChecksumAlgorithm, bytes: Uint8Array): string {
  const running = createRunningChecksum(algorithm)
  running.update(bytes)
  return running.base64()
}

function partsOf(algorithm: S3ChecksumAlgorithm) {
  return PARTS.map((part) => ({ value: checksumOf(algorithm, part), sizeBytes: part.length }))
}

describe('the checksum of an object of parts', () => {
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    it(`of type FULL_OBJECT is the ${algorithm} of all bytes`, () => {
      assert.equal(
        multipartChecksum({ type: 'FULL_OBJECT', algorithm }, partsOf(algorithm)),
        checksumOf(algorithm, Buffer.concat(PARTS)),
      )
    })
  }

  for (const algorithm of S3_CHECKSUMS) {
    it(`of type COMPOSITE is the ${algorithm} of the binary checksums, and their number`, () => {
      const values = partsOf(algorithm)
      const concatenated = Buffer.concat(values.map(({ value }) => Buffer.from(value, 'base64')))
      assert.equal(
        multipartChecksum({ type: 'COMPOSITE', algorithm }, values),
        `${checksumOf(algorithm, concatenated)}-3`,
      )
    })
  }

  it('of type COMPOSITE differs from that of the bytes even for one part', () => {
    const [part = Buffer.alloc(0)] = PARTS
    const value = createHash('sha256').update(part).digest('base64')
    const composite = multipartChecksum({ type: 'COMPOSITE', algorithm: 'SHA256' }, [
      { value, sizeBytes: part.length },
    ])
    assert.match(composite, /^[A-Za-z0-9+/]{43}=-1$/)
    assert.notEqual(composite, `${value}-1`)
  })
})
