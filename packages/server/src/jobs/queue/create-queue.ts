import type { Task, TaskRecords } from '../../database/records/tasks.ts'

/** Work on the tasks of one kind. It must tolerate a concurrent run of the same task whose lease was lost. */
export interface TaskHandler {
  readonly kind: string
  /**
   * Does the work. The queue then finishes the task, unless the handler has ended it together with its result. An
   * error makes the queue run the task again later. The signal is aborted when the lease is lost or the queue stops.
   */
  handle(task: Task, signal: AbortSignal): Promise<void>
  /** Records the failure of a task that is not run again; the queue then buries the task, unless this ended it. */
  giveUp(task: Task, error: string): Promise<void>
}

export interface QueueOptions {
  readonly tasks: TaskRecords
  readonly handler: TaskHandler
  /** Tasks that this process runs at the same time. */
  readonly concurrency: number
  /** Tasks of one organization that all processes run at the same time. */
  readonly maxPerOrganization: number
  now(): number
  onFailure(error: unknown): void
}

/** Results since the start of this process. */
export interface QueueRuns {
  readonly running: number
  readonly finished: number
  readonly retried: number
  readonly givenUp: number
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
const LEASE_MS = 30_000
const RENEW_MS = LEASE_MS / 3
/** Interval at which a process looks for tasks of others, and for retries that are due. */
const POLL_MS = 1000
/** Interval at which tasks of crashed workers, and those past their deadline, are looked for. */
const RECOVER_MS = 10_000
const RECOVERED_TOGETHER = 100
const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 5 * 60_000

/** Starts to run the tasks of a kind, a limited number at a time. */
export function createQueue(options: QueueOptions): Queue {
  const { tasks, handler, concurrency, maxPerOrganization, now, onFailure } = options
  const running = new Map<
    string,
    { readonly task: Task; readonly lease: AbortController; ended: Promise<void> }
  >()
  const counts = { finished: 0, retried: 0, givenUp: 0 }
  const stopping = new AbortController()
  let signal = Promise.withResolvers<void>()
  let after = ''
  let recoverAtMs = 0

  const wake = () => signal.resolve()
  const leaseUntilMs = () => now() + LEASE_MS

  const start = (task: Task) => {
    const lease = new AbortController()
    const ended = runTask(options, counts, task, AbortSignal.any([lease.signal, stopping.signal]))
      .catch(onFailure)
      .finally(() => {
        running.delete(task.leaseToken + task.id)
        wake()
      })
    running.set(task.leaseToken + task.id, { task, lease, ended })
  }

  /** Returns false when another look may find more tasks at once. */
  const claim = async (): Promise<boolean> => {
    const max = concurrency - running.size
    if (max <= 0) return true
    const request = {
      kind: handler.kind,
      nowMs: now(),
      leaseUntilMs: leaseUntilMs(),
      max,
      maxPerOrganization,
    }
    const claimed = await tasks.claim({ ...request, after })
    after = claimed.after
    claimed.tasks.forEach(start)
    return claimed.isExhausted || claimed.tasks.length === max
  }

  const recover = async () => {
    if (now() < recoverAtMs) return
    recoverAtMs = now() + RECOVER_MS
    await tasks.releaseExpired(now(), RECOVERED_TOGETHER)
    const max = concurrency - running.size
    if (max <= 0) return
    const overdue = await tasks.claimOverdue({
      kind: handler.kind,
      nowMs: now(),
      leaseUntilMs: leaseUntilMs(),
      max,
    })
    overdue.forEach(start)
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      signal = Promise.withResolvers<void>()
      const isExhausted = await recover()
        .then(claim)
        .catch((error: unknown) => {
          onFailure(error)
          return true
        })
      if (!isExhausted) continue
      const poll = setTimeout(wake, POLL_MS)
      await signal.promise
      clearTimeout(poll)
    }
  }

  const renewing = setInterval(async () => {
    for (const { task, lease } of running.values()) {
      const isHeld = await tasks.renew(task, leaseUntilMs()).catch(() => true)
      if (!isHeld) lease.abort(new Error('the lease of the task was lost'))
    }
  }, RENEW_MS)
  const stopped = run()

  return {
    wake,
    runs: () => ({ running: running.size, ...counts }),
    stop: async () => {
      stopping.abort(new Error('the queue stops'))
      wake()
      await stopped
      await Promise.all([...running.values()].map(({ ended }) => ended))
      clearInterval(renewing)
    },
  }
}

interface Counts {
  finished: number
  retried: number
  givenUp: number
}

async function runTask(
  { tasks, handler, now, onFailure }: QueueOptions,
  counts: Counts,
  task: Task,
  signal: AbortSignal,
): Promise<void> {
  try {
    // A task whose worker crashed each time would otherwise be run for ever.
    if (task.attempt > MAX_ATTEMPTS) throw new Error('the worker stopped without a result')
    if (now() >= task.deadlineAtMs) throw new Error('the deadline has passed')
    await handler.handle(task, signal)
    await tasks.finish(task)
    counts.finished++
  } catch (error) {
    if (signal.aborted) {
      // Does nothing when the lease was lost.
      await tasks.release(task)
      return
    }
    onFailure(error)
    const message = error instanceof Error ? error.message : String(error)
    const runAtMs = now() + backoffMs(task.attempt)
    if (task.attempt < MAX_ATTEMPTS && runAtMs < task.deadlineAtMs) {
      counts.retried++
      await tasks.retry(task, runAtMs, message)
      return
    }
    counts.givenUp++
    await handler.giveUp(task, message)
    await tasks.bury(task, now(), message)
  }
}

/** Exponential backoff with jitter, so that tasks that failed together do not come back together. */
function backoffMs(attempt: number): number {
  const ms = Math.min(FIRST_BACKOFF_MS * 4 ** (attempt - 1), MAX_BACKOFF_MS)
  return ms / 2 + Math.random() * (ms / 2)
}
