import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readHeaderFields } from './header-fields.ts'
import { isProblem } from './problem.ts'
import { readAnnouncedChecksums, readMultipartChecksum } from './read-checksums.ts'

type Fields = Readonly<Record<string, string>>

const MD5 = 'JfnnlDI7RTiF9RgfG2JNCw=='
const CRC32 = 'y/Q5Jg=='
const CRC32C = '4waSgw=='
const SHA256 = 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='

const fieldsOf = (headers: Fields) => readHeaderFields(Object.entries(headers).flat())
const codeOf = (result: unknown) => (isProblem(result) ? result.code : result)

describe('the announced checksums of a body', () => {
  const cases: readonly [what: string, headers: Fields, expected: unknown][] = [
    ['without headers', {}, { md5: null, checksum: null }],
    ['with Content-MD5', { 'Content-MD5': MD5 }, { md5: MD5, checksum: null }],
    [
      'with a header',
      { 'x-amz-checksum-crc32c': CRC32C },
      { md5: null, checksum: { kind: 'value', algorithm: 'CRC32C', value: CRC32C } },
    ],
    [
      'with a header and its name',
      { 'x-amz-sdk-checksum-algorithm': 'crc32', 'x-amz-checksum-crc32': CRC32, 'Content-MD5': MD5 },
      { md5: MD5, checksum: { kind: 'value', algorithm: 'CRC32', value: CRC32 } },
    ],
    [
      'with a trailer',
      { 'x-amz-sdk-checksum-algorithm': 'SHA256', 'x-amz-trailer': 'X-Amz-Checksum-Sha256' },
      { md5: null, checksum: { kind: 'trailer', algorithm: 'SHA256', name: 'x-amz-checksum-sha256' } },
    ],
    [
      'with headers that only begin like one',
      {
        'x-amz-checksum-mode': 'ENABLED',
        'x-amz-checksum-type': 'COMPOSITE',
        'x-amz-checksum-algorithm': 'CRC32',
      },
      { md5: null, checksum: null },
    ],
    ['with an MD5 in hex', { 'Content-MD5': '25f9e794323b453885f5181f1b624d0b' }, 'InvalidDigest'],
    ['with an empty MD5', { 'Content-MD5': '' }, 'InvalidDigest'],
    [
      'with two headers',
      { 'x-amz-checksum-crc32': CRC32, 'x-amz-checksum-sha256': SHA256 },
      'InvalidRequest',
    ],
    [
      'with a header and a trailer',
      { 'x-amz-checksum-crc32': CRC32, 'x-amz-trailer': 'x-amz-checksum-crc32' },
      'InvalidRequest',
    ],
    ['with an unknown algorithm', { 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' }, 'InvalidRequest'],
    ['with another trailer', { 'x-amz-trailer': 'x-amz-meta-a' }, 'InvalidRequest'],
    ['with a value of another length', { 'x-amz-checksum-crc32': SHA256 }, 'InvalidRequest'],
    ['with a value in hex', { 'x-amz-checksum-crc32': 'cbf43926' }, 'InvalidRequest'],
    ['with a name and no value', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'InvalidRequest'],
    ['with the name of no algorithm', { 'x-amz-sdk-checksum-algorithm': 'MD4' }, 'InvalidRequest'],
    [
      'with the name of another algorithm',
      { 'x-amz-sdk-checksum-algorithm': 'CRC32C', 'x-amz-checksum-crc32': CRC32 },
      'InvalidRequest',
    ],
  ]
  for (const [what, headers, expected] of cases) {
    it(`${what} are ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(codeOf(readAnnouncedChecksums(fieldsOf(headers))), expected)
    })
  }

  const presigned = (query: Fields) => readAnnouncedChecksums(fieldsOf({}), (name) => query[name] ?? null)

  it('come from the query of a presigned URL', () => {
    assert.deepEqual(presigned({ 'x-amz-checksum-sha256': SHA256 }), {
      md5: null,
      checksum: { kind: 'value', algorithm: 'SHA256', value: SHA256 },
    })
  })

  it('are none where the SDK signed the CRC-32 of an empty body into the URL', () => {
    const query = { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-sdk-checksum-algorithm': 'CRC32' }
    assert.deepEqual(presigned(query), { md5: null, checksum: null })
  })
})

describe('the checksum of a multipart upload', () => {
  const cases: readonly [algorithm: string | null, type: string | null, expected: unknown][] = [
    [null, null, null],
    ['CRC32', null, { type: 'COMPOSITE', algorithm: 'CRC32' }],
    ['crc32c', 'FULL_OBJECT', { type: 'FULL_OBJECT', algorithm: 'CRC32C' }],
    ['CRC64NVME', null, { type: 'FULL_OBJECT', algorithm: 'CRC64NVME' }],
    ['SHA1', 'COMPOSITE', { type: 'COMPOSITE', algorithm: 'SHA1' }],
    ['CRC64NVME', 'COMPOSITE', 'InvalidRequest'],
    ['SHA256', 'FULL_OBJECT', 'InvalidRequest'],
    ['CRC32', 'HALF_OBJECT', 'InvalidRequest'],
    ['MD5', null, 'InvalidRequest'],
    [null, 'FULL_OBJECT', 'InvalidRequest'],
  ]
  for (const [algorithm, type, expected] of cases) {
    it(`with algorithm ${algorithm} and type ${type} is ${JSON.stringify(expected)}`, () => {
      const headers = fieldsOf({
        ...(algorithm !== null && { 'x-amz-checksum-algorithm': algorithm }),
        ...(type !== null && { 'x-amz-checksum-type': type }),
      })
      assert.deepEqual(codeOf(readMultipartChecksum(headers)), expected)
    })
  }
})
