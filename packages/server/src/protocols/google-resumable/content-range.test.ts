import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseContentRange } from './content-range.ts'

describe('parseContentRange', () => {
  for (const [header, range] of [
    [undefined, { kind: 'rest', start: 0, total: null }],
    ['bytes 0-9/10', { kind: 'chunk', start: 0, end: 9, total: 10 }],
    ['bytes 5-5/*', { kind: 'chunk', start: 5, end: 5, total: null }],
    ['bytes 0-*/*', { kind: 'rest', start: 0, total: null }],
    ['bytes 7-*/10', { kind: 'rest', start: 7, total: 10 }],
    ['bytes 10-*/10', { kind: 'rest', start: 10, total: 10 }],
    ['bytes */*', { kind: 'status', total: null }],
    ['bytes */10', { kind: 'status', total: 10 }],
    ['bytes 0--1/0', { kind: 'rest', start: 0, total: 0 }],
  ] as const) {
    it(`reads ${header ?? 'no header'}`, () => {
      assert.deepEqual(parseContentRange(header), range)
    })
  }

  for (const header of [
    '',
    'bytes',
    'bytes ',
    'bytes 0-9',
    'bytes 0-9/',
    'bytes 0-/10',
    'bytes -9/10',
    'bytes 9-0/10',
    'bytes 0-10/10',
    'bytes 11-*/10',
    'bytes 0-9/10/11',
    'bytes 0-9/10, 11-12/13',
    'bytes=0-9/10',
    'bytes  0-9/10',
    'bytes 0 - 9/10',
    'bytes 0x0-9/10',
    'bytes -1-9/10',
    'bytes 1.5-9/10',
    'bytes 0-9/-10',
    'bytes *-9/10',
    'bytes 0-9/999999999999999999999',
    'items 0-9/10',
    'bytes 0-9/10\u0000',
  ]) {
    it(`refuses ${JSON.stringify(header)}`, () => {
      assert.equal(parseContentRange(header), null)
    })
  }
})
