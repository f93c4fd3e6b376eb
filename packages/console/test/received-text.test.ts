import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { receivedText } from '../src/storage/received-text.ts'

const CASES = [
  [0, 5_000_000, '0 B of 5.00 MB'],
  [1_500_000, 5_000_000, '1.50 MB of 5.00 MB'],
  [1_500_000, null, '1.50 MB, size unknown'],
  [null, 5_000_000, 'Unknown part of 5.00 MB'],
] as const

describe('the progress of an open upload', () => {
  for (const [received_bytes, file_size, text] of CASES) {
    it(`is "${text}"`, () => {
      assert.equal(receivedText({ received_bytes, file_size }), text)
    })
  }
})
