import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { combineCrc32, crc32 } from './crc32.ts'

describe('CRC-32', () => {
  it('returns the standard check value', () => {
    assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926)
  })

  it('continues from a previous checksum', () => {
    assert.equal(crc32(Buffer.from('56789'), crc32(Buffer.from('1234'))), 0xcbf43926)
  })

  for (const lengthB of [0, 1, 3, 255, 1_048_576, 1_048_577]) {
    it(`combines the checksums of two parts, the second with ${lengthB} bytes`, () => {
      const a = randomBytes(1000)
      const b = randomBytes(lengthB)
      assert.equal(combineCrc32(crc32(a), crc32(b), lengthB), crc32(Buffer.concat([a, b])))
    })
  }
})
