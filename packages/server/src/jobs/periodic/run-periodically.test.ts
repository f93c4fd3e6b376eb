import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { runPeriodically } from './run-periodically.ts'

const EVERY_MS = 1000

describe('runPeriodically', () => {
  it('runs at once, and again an interval after the end of each run', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const runs: PromiseWithResolvers<void>[] = []
    const job = runPeriodically(
      EVERY_MS,
      () => {
        const run = Promise.withResolvers<void>()
        runs.push(run)
        return run.promise
      },
      assert.ifError,
    )
    assert.equal(runs.length, 1)
    test.mock.timers.tick(10 * EVERY_MS)
    assert.equal(runs.length, 1)
    runs[0]?.resolve()
    await setImmediate()
    test.mock.timers.tick(EVERY_MS - 1)
    assert.equal(runs.length, 1)
    test.mock.timers.tick(1)
    assert.equal(runs.length, 2)
    runs[1]?.resolve()
    await job.stop()
  })

  it('reports a failed run and continues', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const failures: unknown[] = []
    let runs = 0
    const run = async () => {
      runs++
      throw new Error(`run ${runs}`)
    }
    const job = runPeriodically(EVERY_MS, run, (error) => failures.push(error))
    await setImmediate()
    test.mock.timers.tick(EVERY_MS)
    await job.stop()
    assert.deepEqual(failures.map(String), ['Error: run 1', 'Error: run 2'])
    assert.deepEqual(job.runs(), { succeededAtMs: null, failures: 2 })
  })

  it('records the time of the last successful run', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 5_000_000 })
    let runs = 0
    const run = async () => {
      runs++
      if (runs === 2) throw new Error('run 2')
    }
    const job = runPeriodically(EVERY_MS, run, () => {})
    assert.deepEqual(job.runs(), { succeededAtMs: null, failures: 0 })
    await setImmediate()
    test.mock.timers.tick(EVERY_MS)
    await job.stop()
    assert.deepEqual(job.runs(), { succeededAtMs: 5_000_000, failures: 1 })
  })

  it('aborts the current run when it stops, waits for it, and starts no other', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    let runs = 0
    let wasAsked = false
    const run = (signal: AbortSignal) => {
      runs++
      signal.addEventListener('abort', () => {
        wasAsked = true
      })
      return promise
    }
    const job = runPeriodically(EVERY_MS, run, assert.ifError)
    let isStopped = false
    const stopping = job.stop().then(() => {
      isStopped = true
    })
    await setImmediate()
    assert.deepEqual({ wasAsked, isStopped }, { wasAsked: true, isStopped: false })
    resolve()
    await stopping
    test.mock.timers.tick(10 * EVERY_MS)
    assert.equal(runs, 1)
  })
})
