import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatByteSize, parseByteSize } from '../src/byte-size.ts'

describe('parseByteSize', () => {
  for (const [text, bytes] of [
    ['0B', 0],
    ['1B', 1],
    ['10kB', 10_000],
    ['10KB', 10_000],
    ['10KiB', 10_240],
    ['1500MB', 1_500_000_000],
    ['10GB', 10_000_000_000],
    ['10 GB', 10_000_000_000],
    ['10gb', 10_000_000_000],
    ['512MiB', 536_870_912],
    ['1GiB', 1_073_741_824],
    ['5TB', 5_000_000_000_000],
    ['5tib', 5_497_558_138_880],
    ['9007199254740991B', Number.MAX_SAFE_INTEGER],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseByteSize(text), bytes))
  }

  for (const text of [
    ...[
      '',
      '10',
      'GB',
      '10G',
      '10 Gb s',
      '1.5GB',
      '-1GB',
      '+1GB',
      '1e3B',
      '10  GB',
      ' 10GB',
      '10GB ',
      '10PB',
    ],
    ...['9007199254740992B', '9999999999999999TB', 'none', '0x10B', '１GB', '10toString'],
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseByteSize(text), null))
  }
})

describe('formatByteSize', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1_250_000, '1.3 MB'],
    [10_000_000_000, '10 GB'],
    [5_497_558_138_880, '5.5 TB'],
  ] as const) {
    it(`says ${bytes} as ${text}`, () => assert.equal(formatByteSize(bytes), text))
  }
})
