import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConflictError, ConnectionError, RateLimitError, ServerError } from '../src/errors.ts'
import { delayAfter, isTransient, wasNotProcessed } from '../src/retry.ts'

const POLICY = { maxFailures: 10, baseDelayMs: 100, maxDelayMs: 1000 }
const lost = new ConnectionError('CONNECTION_FAILED', 'lost')
const answered = (status: number, retryAfterMs: number | null = null) =>
  new ServerError('UNREADABLE_ANSWER', 'answered', { status, retryAfterMs })

describe('what is tried again', () => {
  it('is what fails in passing', () => {
    assert.equal(isTransient(lost), true)
    for (const status of [408, 429, 500, 502, 503, 504]) assert.equal(isTransient(answered(status)), true)
    for (const status of [400, 401, 403, 404, 409, 410, 413, 422, 507]) {
      assert.equal(isTransient(answered(status)), false)
    }
    const pending = new ConflictError('SCAN_PENDING', 'pending', { status: 409, retryAfterMs: 2000 })
    assert.equal(isTransient(pending), true)
    assert.equal(isTransient(new Error('a fault of ours')), false)
  })

  it('is, where twice is not as good as once, only what was surely not done', () => {
    assert.equal(wasNotProcessed(answered(429)), true)
    assert.equal(wasNotProcessed(lost), false)
    assert.equal(wasNotProcessed(answered(503)), false)
  })

  it('waits twice as long each time, up to a limit, half of it at random', () => {
    for (const [failures, full] of [
      [1, 100],
      [2, 200],
      [3, 400],
      [5, 1000],
      [50, 1000],
    ] as const) {
      const delays = Array.from({ length: 200 }, () => delayAfter(failures, lost, POLICY))
      assert.ok(delays.every((delay) => delay >= full / 2 && delay <= full))
      assert.ok(new Set(delays).size > 100)
    }
  })

  it('waits at least as long as it is asked to', () => {
    const busy = new RateLimitError('RATE_LIMIT_EXCEEDED', 'busy', { status: 429, retryAfterMs: 5000 })
    assert.equal(delayAfter(1, busy, POLICY), 5000)
  })
})
