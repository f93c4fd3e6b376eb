import type { Task, TaskRecords } from '../../database/records/tasks.ts'
import { type PeriodicJob, runPeriodically } from '../periodic/run-periodically.ts'

/** Work on the tasks of one kind. It must tolerate a concurrent run of the same task whose lease was lost. */
export interface TaskHandler {
  readonly kind: string
  /**
   * Does the work. The queue then finishes the task, unless the handler has ended it together with its result. An
   * error makes the queue run the task again later. The signal is aborted when the lease is lost, the deadline passes
   * or the queue stops; the handler must then end soon.
   */
  handle(task: Task, signal: AbortSignal): Promise<void>
  /** Records the failure of a task that is not run again; the queue then buries the task, unless this ended it. */
  giveUp(task: Task, error: Error): Promise<void>
}

export interface QueueOptions {
  readonly tasks: TaskRecords
  readonly handler: TaskHandler
  /** Tasks that this process runs at the same time; 0 leaves them to other processes. */
  readonly concurrency: number
  /** Tasks of one organization that all processes run at the same time. */
  readonly maxPerOrganization: number
  /** Time for a task from its first run, the later runs included. */
  readonly deadlineMs: number
  now(): number
  /** Receives the failure of a run, and with null a failure of the queue itself. */
  onFailure(error: unknown, task: Task | null): void
}

/** Results since the start of this process. */
export interface QueueRuns {
  readonly running: number
  readonly finished: number
  readonly retried: number
  readonly givenUp: number
  /** Runs that ended because they lost their lease, to another worker or a cancellation, or the queue stopped. */
  readonly interrupted: number
  /** Time of all ended runs together. */
  readonly runMs: number
}

export interface Queue {
  /** Looks for tasks at once. */
  wake(): void
  runs(): QueueRuns
  /** Aborts the running tasks, gives them back for other processes, and waits for their end. */
  stop(): Promise<void>
}

/** Runs of a task, the first one included. */
export const MAX_ATTEMPTS = 5
export const LEASE_MS = 30_000
export const RENEW_MS = LEASE_MS / 3
/** Interval at which a process looks for tasks of others, and for retries that are due. */
export const POLL_MS = 1000
/** Interval at which a process tries again after the database failed. */
const FAILURE_PAUSE_MS = 5000
/** Interval at which tasks of crashed workers, and those past their deadline, are looked for. */
const RECOVER_MS = 10_000
/** Tasks of crashed workers, and tasks past their deadline, that are changed with one look. */
const RECOVERED_TOGETHER = 100
const OVERDUE_TOGETHER = 10
const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 5 * 60_000

interface Run {
  readonly task: Task
  readonly lease: AbortController
  leaseUntilMs: number
  ended: Promise<void>
}

type Counts = { -readonly [name in keyof Omit<QueueRuns, 'running'>]: number }

/** Starts to run the tasks of a kind, a limited number at a time. */
export function createQueue(options: QueueOptions): Queue {
  const { concurrency, onFailure } = options
  const running = new Set<Run>()
  const counts: Counts = { finished: 0, retried: 0, givenUp: 0, interrupted: 0, runMs: 0 }
  const stopping = new AbortController()
  let signal = Promise.withResolvers<void>()
  const wake = () => signal.resolve()

  const start = (task: Task, leaseUntilMs: number) => {
    const lease = new AbortController()
    const run: Run = { task, lease, leaseUntilMs, ended: Promise.resolve() }
    run.ended = runTask(options, counts, task, AbortSignal.any([lease.signal, stopping.signal]))
      .catch((error: unknown) => onFailure(error, task))
      .finally(() => {
        running.delete(run)
        wake()
      })
    running.add(run)
    return run.ended
  }
  const claim = createClaiming(options, start)
  const recover = createRecovery(options, start)

  const run = async () => {
    while (!stopping.signal.aborted) {
      signal = Promise.withResolvers<void>()
      let pauseMs = POLL_MS
      try {
        const isRecovered = await recover()
        const isExhausted = await claim(concurrency - running.size)
        if (!isRecovered || !isExhausted) continue
      } catch (error) {
        onFailure(error, null)
        pauseMs = FAILURE_PAUSE_MS
      }
      if (stopping.signal.aborted) return
      const poll = setTimeout(wake, pauseMs)
      await signal.promise
      clearTimeout(poll)
    }
  }
  const renewing = keepLeases(options, running)
  const stopped = run()

  return {
    wake,
    runs: () => ({ running: running.size, ...counts }),
    stop: async () => {
      stopping.abort(new Error('the queue stops'))
      wake()
      await stopped
      await Promise.all([...running].map(({ ended }) => ended))
      await renewing.stop()
    },
  }
}

