import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestField, parseDigestField, parseWantedDigests } from './digest-fields.ts'

const CRC32C = { algorithm: 'crc32c', base64: '4waSgw==' } as const
const MD5 = { algorithm: 'md5', base64: '1B2M2Y8AsgTpgAmY7PhCfg==' } as const

const NO_CRC32C = {
  kind: 'invalid',
  algorithm: 'crc32c',
  reason: 'the digest is no Byte Sequence of 4 bytes',
} as const

describe('digest fields', () => {
  const fields: [string, string | undefined, ReturnType<typeof parseDigestField>][] = [
    ['an absent field', undefined, { kind: 'digests', digests: [] }],
    ['one digest', 'crc32c=:4waSgw==:', { kind: 'digests', digests: [CRC32C] }],
    [
      'several digests',
      `md5=:${MD5.base64}:, crc32c=:4waSgw==:`,
      { kind: 'digests', digests: [MD5, CRC32C] },
    ],
    [
      'an unknown algorithm beside a known one',
      'unixsum=:AAA=:, crc32c=:4waSgw==:',
      { kind: 'digests', digests: [CRC32C] },
    ],
    ['only unknown algorithms', 'unixsum=:AAA=:', { kind: 'unsupported', algorithms: ['unixsum'] }],
    ['an empty field', '', { kind: 'unsupported', algorithms: [] }],
    ['a digest of another length', 'crc32c=:AAA=:', NO_CRC32C],
    ['a Token instead of bytes', 'crc32c=abc', NO_CRC32C],
    ['an Inner List', 'crc32c=(:4waSgw==:)', NO_CRC32C],
    ['text that is no Dictionary', '=:', { kind: 'malformed' }],
  ]
  for (const [title, value, expected] of fields) {
    it(`read ${title}`, () => {
      deepEqual(parseDigestField(value), expected)
    })
  }

  it('never take a property of objects for an algorithm', () => {
    deepEqual(parseDigestField('constructor=:AAA=:'), { kind: 'unsupported', algorithms: ['constructor'] })
  })

  it('ask for algorithms with a preference above zero', () => {
    deepEqual(parseWantedDigests('sha-256=10, md5=0, unixsum=3, crc32c=1'), ['sha-256', 'crc32c'])
    deepEqual(parseWantedDigests('sha-256="x"'), [])
    deepEqual(parseWantedDigests(undefined), [])
  })

  it('are written as they are read', () => {
    equal(digestField([CRC32C]), 'crc32c=:4waSgw==:')
    deepEqual(parseDigestField(digestField([CRC32C, MD5])), { kind: 'digests', digests: [CRC32C, MD5] })
  })
})
