import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { estimateCompletionSeconds, type IndexingPace } from './estimate-completion.ts'
import type { StoreFile } from './store-file.ts'

const NOW_MS = 1_000_000
const PACE: IndexingPace = { medianRunMs: 2000, running: 4, waiting: new Map() }

const pending: Pick<StoreFile, 'id' | 'status' | 'startedAtMs'> = {
  id: 'vsf_a',
  status: 'pending',
  startedAtMs: null,
}
const waitingAt = (before: number, runAtMs = 0) => new Map([[pending.id, { before, runAtMs }]])

describe('estimateCompletionSeconds', () => {
  const cases: readonly [title: string, Partial<typeof pending>, Partial<IndexingPace>, number | null][] = [
    ['the time of one file for the first that waits', {}, { waiting: waitingAt(0) }, 2],
    ['the files before it, divided by those that run at a time', {}, { waiting: waitingAt(10) }, 7],
    ['one file at a time when none runs', {}, { waiting: waitingAt(3), running: 0 }, 8],
    ['the wait of a repetition too', {}, { waiting: waitingAt(0, NOW_MS + 60_000) }, 62],
    ['the rest of a file that is being indexed', { status: 'processing', startedAtMs: NOW_MS - 500 }, {}, 2],
    ['1 for a file that takes longer than others', { status: 'processing', startedAtMs: 0 }, {}, 1],
    ['null when no file was indexed lately', {}, { medianRunMs: null, waiting: waitingAt(0) }, null],
    ['null for a file far behind', {}, {}, null],
    ['null for a completed file', { status: 'completed', startedAtMs: 0 }, {}, null],
  ]
  for (const [title, file, pace, expected] of cases) {
    it(`returns ${title}`, () => {
      assert.equal(estimateCompletionSeconds({ ...pending, ...file }, { ...PACE, ...pace }, NOW_MS), expected)
    })
  }
})
