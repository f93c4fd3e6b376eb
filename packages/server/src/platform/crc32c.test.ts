import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { combineCrc32c, crc32c, crc32cToBase64 } from './crc32c.ts'

describe('CRC-32C', () => {
  it('returns the standard check value', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
    assert.equal(crc32cToBase64(0xe3069283), '4waSgw==')
  })

  it('continues from a previous checksum', () => {
    assert.equal(crc32c(Buffer.from('56789'), crc32c(Buffer.from('1234'))), 0xe3069283)
  })

  for (const lengthB of [0, 1, 3, 255, 1_048_576, 1_048_577]) {
    it(`combines the checksums of two parts, the second with ${lengthB} bytes`, () => {
      const a = randomBytes(1000)
      const b = randomBytes(lengthB)
      assert.equal(combineCrc32c(crc32c(a), crc32c(b), lengthB), crc32c(Buffer.concat([a, b])))
    })
  }
})
