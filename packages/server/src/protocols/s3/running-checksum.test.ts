import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { S3ChecksumAlgorithm } from './checksum-algorithms.ts'
import { createRunningChecksum } from './running-checksum.ts'

/** Check values of the CRC catalogue, and the digests of FIPS 180-4's algorithms, of the digits 1 to 9. */
const CHECKS: readonly [algorithm: S3ChecksumAlgorithm, hex: string][] = [
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
]

describe('a running checksum', () => {
  for (const [algorithm, hex] of CHECKS) {
    it(`of ${algorithm} is the published value, in base64`, () => {
      const running = createRunningChecksum(algorithm)
      running.update(Buffer.from('1234'))
      running.update(Buffer.from(''))
      running.update(Buffer.from('56789'))
      assert.equal(Buffer.from(running.base64(), 'base64').toString('hex'), hex)
    })
  }

  it('keeps the zeros in front of a CRC', () => {
    assert.equal(createRunningChecksum('CRC32').base64(), 'AAAAAA==')
    assert.equal(createRunningChecksum('CRC64NVME').base64(), 'AAAAAAAAAAA=')
  })
})
