import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { parseGoogHash } from './goog-hash.ts'

const CRC32C = '4waSgw=='
const MD5 = '1B2M2Y8AsgTpgAmY7PhCfg=='

describe('parseGoogHash', () => {
  for (const [header, hashes] of [
    [undefined, {}],
    ['', {}],
    [`crc32c=${CRC32C}`, { crc32c: CRC32C }],
    [`md5=${MD5}, crc32c=${CRC32C}`, { crc32c: CRC32C, md5: MD5 }],
    [`crc32c=${CRC32C},crc32c=${CRC32C}`, { crc32c: CRC32C }],
  ] as const) {
    it(`reads ${header ?? 'no header'}`, () => {
      assert.deepEqual(parseGoogHash(header), { ...NO_HASHES, ...hashes })
    })
  }

  for (const header of [
    'crc32c',
    'crc32c=',
    'crc32c=AAAA',
    `md5=${CRC32C}`,
    'sha1=AAAA',
    'crc32c=4waSgw',
    'crc32c=AAAAAA==,crc32c=4waSgw==',
  ]) {
    it(`refuses ${header}`, () => {
      assert.equal(parseGoogHash(header), null)
    })
  }
})
