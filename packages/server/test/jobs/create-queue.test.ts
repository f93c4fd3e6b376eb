import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openDatabase } from '../../src/compose/open-database.ts'
import type { DatabaseChoice } from '../../src/config.ts'
import type { Database } from '../../src/database/database.ts'
import { keyOf, organizationOf } from '../../src/database/records/fixture.conformance.ts'
import type { NewTask, Task } from '../../src/database/records/tasks.ts'
import { createId } from '../../src/domain/ids.ts'
import {
  createQueue,
  LEASE_MS,
  MAX_ATTEMPTS,
  POLL_MS,
  type Queue,
  type QueueOptions,
  RENEW_MS,
  type TaskHandler,
} from '../../src/jobs/queue/create-queue.ts'
import { databaseOf } from '../postgres/database-of.ts'

const BEGIN_MS = 1_000_000_000
const DEADLINE_MS = 30 * 60_000

/** Waits until the condition holds. The time limit of the test ends it otherwise. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setImmediate()
}

/** Returns a promise that rejects when the signal is aborted, as obedient work does. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })

/** True inside calls of the database: their timeouts must not follow the clock of a test. */
const insideDatabase = new AsyncLocalStorage<boolean>()
const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout } = globalThis

/** Function that clears each timer. The mocked one of another test would remove one of its own timers instead. */
const clearOf = new WeakMap<object, typeof clearRealTimeout>()

/** Gives calls of the database the timers of the system again, after a test has mocked them. */
function keepTimersOfDatabase(): void {
  const { setTimeout: setMockedTimeout, clearTimeout: clearMockedTimeout } = globalThis
  const set = (...values: Parameters<typeof setRealTimeout>) => {
    const isReal = insideDatabase.getStore() === true
    const timer = (isReal ? setRealTimeout : setMockedTimeout)(...values)
    clearOf.set(timer, isReal ? clearRealTimeout : clearMockedTimeout)
    return timer
  }
  const clear = (timer?: NodeJS.Timeout) => {
    if (timer !== undefined) (clearOf.get(timer) ?? clearRealTimeout)(timer)
  }
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
}

