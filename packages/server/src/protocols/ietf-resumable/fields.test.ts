import { deepEqual, equal } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseBooleanField, parseIntegerField, uploadLimitField } from './fields.ts'

describe('fields of resumable uploads', () => {
  it('have one form of each Boolean; any other value counts as absent', () => {
    const values = ['?1', '?0', ' ?1 ', '?1;a=b', '1', 'true', '?2', '?1, ?1', '', undefined]
    deepEqual(values.map(parseBooleanField), [true, false, true, true, null, null, null, null, null, null])
  })

  const integers: [string | undefined, number | null][] = [
    ['0', 0],
    ['100', 100],
    ['100;q=1', 100],
    ['999999999999999', 999_999_999_999_999],
    ['1000000000000000', null],
    ['-1', null],
    ['1.0', null],
    ['1e3', null],
    ['"1"', null],
    ['1, 1', null],
    ['?1', null],
    ['@1', null],
    ['', null],
    [undefined, null],
  ]
  for (const [value, expected] of integers) {
    it(`read ${JSON.stringify(value)} as ${expected}`, () => {
      equal(parseIntegerField(value), expected)
    })
  }

  it('tell the limits as a Dictionary', () => {
    equal(uploadLimitField(1000, 60), 'max-size=1000, max-age=60')
    equal(uploadLimitField(1000, null), 'max-size=1000')
  })
})
