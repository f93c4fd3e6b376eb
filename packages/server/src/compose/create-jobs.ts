import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { INDEXING_TASK, OCR_TASK } from '../database/records/vector-stores.ts'
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
  /** Tells the queues that there is a new task. */
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
  /** Queues by the kind of their tasks. */
  readonly queues: Readonly<Record<string, Queue>>
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
    wake: () => {
      for (const queue of Object.values(running?.queues ?? {})) queue.wake()
    },
    runs: () =>
      Object.fromEntries(Object.entries(running?.periodic ?? {}).map(([name, job]) => [name, job.runs()])),
    queueRuns: () =>
      Object.fromEntries(Object.entries(running?.queues ?? {}).map(([kind, queue]) => [kind, queue.runs()])),
    deactivatedWebhooks: () => running?.delivering.deactivated() ?? 0,
    stop: async () => {
      await (await started)?.stop()
    },
  }
}

async function startAll(config: Config, context: Context, logger: Logger): Promise<Started> {
  const { toEventBody } = await import('../protocols/waybill/event-body.ts')
  const periodic = startJobs(config, context, logger)
  const queues = startQueues(config, context, logger)
  const delivering = startDelivering(context, (event) => JSON.stringify(toEventBody(event)), logger)
  const spaceTimer = await watchFreeSpace(context, logger)
  return {
    periodic,
    queues,
    delivering,
    stop: () => {
      clearInterval(spaceTimer)
      const all = [...Object.values(periodic), ...Object.values(queues), delivering]
      return Promise.all(all.map((job) => job.stop()))
    },
  }
}

/** Starts the queue of the files to index, and that of the scans: these take minutes, and others must not wait for them. */
function startQueues({ indexing, ocr }: Config, context: Context, logger: Logger): Started['queues'] {
  // A scan whose installation has turned OCR off meanwhile must still leave the queue.
  const concurrency = indexing.concurrency === 0 ? 0 : (ocr?.concurrency ?? 1)
  return {
    [INDEXING_TASK]: startIndexing(context, INDEXING_TASK, indexing, logger),
    [OCR_TASK]: startIndexing(context, OCR_TASK, { ...indexing, concurrency }, logger),
  }
}
