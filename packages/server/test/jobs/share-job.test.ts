import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openDatabase } from '../../src/compose/open-database.ts'
import type { Database } from '../../src/database/database.ts'
import type { PeriodicJob } from '../../src/jobs/periodic/run-periodically.ts'
import { type SharedJob, shareJob } from '../../src/jobs/periodic/share-job.ts'

const HOUR_MS = 3_600_000

const hasSucceeded = (job: PeriodicJob) => job.runs().succeededAtMs !== null

/** Waits until the condition holds. The time limit of the test ends it otherwise. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate()
}

describe('shareJob', () => {
  let folder: string
  let databases: Database[]

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-jobs-'))
    const path = join(folder, 'waybill.db')
    databases = await Promise.all([1, 2, 3].map(() => openDatabase({ kind: 'sqlite', path })))
  })

  after(async () => {
    await Promise.all(databases.map((database) => database.close()))
    await rm(folder, { recursive: true, force: true })
  })

  /** Starts the job as three processes would, at the same time. */
  const inAll = (job: SharedJob, onFailure: (error: unknown) => void = assert.ifError) =>
    databases.map(({ jobs }) => shareJob(jobs, job, onFailure))

  it('runs in one of all processes, and all know the time of the last run', async () => {
    let runs = 0
    const run = async () => {
      runs++
      return null
    }
    const running = inAll({ name: 'once', everyMs: HOUR_MS, run })
    await until(() => running.some(hasSucceeded))
    await Promise.all(running.map((job) => job.stop()))
    const again = inAll({ name: 'once', everyMs: HOUR_MS, run })
    await until(() => again.every(hasSucceeded))
    await Promise.all(again.map((job) => job.stop()))
    assert.equal(runs, 1)
  })

  it('continues at the position of the last run, also of another process', async () => {
    const positions: (string | null)[] = []
    const run = async (_signal: AbortSignal, position: string | null) => {
      positions.push(position)
      return `after ${position}`
    }
    for (let time = 0; time < 3; time++) {
      const running = inAll({ name: 'on', everyMs: 0, run })
      await until(() => positions.length > time && running.some(hasSucceeded))
      await Promise.all(running.map((job) => job.stop()))
    }
    assert.deepEqual(positions.slice(0, 3), [null, 'after null', 'after after null'])
  })

  it('is taken over at once when a process stops during a run, which does not count as successful', async () => {
    const [first, second] = databases
    assert.ok(first && second)
    const begun = Promise.withResolvers<void>()
    const untilAsked = (signal: AbortSignal) =>
      new Promise<null>((resolve) => {
        signal.addEventListener('abort', () => resolve(null))
        begun.resolve()
      })
    const stopped = shareJob(first.jobs, { name: 'stop', everyMs: HOUR_MS, run: untilAsked }, assert.ifError)
    await begun.promise
    await stopped.stop()
    assert.equal(stopped.runs().succeededAtMs, null)
    let runs = 0
    const run = async () => {
      runs++
      return null
    }
    await shareJob(second.jobs, { name: 'stop', everyMs: HOUR_MS, run }, assert.ifError).stop()
    assert.equal(runs, 1)
  })

  it('is retried an interval after a failed run, and reports the failure once', async () => {
    const failures: unknown[] = []
    const run = async () => {
      throw new Error('no')
    }
    const running = inAll({ name: 'fail', everyMs: HOUR_MS, run }, (error) => failures.push(error))
    await until(() => failures.length > 0)
    await Promise.all(running.map((job) => job.stop()))
    assert.deepEqual(failures.map(String), ['Error: no'])
  })
})
