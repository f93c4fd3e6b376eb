import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ContentCheckOptions, createContentCheck } from './content-check.ts'
import { isProblem } from './problem.ts'

const MD5_HEX = '25f9e794323b453885f5181f1b624d0b'
const MD5 = 'JfnnlDI7RTiF9RgfG2JNCw=='
const SHA256_HEX = '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'
const CRC64NVME = { algorithm: 'CRC64NVME', value: 'rosUhgp5mIg=' } as const
const TRAILER = { kind: 'trailer', algorithm: 'CRC64NVME', name: 'x-amz-checksum-crc64nvme' } as const

/** Checks the digits 1 to 9. */
function check(options: Partial<ContentCheckOptions>, trailer: string | null = null): unknown {
  const defaults = {
    announced: { md5: null, checksum: null },
    computes: null,
    payloadSha256: null,
  }
  const body = createContentCheck({ ...defaults, ...options })
  for (const piece of ['123', '', '456789']) body.update(Buffer.from(piece))
  const result = body.finish(trailer)
  return isProblem(result) ? result.code : result
}

describe('the check of a body', () => {
  it('computes nothing that nobody asked for', () => {
    assert.deepEqual(check({}), { md5: null, checksum: null })
  })

  it('accepts everything that matches', () => {
    const announced = { md5: MD5, checksum: { kind: 'value', ...CRC64NVME } } as const
    assert.deepEqual(check({ announced, payloadSha256: SHA256_HEX }), { md5: MD5_HEX, checksum: CRC64NVME })
  })

  it('accepts a trailer that matches', () => {
    const announced = { md5: null, checksum: TRAILER }
    assert.deepEqual(check({ announced }, CRC64NVME.value), { md5: null, checksum: CRC64NVME })
  })

  const refusals: readonly [
    what: string,
    options: Partial<ContentCheckOptions>,
    code: string,
    trailer?: string,
  ][] = [
    ['another SHA-256', { payloadSha256: SHA256_HEX.replace('15', '16') }, 'XAmzContentSHA256Mismatch'],
    ['another MD5', { announced: { md5: 'AAAAAAAAAAAAAAAAAAAAAA==', checksum: null } }, 'BadDigest'],
    [
      'another checksum',
      { announced: { md5: null, checksum: { kind: 'value', algorithm: 'CRC32', value: 'y/Q5Jw==' } } },
      'BadDigest',
    ],
    [
      'another checksum in the trailer',
      { announced: { md5: null, checksum: TRAILER } },
      'BadDigest',
      'AAAAAAAAAAA=',
    ],
    ['no trailer', { announced: { md5: null, checksum: TRAILER } }, 'MalformedTrailerError'],
    ['a trailer that is no checksum', { announced: { md5: null, checksum: TRAILER } }, 'InvalidRequest', 'x'],
  ]
  for (const [what, options, code, trailer = null] of refusals) {
    it(`refuses ${what} with ${code}`, () => {
      assert.equal(check(options, trailer), code)
    })
  }
})
