import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32c as reference } from '@node-rs/crc32'
import { compileSlices } from '../../src/crc32c/compiled-slices.ts'
import { createCompiledCrc32c, portableCrc32c } from '../../src/crc32c/crc32c.ts'
import { crc32cText, parseCrc32c } from '../../src/crc32c/crc32c-text.ts'

const random = crypto.getRandomValues(new Uint8Array(4096))

for (const [kind, crc32c] of [
  ['in JavaScript', portableCrc32c],
  ['compiled', createCompiledCrc32c(compileSlices)],
] as const) {
  describe(`crc32c ${kind}`, () => {
    it('is that of RFC 3720 and of the catalogues', () => {
      assert.equal(crc32c(new TextEncoder().encode('123456789')), 0xe3069283)
      assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
      assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43)
      assert.equal(crc32c(new Uint8Array(0)), 0)
    })

    it('is the same at every place in memory and of every length', () => {
      for (let start = 0; start < 9; start++) {
        for (let length = 0; length < 70; length++) {
          const bytes = random.subarray(start, start + length)
          assert.equal(crc32c(bytes), reference(Buffer.from(bytes)), `${length} bytes at ${start}`)
        }
      }
    })

    it('is the same of what is larger than the memory it is computed in', () => {
      const large = Buffer.alloc(300_001, random)
      assert.equal(crc32c(large), reference(large))
    })

    it('goes on from the checksum of what comes before', () => {
      for (const cut of [0, 1, 7, 8, 1000, 4095, 4096]) {
        assert.equal(crc32c(random.subarray(cut), crc32c(random.subarray(0, cut))), crc32c(random))
      }
    })
  })
}

describe('the text of a crc32c', () => {
  it('is written as the service writes it, and read again', () => {
    assert.equal(crc32cText(0xe3069283), '4waSgw==')
    for (const crc of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff])
      assert.equal(parseCrc32c(crc32cText(crc)), crc)
  })
})
