import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { runPeriodically } from '../jobs/periodic/run-periodically.ts'
import type { Metrics, MetricValues } from '../observe/metrics.ts'
import type { OperatorHealth } from '../observe/operator-health.ts'
import type { OperatorPort } from '../observe/operator-port.ts'
import type { Context } from '../operations/context.ts'
import { CLOCK_TOLERANCE_MS } from '../operations/installation/installation-clock.ts'
import { keepFromSweeps, refuseLostDatabase } from '../operations/installation/refuse-lost-database.ts'
import type { Diversion } from '../protocols/http/divert-requests.ts'
import type { SharedCounts } from '../protocols/http/shared-counts.ts'
import type { S3AppOptions } from '../s3-app.ts'
import type { DamagedObject } from '../storage/report-corruption.ts'
import { createJobs, type Jobs } from './create-jobs.ts'
import { listenOn, type ServerAddresses, urlOf } from './listen.ts'
import { createObservers, type Observers, openContext } from './open-context.ts'
import { opening } from './opening.ts'

export interface Server extends ServerAddresses {
  readonly context: Context
  /** Starts the jobs of a worker. A process that serves alone has started them. */
  startJobs(): Promise<void>
  /** Tells the jobs of this process that there is a new task. */
  wakeQueue(): void
  /** Returns what the operator's port shows of this process; null without a port for metrics. */
  readonly report: (() => Promise<ServerReport>) | null
  /** Stops accepting requests, makes the received bytes of uploads in progress durable, and closes everything. */
  close(): Promise<void>
}

/** State of one process for the operator's port. */
export interface ServerReport {
  readonly metrics: MetricValues
  readonly health: OperatorHealth
}

/** Grace period for responses in progress, such as downloads, when the server closes. */
const RESPONSE_GRACE_MS = 10_000
/** Grace period for answers of models. It is shorter, so that an unfinished one can say to its client that it failed. */
const MODEL_GRACE_MS = 5000

/** Links of a worker to the others of its service. */
export interface WorkerLinks {
  readonly sharedCounts: SharedCounts
  /** Tells the worker with the jobs that there is a new task. */
  wakeQueue(): void
}

export interface StartOptions {
  /** True when a database without organizations may be used with a storage that holds files. */
  readonly isNewInstallation?: boolean
  /** Links of one of several workers, which has no port for metrics, and no jobs until `startJobs`; absent for a process that serves alone. */
  readonly links?: WorkerLinks
}

/**
 * Composition root: opens the storage and the database, builds the app and listens. Throws a message for the operator
 * when one of them cannot be used, or the database looks lost.
 */
export async function startServer(
  config: Config,
  logger: Logger,
  { isNewInstallation = false, links }: StartOptions = {},
): Promise<Server> {
  const observers = await createObservers(config, logger)
  const damage = createDamageCount(logger)
  let url = ''
  const publicUrl = () => config.publicUrl ?? url
  const { context, clock } = await openContext(config, logger, observers, damage.record, publicUrl)
  await checkInstallation(context, isNewInstallation)
  const options = appOptions(config, context, logger, observers, links?.sharedCounts ?? null)
  // The operator's commands open the database and the storage, and do not need Fastify.
  const { createApp } = await import('../app.ts')
  const { interopVersions } = config
  const s3 = await createS3(config, options)
  const diversion = s3?.diversion ?? null
  const app = createApp({ ...options, interopVersions, diversion, publicUrl })
  const jobs = createJobs(config, context, logger)
  const operator = await createOperatorState(observers, context, jobs, damage.reads)
  const metricsPort = links ? null : await openMetrics(config, logger, operator)
  await opening(`HOST and PORT (${config.host}:${config.port})`, () =>
    listenOn(config, (address) => app.listen(address)),
  )
  const address = app.server.address() as AddressInfo
  url = urlOf(address)
  const s3Url = await listenForS3(config, s3?.app ?? null)
  context.knowledge.onWake(links?.wakeQueue ?? jobs.wake)
  const clockJob = runPeriodically(
    CLOCK_TOLERANCE_MS,
    clock.sync,
    (err) => logger.warn({ err }, 'the time could not be recorded'),
    CLOCK_TOLERANCE_MS,
  )
  if (!links) await jobs.start()
  const close = async () => {
    context.eventFeed.close()
    const closing = Promise.all([app.close(), s3?.app.close()])
    // A job may wait for a scan. The end of the scans removes the bytes of unfinished ones, which needs the storage.
    await Promise.all([jobs.stop(), clockJob.stop(), context.scans?.close()])
    await clock.sync().catch((err: unknown) => logger.warn({ err }, 'the time could not be recorded'))
    // Interrupts uploads in progress, whose bytes are kept. Otherwise the app would wait for their clients.
    await context.storage.close()
    const modelDeadline = setTimeout(() => context.models.close(), MODEL_GRACE_MS)
    const deadline = setTimeout(() => {
      app.server.closeAllConnections()
      s3?.app.server.closeAllConnections()
    }, RESPONSE_GRACE_MS)
    await closing
    clearTimeout(modelDeadline)
    clearTimeout(deadline)
    context.models.close()
    metricsPort?.close()
    context.webhookSender.close()
    context.reservations.close()
    await context.audit.close()
    await context.knowledge.close()
    await Promise.all([observers.traces?.close(), context.database.close()])
  }
  const report =
    operator && (async () => ({ metrics: await operator.metrics.values(), health: await operator.health() }))
  return { url, address, s3Url, context, startJobs: jobs.start, wakeQueue: jobs.wake, report, close }
}