type Start = (task: Task, leaseUntilMs: number) => Promise<void>

/** Returns a function that claims and starts up to `max` tasks. It returns false when another claim may find more. */
function createClaiming({ tasks, handler, maxPerOrganization, deadlineMs, now }: QueueOptions, start: Start) {
  const { kind } = handler
  let after = ''
  return async (max: number): Promise<boolean> => {
    if (max <= 0) return true
    const nowMs = now()
    const leaseUntilMs = nowMs + LEASE_MS
    const times = { nowMs, leaseUntilMs, deadlineAtMs: nowMs + deadlineMs }
    const claimed = await tasks.claim({ kind, ...times, max, maxPerOrganization, after })
    after = claimed.after
    for (const task of claimed.tasks) start(task, leaseUntilMs)
    return claimed.isExhausted || claimed.tasks.length === max
  }
}

/**
 * Returns a function that from time to time makes the tasks of crashed workers ready, and gives up those past their
 * deadline. It returns false when there may be more.
 */
function createRecovery({ tasks, handler, concurrency, now }: QueueOptions, start: Start) {
  const { kind } = handler
  let recoverAtMs = 0
  return async (): Promise<boolean> => {
    const nowMs = now()
    if (concurrency === 0 || nowMs < recoverAtMs) return true
    const released = await tasks.releaseExpired(nowMs, RECOVERED_TOGETHER)
    const leaseUntilMs = nowMs + LEASE_MS
    const overdue = await tasks.claimOverdue({ kind, nowMs, leaseUntilMs, max: OVERDUE_TOGETHER })
    // These are given up without work, so that the limits of running tasks do not apply.
    await Promise.all(overdue.map((task) => start(task, leaseUntilMs)))
    if (released === RECOVERED_TOGETHER || overdue.length === OVERDUE_TOGETHER) return false
    recoverAtMs = nowMs + RECOVER_MS
    return true
  }
}

/** Renews the leases of running tasks, and aborts the runs that have lost theirs. */
function keepLeases({ tasks, now, onFailure }: QueueOptions, running: ReadonlySet<Run>): PeriodicJob {
  const renew = async (run: Run) => {
    const leaseUntilMs = now() + LEASE_MS
    // Without the database, the worker has the task until the lease expires.
    const isHeld = await tasks.renew(run.task, leaseUntilMs).catch(() => null)
    if (isHeld) run.leaseUntilMs = leaseUntilMs
    else if (isHeld === false || now() >= run.leaseUntilMs)
      run.lease.abort(new Error('the lease of the task was lost'))
  }
  const renewAll = async () => {
    await Promise.all([...running].map(renew))
  }
  return runPeriodically(RENEW_MS, renewAll, (error) => onFailure(error, null), RENEW_MS)
}

/** Runs a task and records its result. Rejects when the result cannot be recorded: the lease then expires. */
async function runTask(
  options: QueueOptions,
  counts: Counts,
  task: Task,
  interrupt: AbortSignal,
): Promise<void> {
  const { tasks, handler, now, onFailure } = options
  const startedAtMs = now()
  const deadline = new AbortController()
  const pass = () => deadline.abort(new Error('the deadline has passed'))
  const timer = setTimeout(pass, task.deadlineAtMs - startedAtMs)
  try {
    // A task whose worker crashed each time would otherwise be run for ever.
    if (task.attempt > MAX_ATTEMPTS) throw new Error('the worker stopped without a result')
    if (startedAtMs >= task.deadlineAtMs) pass()
    const signal = AbortSignal.any([interrupt, deadline.signal])
    signal.throwIfAborted()
    await handler.handle(task, signal)
    await tasks.finish(task)
    counts.finished++
  } catch (thrown) {
    if (interrupt.aborted) {
      counts.interrupted++
      // Does nothing when the lease was lost.
      await tasks.release(task)
      return
    }
    onFailure(thrown, task)
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const runAtMs = now() + backoffMs(task.attempt)
    if (task.attempt < MAX_ATTEMPTS && runAtMs < task.deadlineAtMs) {
      const isOwned = await tasks.retry(task, runAtMs, error.message)
      counts[isOwned ? 'retried' : 'interrupted']++
      return
    }
    await handler.giveUp(task, error)
    await tasks.bury(task, now(), error.message)
    counts.givenUp++
  } finally {
    clearTimeout(timer)
    counts.runMs += now() - startedAtMs
  }
}

/** Returns whole milliseconds: exponential backoff with jitter, so that tasks that failed together do not come back together. */
function backoffMs(attempt: number): number {
  const ms = Math.min(FIRST_BACKOFF_MS * 4 ** (attempt - 1), MAX_BACKOFF_MS)
  return Math.round(ms / 2 + Math.random() * (ms / 2))
}
