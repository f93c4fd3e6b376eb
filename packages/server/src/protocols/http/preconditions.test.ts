import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evaluatePreconditions, rangeApplies } from './preconditions.ts'

const VALIDATORS = { etag: '"a"', lastModifiedMs: Date.UTC(2026, 0, 15, 10, 30, 0, 500) }
const SAME = 'Thu, 15 Jan 2026 10:30:00 GMT'
const EARLIER = 'Thu, 15 Jan 2026 10:29:59 GMT'

describe('evaluatePreconditions', () => {
  for (const [headers, outcome] of [
    [{}, 'proceed'],
    [{ 'if-none-match': '"a"' }, 'not-modified'],
    [{ 'if-none-match': 'W/"a"' }, 'not-modified'],
    [{ 'if-none-match': '"b", "a"' }, 'not-modified'],
    [{ 'if-none-match': '*' }, 'not-modified'],
    [{ 'if-none-match': '"b"' }, 'proceed'],
    [{ 'if-none-match': '"b"', 'if-modified-since': SAME }, 'proceed'],
    [{ 'if-modified-since': SAME }, 'not-modified'],
    [{ 'if-modified-since': EARLIER }, 'proceed'],
    [{ 'if-modified-since': 'yesterday' }, 'proceed'],
    [{ 'if-match': '"a"' }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': '"b"' }, 'failed'],
    [{ 'if-match': 'W/"a"' }, 'failed'],
    [{ 'if-match': '"a"', 'if-unmodified-since': EARLIER }, 'proceed'],
    [{ 'if-unmodified-since': EARLIER }, 'failed'],
    [{ 'if-unmodified-since': SAME }, 'proceed'],
  ] as const) {
    it(`${JSON.stringify(headers)} means ${outcome}`, () => {
      assert.equal(evaluatePreconditions(headers, VALIDATORS), outcome)
    })
  }
})

describe('rangeApplies', () => {
  for (const [ifRange, applies] of [
    [undefined, true],
    ['"a"', true],
    ['"b"', false],
    ['W/"a"', false],
    [SAME, true],
    [EARLIER, false],
  ] as const) {
    it(`with If-Range ${ifRange ?? 'absent'} is ${applies}`, () => {
      assert.equal(rangeApplies(ifRange, VALIDATORS), applies)
    })
  }
})
