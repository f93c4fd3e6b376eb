import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { INDEXING_TASK } from '../database/records/vector-stores.ts'
import type { ServiceError } from '../domain/errors.ts'
import { type JobRuns, type PeriodicJob, runPeriodically } from '../jobs/periodic/run-periodically.ts'
import type { Queue, QueueRuns } from '../jobs/queue/create-queue.ts'
import { startIndexing } from '../jobs/tasks/start-indexing.ts'
import type { OperatorPort } from '../observe/operator-port.ts'
import type { Context } from '../operations/context.ts'
import { CLOCK_TOLERANCE_MS } from '../operations/installation/installation-clock.ts'
import { keepFromSweeps, refuseLostDatabase } from '../operations/installation/refuse-lost-database.ts'
import { listenOn, urlOf, warnOfLocalUrl } from './listen.ts'
import { createObservers, type Observers, openContext } from './open-context.ts'
import { opening } from './opening.ts'
import { startJobs } from './start-jobs.ts'
import { watchFreeSpace } from './watch-free-space.ts'

export interface Server {
  /** Base URL, such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly context: Context
  /** Stops accepting requests, makes the received bytes of uploads in progress durable, and closes everything. */
  close(): Promise<void>
}

/** Grace period for responses in progress, such as downloads, when the server closes. */
const RESPONSE_GRACE_MS = 10_000

export interface StartOptions {
  /** True when a database without organizations may be used with a storage that holds files. */
  readonly isNewInstallation?: boolean
}

/**
 * Composition root: opens the storage and the database, builds the app and listens. Throws a message for the operator
 * when one of them cannot be used, or the database looks lost.
 */
export async function startServer(
  config: Config,
  logger: Logger,
  { isNewInstallation = false }: StartOptions = {},
): Promise<Server> {
  const observers = await createObservers(config, logger)
  const damage = createDamageCount(logger)
  const { context, clock } = await openContext(config, logger, observers, damage.record)
  await checkInstallation(context, isNewInstallation)
  let url = ''
  // The operator's commands open the database and the storage, and do not need Fastify.
  const { createApp } = await import('../app.ts')
  const app = createApp({
    context,
    logger,
    publicUrl: () => config.publicUrl ?? url,
    trustedProxies: config.trustedProxies,
    idleMs: config.uploadIdleMs,
    corsOrigins: config.corsOrigins,
    requestsPerMinute: config.requestsPerMinute,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    observers: [observers.traces, observers.metrics].flatMap((one) => one?.watchRequests ?? []),
  })
  let jobs: Readonly<Record<string, PeriodicJob>> = {}
  let queue: Queue | null = null
  const metricsPort = await openMetrics(config, logger, observers, {
    context,
    jobs: () => Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.runs()])),
    queues: () => (queue ? { [INDEXING_TASK]: queue.runs() } : {}),
    damagedReads: damage.reads,
  })
  await opening(`HOST and PORT (${config.host}:${config.port})`, () =>
    listenOn(config, (address) => app.listen(address)),
  )
  url = urlOf(app.server.address() as AddressInfo)
  if (config.publicUrl === null) warnOfLocalUrl(app.server.address() as AddressInfo, url, logger)
  jobs = startJobs(config, context, logger)
  const indexing = startIndexing(context, config.indexing, logger)
  queue = indexing
  context.knowledge.onWake(indexing.wake)
  const clockJob = runPeriodically(
    CLOCK_TOLERANCE_MS,
    clock.sync,
    (err) => logger.warn({ err }, 'the time could not be recorded'),
    CLOCK_TOLERANCE_MS,
  )
  const spaceTimer = await watchFreeSpace(context, logger)

  const close = async () => {
    const closing = app.close()
    await Promise.all([...Object.values(jobs), clockJob, indexing].map((job) => job.stop()))
    await clock.sync().catch((err: unknown) => logger.warn({ err }, 'the time could not be recorded'))
    // Interrupts uploads in progress, whose bytes are kept. Otherwise the app would wait for their clients.
    await context.storage.close()
    const deadline = setTimeout(() => app.server.closeAllConnections(), RESPONSE_GRACE_MS)
    await closing
    clearTimeout(deadline)
    metricsPort?.close()
    context.reservations.close()
    clearInterval(spaceTimer)
    await context.audit.close()
    await context.knowledge.close()
    await Promise.all([observers.traces?.close(), context.database.close()])
  }
  return { url, context, close }
}

/** Throws when the database looks lost, after closing everything, so that the process can exit. */
async function checkInstallation(context: Context, isNewInstallation: boolean): Promise<void> {
  try {
    await (isNewInstallation ? keepFromSweeps(context) : refuseLostDatabase(context))
  } catch (error) {
    await context.storage.close()
    await context.database.close()
    throw error
  }
}

interface Observed {
  readonly context: Context
  jobs(): Readonly<Record<string, JobRuns>>
  queues(): Readonly<Record<string, QueueRuns>>
  damagedReads(): number
}

/** Serves the metrics; returns null when they are not configured. */
async function openMetrics(
  { metrics: address }: Config,
  logger: Logger,
  { metrics }: Observers,
  { context, ...state }: Observed,
): Promise<OperatorPort | null> {
  if (address === null || metrics === null) return null
  metrics.watchState({ database: context.database, ...state })
  const { openMetricsPort } = await import('../observe/open-metrics-port.ts')
  const port = await opening(`METRICS_HOST and METRICS_PORT (${address.host}:${address.port})`, () =>
    openMetricsPort(address, metrics, context, state),
  )
  logger.info({ url: `${port.url}/metrics` }, 'serving metrics')
  return port
}

/** Logs each damaged read with the count so far, so that a single line shows a failing disk. */
function createDamageCount(logger: Logger) {
  let damagedReads = 0
  return {
    reads: () => damagedReads,
    record: (name: string, err: ServiceError) => {
      damagedReads++
      logger.error({ object: name, damaged_reads: damagedReads, err }, 'an object is damaged')
    },
  }
}
