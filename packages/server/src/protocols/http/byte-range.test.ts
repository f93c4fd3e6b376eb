import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { requestedRange } from './byte-range.ts'

const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } })

describe('requestedRange of 1000 bytes', () => {
  for (const [header, range] of [
    [undefined, { kind: 'complete' }],
    ['bytes=0-0', part(0, 0)],
    ['bytes=0-999', part(0, 999)],
    ['bytes=500-', part(500, 999)],
    ['bytes=500-5000', part(500, 999)],
    ['bytes=-1', part(999, 999)],
    ['bytes=-5000', part(0, 999)],
    ['bytes=1000-', { kind: 'unsatisfiable' }],
    ['bytes=1000-2000', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=0-1,5-6', { kind: 'complete' }],
    ['bytes=5-1', { kind: 'complete' }],
    ['bytes=a-b', { kind: 'complete' }],
    ['bytes', { kind: 'complete' }],
    ['items=0-1', { kind: 'complete' }],
  ] as const) {
    it(`${header ?? 'without a header'} is ${JSON.stringify(range)}`, () => {
      assert.deepEqual(requestedRange(header, 1000), range)
    })
  }
})
