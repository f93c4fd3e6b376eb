import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { combineCrc64nvme, crc64nvme } from './crc64nvme.ts'

describe('CRC-64/NVME', () => {
  /** Values of the NVM Command Set Specification 1.0, section 5.2.1.3.5 "64b CRC Test Cases", and the check value. */
  const vectors: readonly [what: string, bytes: Uint8Array, crc: bigint][] = [
    ['the digits 1 to 9', Buffer.from('123456789'), 0xae8b14860a799888n],
    ['4 KiB of zeros', new Uint8Array(4096), 0x6482d367eb22b64en],
    ['4 KiB of ones', new Uint8Array(4096).fill(0xff), 0xc0ddba7302eca3acn],
    ['counting bytes', Uint8Array.from({ length: 4096 }, (_, at) => at & 255), 0x3e729f5f6750449cn],
    [
      'counting bytes downwards',
      Uint8Array.from({ length: 4096 }, (_, at) => 255 - (at & 255)),
      0x9a2df64b8e9e517en,
    ],
    ['no bytes', new Uint8Array(), 0n],
  ]
  for (const [what, bytes, crc] of vectors) {
    it(`returns the published value of ${what}`, () => {
      assert.equal(crc64nvme(bytes), crc)
    })
  }

  it('continues from a previous checksum, at every place', () => {
    const bytes = randomBytes(100)
    for (let at = 0; at <= bytes.length; at++) {
      assert.equal(crc64nvme(bytes.subarray(at), crc64nvme(bytes.subarray(0, at))), crc64nvme(bytes))
    }
  })

  it('is the same for one buffer and for its bytes one by one', () => {
    const bytes = randomBytes(300_001)
    let byByte = 0n
    for (let at = 0; at < bytes.length; at++) byByte = crc64nvme(bytes.subarray(at, at + 1), byByte)
    assert.equal(crc64nvme(bytes), byByte)
  })

  for (const lengthB of [0, 1, 3, 255, 1_048_576, 1_048_577]) {
    it(`combines the checksums of two parts, the second with ${lengthB} bytes`, () => {
      const a = randomBytes(1000)
      const b = randomBytes(lengthB)
      assert.equal(combineCrc64nvme(crc64nvme(a), crc64nvme(b), lengthB), crc64nvme(Buffer.concat([a, b])))
    })
  }
})
