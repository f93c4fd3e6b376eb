import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stateText } from '../src/stores/file-state.ts'

const CASES = [
  ['pending', 0, null, 'Queued'],
  ['processing', 0, null, 'Processing'],
  ['processing', 0, { current_step: 'extracting', progress_percent: 10 }, 'Reading the text · 10 %'],
  ['processing', 0, { current_step: 'embedding', progress_percent: 62 }, 'Computing vectors · 62 %'],
  ['completed', 1, null, 'Completed · 1 passage'],
  ['completed', 1200, null, 'Completed · 1,200 passages'],
  ['failed', 0, { current_step: 'extracting', progress_percent: 10 }, 'Failed'],
] as const

describe('the state of a file of a store', () => {
  for (const [status, chunkCount, progress, text] of CASES) {
    it(`is "${text}"`, () => {
      assert.equal(stateText({ processing_status: status, chunk_count: chunkCount }, progress), text)
    })
  }
})
