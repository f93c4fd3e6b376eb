import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { INDEXING_TASK } from '../database/records/vector-stores.ts'
import type { JobRuns, PeriodicJob } from '../jobs/periodic/run-periodically.ts'
import type { Queue, QueueRuns } from '../jobs/queue/create-queue.ts'
import { type Deliverer, startDelivering } from '../jobs/tasks/start-delivering.ts'
import { startIndexing } from '../jobs/tasks/start-indexing.ts'
import type { Context } from '../operations/context.ts'
import { startJobs } from './start-jobs.ts'
import { watchFreeSpace } from './watch-free-space.ts'

/** Work of the service besides requests: periodic jobs, the queue, webhooks, and the watch over the disk. */
export interface Jobs {
  start(): Promise<void>
  /** Tells the queue that there is a new task. */
  wake(): void
  /** Returns the runs of the periodic jobs by name. */
  runs(): Readonly<Record<string, JobRuns>>
  /** Returns the runs of the queues by the kind of their tasks. */
  queueRuns(): Readonly<Record<string, QueueRuns>>
  /** Returns the number of webhooks that were deactivated because they do not answer. */
  deactivatedWebhooks(): number
  stop(): Promise<void>
}

interface Started {
  readonly periodic: Readonly<Record<string, PeriodicJob>>
  readonly indexing: Queue
  readonly delivering: Deliverer
  stop(): Promise<unknown>
}

/** Creates the jobs of a process, which do nothing before their start. */
export function createJobs(config: Config, context: Context, logger: Logger): Jobs {
  let started: Promise<Started> | null = null
  let running: Started | null = null
  return {
    start: async () => {
      started ??= startAll(config, context, logger)
      running = await started
    },
    wake: () => running?.indexing.wake(),
    runs: () =>
      Object.fromEntries(Object.entries(running?.periodic ?? {}).map(([name, job]) => [name, job.runs()])),
    queueRuns: () => (running ? { [INDEXING_TASK]: running.indexing.runs() } : {}),
    deactivatedWebhooks: () => running?.delivering.deactivated() ?? 0,
    stop: async () => {
      await (await started)?.stop()
    },
  }
}

async function startAll(config: Config, context: Context, logger: Logger): Promise<Started> {
  const { toEventBody } = await import('../protocols/waybill/event-body.ts')
  const periodic = startJobs(config, context, logger)
  const indexing = startIndexing(context, config.indexing, logger)
  const delivering = startDelivering(context, (event) => JSON.stringify(toEventBody(event)), logger)
  const spaceTimer = await watchFreeSpace(context, logger)
  return {
    periodic,
    indexing,
    delivering,
    stop: () => {
      clearInterval(spaceTimer)
      return Promise.all([...Object.values(periodic), indexing, delivering].map((job) => job.stop()))
    },
  }
}
