import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type PaceSample, paceOf, withSample } from '../src/stores/pace.ts'

const paceAfter = (samples: readonly PaceSample[]) =>
  paceOf(samples.reduce<readonly PaceSample[]>(withSample, []))

describe('the pace of the indexing', () => {
  it('is not known from one look', () => {
    assert.equal(paceAfter([{ atMs: 0, ended: 5, remaining: 5 }]), null)
  })

  it('is not known until a file ends', () => {
    const looks = [0, 1000, 2000].map((atMs) => ({ atMs, ended: 5, remaining: 5 }))
    assert.equal(paceAfter(looks), null)
  })

  it('is the files that ended in the time between the looks, and the time for the rest', () => {
    const pace = paceAfter([
      { atMs: 0, ended: 0, remaining: 100 },
      { atMs: 30_000, ended: 20, remaining: 80 },
    ])
    assert.deepEqual(pace, { filesPerMinute: 40, secondsLeft: 120 })
  })

  it('does not fall when files are removed or indexed again', () => {
    const pace = paceAfter([
      { atMs: 0, ended: 10, remaining: 10 },
      { atMs: 10_000, ended: 15, remaining: 5 },
      { atMs: 20_000, ended: 3, remaining: 5 },
      { atMs: 30_000, ended: 8, remaining: 10 },
    ])
    assert.equal(pace?.filesPerMinute, 20)
  })

  it('forgets what was more than a minute ago', () => {
    const pace = paceAfter([
      { atMs: 0, ended: 0, remaining: 1000 },
      { atMs: 10_000, ended: 900, remaining: 100 },
      { atMs: 100_000, ended: 900, remaining: 100 },
      { atMs: 130_000, ended: 930, remaining: 70 },
    ])
    assert.equal(pace?.filesPerMinute, 60)
  })
})