/** Returns the options that the apps of both ports have in common. */
function appOptions(
  config: Config,
  context: Context,
  logger: Logger,
  { traces, metrics }: Observers,
  sharedCounts: SharedCounts | null,
) {
  return {
    context,
    logger,
    trustedProxies: config.trustedProxies,
    idleMs: config.uploadIdleMs,
    corsOrigins: config.corsOrigins,
    requestsPerMinute: config.requestsPerMinute,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    sharedCounts,
    observers: [traces, metrics].flatMap((one) => one?.watchRequests ?? []),
  }
}

interface S3 {
  readonly app: FastifyInstance
  /** Requests on the main port that are for S3; null when S3 has no host name. */
  readonly diversion: Diversion | null
}

/** Creates the app for clients of S3; null when they are not served. */
async function createS3({ s3 }: Config, options: Omit<S3AppOptions, 'hostName'>): Promise<S3 | null> {
  if (s3 === null) return null
  const [{ createS3App }, { placeOfHost }] = await Promise.all([
    import('../s3-app.ts'),
    import('../protocols/s3/host-name.ts'),
  ])
  const { hostName } = s3
  const app = createS3App({ ...options, hostName })
  if (hostName === null) return { app, diversion: null }
  await app.ready()
  const isFor = ({ headers }: IncomingMessage) => placeOfHost(headers.host, hostName) !== null
  return { app, diversion: { isFor, server: app.server } }
}

/** Listens for clients of S3 on their own address. Returns its URL; null when there is none. */
async function listenForS3({ s3 }: Config, app: FastifyInstance | null): Promise<string | null> {
  const address = s3?.address ?? null
  if (address === null || app === null) return null
  const { host, port } = address
  await opening(`S3_LISTEN (${host}:${port})`, () => app.listen({ host, port }))
  return urlOf(app.server.address() as AddressInfo)
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

/** State that the operator's port shows. */
interface OperatorState {
  readonly metrics: Metrics
  health(): Promise<OperatorHealth>
}

/** Connects the metrics with the state that they show; returns null when they are not configured. */
async function createOperatorState(
  { metrics }: Observers,
  context: Context,
  { runs: jobs, queueRuns: queues, deactivatedWebhooks }: Jobs,
  damagedReads: () => number,
): Promise<OperatorState | null> {
  if (metrics === null) return null
  const { database, models } = context
  metrics.watchState({ database, models, jobs, queues, damagedReads, deactivatedWebhooks })
  const { createOperatorHealth } = await import('../observe/operator-health.ts')
  return { metrics, health: createOperatorHealth(context, { jobs, queues }) }
}

/** Opens the operator's port of a process that serves alone; returns null when it is not configured. */
async function openMetrics(
  { metrics: address }: Config,
  logger: Logger,
  operator: OperatorState | null,
): Promise<OperatorPort | null> {
  if (address === null || operator === null) return null
  const { metrics, health } = operator
  const { openMetricsPort } = await import('../observe/open-metrics-port.ts')
  const port = await opening(`METRICS_HOST and METRICS_PORT (${address.host}:${address.port})`, () =>
    openMetricsPort(address, {
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
      health,
    }),
  )
  logger.info({ url: `${port.url}/metrics` }, 'serving metrics')
  return port
}

/** Logs each damaged read with the count so far, so that a single line shows a failing disk. */
function createDamageCount(logger: Logger) {
  let damagedReads = 0
  return {
    reads: () => damagedReads,
    record: ({ name, error: err }: DamagedObject) => {
      damagedReads++
      logger.error({ object: name, damaged_reads: damagedReads, err }, 'an object is damaged')
    },
  }
}