describe('createQueue', () => {
  const installation = databaseOf(createId('task'))
  let database: Database
  /** Calls of the database that have not ended. */
  let calls = 0

  before(async () => {
    const { DATABASE_URL: url } = await installation.create()
    const choice: DatabaseChoice =
      url === undefined ? { kind: 'sqlite', path: ':memory:' } : { kind: 'postgres', url, maxConnections: 10 }
    const opened = await insideDatabase.run(true, () => openDatabase(choice))
    const tasks = Object.entries(opened.tasks).map(([name, method]) => {
      const call = async (...values: unknown[]) => {
        calls++
        const run = () => (method as (...values: unknown[]) => Promise<unknown>)(...values)
        return insideDatabase.run(true, run).finally(() => calls--)
      }
      return [name, call]
    })
    database = { ...opened, tasks: Object.fromEntries(tasks) }
  })
  after(async () => {
    await database?.close()
    await installation.remove()
  })

  const newOrganization = async () => {
    const id = createId('org')
    const create = () => database.installation.createOrganization(organizationOf(id), keyOf(id))
    await insideDatabase.run(true, create)
    return id
  }

  /** Starts queues on a clock of their own, for tasks of a new kind in a new organization. */
  const setUp = async (test: TestContext, options: Partial<QueueOptions & TaskHandler> = {}) => {
    const [kind, organizationId] = [createId('task'), await newOrganization()]
    test.mock.timers.enable({ apis: ['setTimeout'] })
    keepTimersOfDatabase()
    let nowMs = BEGIN_MS
    const runs: Task[] = []
    const givenUp: [key: string, error: string][] = []
    const failures: unknown[] = []
    const queues: Queue[] = []
    const { handle = async () => {}, giveUp = async () => {} } = options
    const start = (changes: Partial<QueueOptions> = {}) => {
      const queue = createQueue({
        tasks: database.tasks,
        handler: {
          kind,
          handle: (task, signal) => {
            runs.push(task)
            return handle(task, signal)
          },
          giveUp: async (task, error) => {
            givenUp.push([task.key, error.message])
            await giveUp(task, error)
          },
        },
        concurrency: 2,
        maxPerOrganization: 10,
        deadlineMs: DEADLINE_MS,
        now: () => nowMs,
        onFailure: (error) => failures.push(error),
        ...options,
        ...changes,
      })
      queues.push(queue)
      return queue
    }
    test.after(() => Promise.all(queues.map((queue) => queue.stop())))
    const insert = (key: string, changes: Partial<NewTask> = {}) =>
      database.tasks.insert({
        ...{ kind, organizationId, key, payload: '{}', createdAtMs: nowMs },
        ...changes,
      })
    const pass = (ms: number) => {
      nowMs += ms
      test.mock.timers.tick(ms)
    }
    /** Waits until queues claim nothing more, and have set their next timers in the turns after the last answer. */
    const untilIdle = async () => {
      let quietTurns = 0
      await until(() => {
        quietTurns = calls === 0 ? quietTurns + 1 : 0
        return quietTurns > 3
      })
    }
    /** Passes a long time in steps, so that leases are renewed meanwhile. */
    const passLong = async (ms: number) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= RENEW_MS) {
        pass(Math.min(leftMs, RENEW_MS))
        await untilIdle()
      }
    }
    /** Passes time, while the database is idle, until the condition holds. */
    const passUntil = (isSo: () => boolean) =>
      until(() => {
        if (calls === 0) pass(POLL_MS)
        return isSo()
      })
    const find = (key: string) => database.tasks.find(organizationId, kind, key)
    /** Claims a task as a process that never ends it. */
    const claimElsewhere = async () => {
      const times = { nowMs, leaseUntilMs: nowMs + LEASE_MS, deadlineAtMs: nowMs + DEADLINE_MS }
      const claim = { kind, ...times, max: 1, maxPerOrganization: 10, after: '' }
      return (await database.tasks.claim(claim)).tasks[0] ?? assert.fail('no task is due')
    }
    const keys = () => runs.map(({ key }) => key)
    const now = () => nowMs
    return {
      ...{ kind, organizationId, start, insert, now, pass, passLong, passUntil, find, claimElsewhere },
      ...{ untilIdle, runs, keys, givenUp, failures },
    }
  }

  it('runs tasks, also those that are inserted later, and forgets them', async (test) => {
    const { start, insert, passUntil, find, keys } = await setUp(test)
    await insert('first')
    const queue = start()
    await until(() => queue.runs().finished === 1)
    await insert('woken')
    queue.wake()
    await until(() => queue.runs().finished === 2)
    await insert('polled')
    await passUntil(() => queue.runs().finished === 3)
    assert.deepEqual(keys(), ['first', 'woken', 'polled'])
    assert.equal(await find('polled'), null)
  })

  it('runs a failed task again after a backoff that grows, and gives it up after the last attempt', async (test) => {
    const handle = () => Promise.reject(new Error('no luck'))
    const { start, insert, pass, find, runs, givenUp, failures } = await setUp(test, { handle })
    await insert('a')
    const queue = start()
    const waits: number[] = []
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      await until(() => queue.runs().retried === attempt && queue.runs().running === 0)
      const task = (await find('a')) ?? assert.fail()
      assert.deepEqual([task.state, task.attempts, task.lastError], ['ready', attempt, 'no luck'])
      const failedAtMs = BEGIN_MS + waits.reduce((sum, ms) => sum + ms, 0)
      waits.push(task.runAtMs - failedAtMs)
      pass(task.runAtMs - failedAtMs - 1)
      queue.wake()
      await setImmediate()
      assert.equal(runs.length, attempt)
      pass(1)
      waits[attempt - 1] = task.runAtMs - failedAtMs
      await until(() => {
        queue.wake()
        return runs.length === attempt + 1
      })
    }
    await until(() => queue.runs().givenUp === 1)
    assert.ok(
      waits.every((ms, index) => index === 0 || ms > (waits[index - 1] ?? 0)),
      String(waits),
    )
    assert.deepEqual(
      runs.map(({ attempt }) => attempt),
      [1, 2, 3, 4, 5],
    )
    assert.deepEqual(givenUp, [['a', 'no luck']])
    assert.equal(failures.length, MAX_ATTEMPTS)
    assert.equal((await find('a'))?.state, 'dead')
  })

  it('aborts a run at the deadline, which begins with the first run, and gives the task up', async (test) => {
    const handle = (_task: Task, signal: AbortSignal) => untilAborted(signal)
    const deadlineMs = 3 * LEASE_MS
    const { start, insert, pass, passLong, find, runs, givenUp } = await setUp(test, { handle, deadlineMs })
    await insert('a')
    pass(10 * deadlineMs)
    const queue = start()
    await until(() => runs.length === 1)
    await passLong(deadlineMs - 1)
    assert.equal(queue.runs().running, 1)
    pass(1)
    await until(() => queue.runs().givenUp === 1)
    assert.deepEqual(givenUp, [['a', 'the deadline has passed']])
    assert.equal((await find('a'))?.state, 'dead')
  })

  it('gives up a task that waits past its deadline, also while all workers are busy', async (test) => {
    const handle = (_task: Task, signal: AbortSignal) => untilAborted(signal)
    // The deadline of the running task is far, because time passes until all others are given up.
    const options = { handle, concurrency: 1, deadlineMs: 1000 * DEADLINE_MS }
    const { start, insert, passUntil, keys, givenUp } = await setUp(test, options)
    await insert('busy')
    const queue = start()
    await until(() => queue.runs().running === 1)
    // More than the queue looks up at once.
    const overdue = Array.from({ length: 25 }, (_, index) => `overdue ${index}`)
    for (const key of overdue) await insert(key, { deadlineAtMs: BEGIN_MS + 1 })
    await passUntil(() => queue.runs().givenUp === overdue.length)
    assert.deepEqual(givenUp.map(([key]) => key).sort(), overdue.sort())
    assert.deepEqual(keys(), ['busy'])
  })

  it('takes over the task of a crashed worker, and buries one whose workers always crash', async (test) => {
    const { start, insert, pass, passUntil, now, find, claimElsewhere, runs, givenUp } = await setUp(test)
    await insert('crashed')
    await claimElsewhere()
    const queue = start()
    await passUntil(() => queue.runs().finished === 1)
    assert.deepEqual([runs[0]?.key, runs[0]?.attempt], ['crashed', 2])
    await queue.stop()
    await insert('poison')
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      assert.equal((await claimElsewhere()).attempt, attempt)
      pass(LEASE_MS)
      await database.tasks.releaseExpired(now(), 100)
    }
    const next = start()
    await passUntil(() => next.runs().givenUp === 1)
    assert.deepEqual(givenUp, [['poison', 'the worker stopped without a result']])
    assert.equal((await find('poison'))?.state, 'dead')
    assert.equal(runs.length, 1)
  })

  it('keeps the lease of a long run', async (test) => {
    const done = Promise.withResolvers<void>()
    let renewals = 0
    const renew: Database['tasks']['renew'] = async (...values) => {
      const isHeld = await database.tasks.renew(...values)
      renewals++
      return isHeld
    }
    const options = { handle: () => done.promise, tasks: { ...database.tasks, renew } }
    const { start, insert, pass, untilIdle, find, runs } = await setUp(test, options)
    await insert('long')
    const queues = [start(), start()]
    await until(() => runs.length === 1)
    for (let times = 1; times <= (3 * LEASE_MS) / RENEW_MS; times++) {
      pass(RENEW_MS)
      await until(() => renewals === times)
      await untilIdle()
    }
    done.resolve()
    await until(() => queues.some((queue) => queue.runs().finished === 1))
    assert.equal(runs.length, 1)
    assert.equal(await find('long'), null)
  })

  it('aborts a run whose task was cancelled or given to another worker; its result changes nothing', async (test) => {
    const reasons: string[] = []
    const handle = async (_task: Task, signal: AbortSignal) => {
      await untilAborted(signal).catch((reason: Error) => reasons.push(reason.message))
    }
    const set = await setUp(test, { handle })
    const { kind, organizationId, start, insert, pass, untilIdle, find, claimElsewhere, runs } = set
    await insert('cancelled')
    await insert('replaced')
    const queue = start()
    await until(() => runs.length === 2)
    await untilIdle()
    await database.tasks.cancel(organizationId, kind, 'cancelled')
    await database.tasks.insert(
      { kind, organizationId, key: 'replaced', payload: '{}', createdAtMs: BEGIN_MS },
      'replace',
    )
    const other = await claimElsewhere()
    pass(RENEW_MS)
    await until(() => queue.runs().running === 0)
    assert.deepEqual(reasons, Array(2).fill('the lease of the task was lost'))
    assert.equal(await find('cancelled'), null)
    assert.equal((await find('replaced'))?.state, 'running')
    assert.equal(await database.tasks.finish(other), true)
  })

  it('keeps a run when a renewal fails, until the lease expires', async (test) => {
    const handle = (_task: Task, signal: AbortSignal) => untilAborted(signal)
    let renewals = 0
    const renew = async () => {
      renewals++
      throw new Error('the database is away')
    }
    const tasks = { ...database.tasks, renew }
    const { start, insert, pass, untilIdle, runs } = await setUp(test, { handle, tasks })
    await insert('a')
    const queue = start()
    await until(() => runs.length === 1)
    for (let times = 1; times < LEASE_MS / RENEW_MS; times++) {
      pass(RENEW_MS)
      await until(() => renewals === times)
      await untilIdle()
      assert.deepEqual([queue.runs().running, queue.runs().interrupted], [1, 0])
    }
    pass(RENEW_MS)
    await until(() => queue.runs().interrupted === 1)
  })

  it('gives its tasks back at once when it stops, as if they had not run', async (test) => {
    let isBlocking = true
    const handle = async (_task: Task, signal: AbortSignal) => {
      if (isBlocking) await untilAborted(signal)
    }
    const { start, insert, runs, givenUp } = await setUp(test, { handle })
    await insert('a')
    const queue = start()
    await until(() => runs.length === 1)
    await queue.stop()
    assert.deepEqual([queue.runs().interrupted, queue.runs().running], [1, 0])
    isBlocking = false
    const next = start()
    await until(() => next.runs().finished === 1)
    assert.deepEqual(
      runs.map(({ attempt }) => attempt),
      [1, 1],
    )
    assert.deepEqual(givenUp, [])
  })

  it('begins no work with tasks that it claims while it stops', async (test) => {
    const claimed = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const claim: Database['tasks']['claim'] = async (request) => {
      const tasks = await database.tasks.claim(request)
      claimed.resolve()
      await goOn.promise
      return tasks
    }
    const { start, insert, find, runs } = await setUp(test, { tasks: { ...database.tasks, claim } })
    await insert('a')
    const queue = start()
    await claimed.promise
    const stopping = queue.stop()
    goOn.resolve()
    await stopping
    assert.equal(runs.length, 0)
    assert.deepEqual([(await find('a'))?.state, (await find('a'))?.attempts], ['ready', 0])
  })

  it('runs no more tasks at a time than its limit and that of an organization', async (test) => {
    let [running, most] = [0, 0]
    const handle = async () => {
      running++
      most = Math.max(most, running)
      await setImmediate()
      running--
    }
    const limits = [
      { concurrency: 3, maxPerOrganization: 10, expected: 3 },
      { concurrency: 5, maxPerOrganization: 2, expected: 2 },
    ]
    const { start, insert } = await setUp(test, { handle })
    for (const { expected, ...limit } of limits) {
      most = 0
      for (let index = 0; index < 12; index++) await insert(`${expected} ${index}`)
      const queue = start(limit)
      await until(() => {
        queue.wake()
        return queue.runs().finished === 12
      })
      await queue.stop()
      assert.equal(most, expected)
    }
  })

  it('does not let the tasks of a large organization delay those of another one', async (test) => {
    const { kind, organizationId: large, start, insert, runs } = await setUp(test)
    await database.tasks.insert({
      kind,
      organizationId: large,
      key: '0',
      payload: '{}',
      createdAtMs: BEGIN_MS,
    })
    const inserts = Array.from({ length: 1999 }, (_, index) => () => insert(`${index + 1}`))
    while (inserts.length > 0) await Promise.all(inserts.splice(0, 100).map((add) => add()))
    const small = await newOrganization()
    await insert('small', { organizationId: small })
    const queue = start()
    await until(() => runs.some(({ organizationId }) => organizationId === small))
    const position = runs.findIndex(({ organizationId }) => organizationId === small)
    assert.ok(position < 4, String(position))
    await queue.stop()
  })

  it('reports a failure of the database once and goes on afterwards', async (test) => {
    let isAway = true
    const claim: Database['tasks']['claim'] = async (request) => {
      if (isAway) throw new Error('the database is away')
      return database.tasks.claim(request)
    }
    const { start, insert, passUntil, failures } = await setUp(test, { tasks: { ...database.tasks, claim } })
    await insert('a')
    const queue = start()
    await until(() => failures.length === 1)
    isAway = false
    await passUntil(() => queue.runs().finished === 1)
    assert.equal(failures.length, 1)
  })
})
