import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { dirname } from 'node:path'
import type { Logger } from 'pino'
import type { Config, DatabaseChoice, StorageChoice, UploadSync } from './config.ts'
import { type CopiedTable, copyDatabase } from './database/copy-database.ts'
import type { Database } from './database/database.ts'
import type { PoolOptions } from './database/postgres/connection.ts'
import { openSqliteDatabase } from './database/sqlite/sqlite-database.ts'
import { openSqliteTables } from './database/sqlite/sqlite-tables.ts'
import { ServiceError } from './domain/errors.ts'
import { redactPasswords } from './domain/redact.ts'
import { type JobRuns, type PeriodicJob, runPeriodically } from './jobs/run-periodically.ts'
import { startExpiring } from './jobs/start-expiring.ts'
import { startScrubbing } from './jobs/start-scrubbing.ts'
import { startSweeping } from './jobs/start-sweeping.ts'
import type { Metrics } from './observe/metrics.ts'
import type { OperatorPort } from './observe/operator-port.ts'
import type { Traces } from './observe/traces.ts'
import { createArrivals } from './operations/arrivals.ts'
import { isDiskFull } from './operations/check-room.ts'
import type { Context, Log } from './operations/context.ts'
import { openDownloadSecret } from './operations/download-secret.ts'
import {
  CLOCK_TOLERANCE_MS,
  createInstallationClock,
  type InstallationClock,
} from './operations/installation-clock.ts'
import { keepFromSweeps, refuseLostDatabase } from './operations/refuse-lost-database.ts'
import { createDirectReservations } from './operations/reserve-uploads.ts'
import { readSecretsKey } from './read-secrets-key.ts'
import { openDiskStorage } from './storage/disk/disk-storage.ts'
import { nodeFileSystem } from './storage/disk/node-file-system.ts'
import { type OnSync, watchSyncs } from './storage/disk/watch-syncs.ts'
import { withoutSync } from './storage/disk/without-sync.ts'
import { createMemoryStorage } from './storage/memory/memory-storage.ts'
import type { HostedStorage, ObjectStorage } from './storage/storage.ts'
import { watchDamage } from './storage/watch-damage.ts'

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly context: Context
  /** Takes no new work, makes what running uploads have sent durable, and lets go of everything. */
  close(): Promise<void>
}

/** The body bytes that all uploads hold in memory together. */
const BODY_BUDGET_BYTES = 16 * 1024 * 1024

const MAX_PORT = 65_535
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Answers that are still on their way when the server closes get this long, downloads among them. */
const SLOWEST_ANSWER_MS = 10_000

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
  const { context, clock } = await openContext(config, logger, observers, damage.note)
  await checkInstallation(context, isNewInstallation)
  let url = ''
  // The operator's commands open the database and the storage, and do not need Fastify.
  const { createApp } = await import('./app.ts')
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
  const metricsPort = await openMetrics(config, logger, observers, {
    context,
    jobs: () => Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.runs()])),
    damagedReads: damage.reads,
  })
  await opening(`HOST and PORT (${config.host}:${config.port})`, () =>
    listenOn(config, (address) => app.listen(address)),
  )
  url = urlOf(app.server.address() as AddressInfo)
  if (config.publicUrl === null) warnOfLocalUrl(app.server.address() as AddressInfo, url, logger)
  jobs = startJobs(config, context, logger)
  const clockNotes = runPeriodically(
    CLOCK_TOLERANCE_MS,
    clock.sync,
    (err) => logger.warn({ err }, 'the time could not be recorded'),
    CLOCK_TOLERANCE_MS,
  )
  const roomWatch = await watchRoom(context, logger)

  const close = async () => {
    const closing = app.close()
    await Promise.all([...Object.values(jobs), clockNotes].map((job) => job.stop()))
    await clock.sync().catch((err: unknown) => logger.warn({ err }, 'the time could not be recorded'))
    // Running uploads would hold the app open until their clients are done; their bytes are kept instead.
    await context.storage.close()
    const cutting = setTimeout(() => app.server.closeAllConnections(), SLOWEST_ANSWER_MS)
    await closing
    clearTimeout(cutting)
    metricsPort?.close()
    context.reservations.close()
    clearInterval(roomWatch)
    await Promise.all([observers.traces?.close(), context.database.close()])
  }
  return { url, context, close }
}

const LOOK_FOR_ROOM_MS = 5000

/** Logs when the disk becomes full and when it has space again, and then reallocates the ballast. */
async function watchRoom(context: Context, logger: Logger): Promise<NodeJS.Timeout> {
  let wasFull = false
  const look = async () => {
    const isFull = await isDiskFull(context)
    if (isFull && !wasFull)
      logger.error('the disk is full: reads and deletes only, until there is space again')
    if (!isFull && wasFull) logger.info('the disk has space again')
    wasFull = isFull
    if (!isFull) context.database.keepBallast()
  }
  await look().catch((err) => logger.warn({ err }, 'the free space of the disk is unknown'))
  return setInterval(() => look().catch(() => {}), LOOK_FOR_ROOM_MS).unref()
}

interface Observers {
  readonly metrics: Metrics | null
  readonly traces: Traces | null
}

/** Loaded only where they are asked for: a server that nobody watches starts as fast without them. */
async function createObservers({ metrics, traces }: Config, logger: Logger): Promise<Observers> {
  const warn = (problem: string) => logger.warn({ problem }, 'traces cannot be sent')
  return {
    metrics: metrics && (await import('./observe/metrics.ts')).createMetrics(),
    traces: traces && (await import('./observe/traces.ts')).createTraces(traces, warn),
  }
}

/** What every operation works with, and around it, in this order, whatever watches it. */
async function openContext(
  config: Config,
  logger: Logger,
  { metrics, traces }: Observers,
  onDamage: (name: string, error: ServiceError) => void,
): Promise<{ readonly context: Context; readonly clock: InstallationClock }> {
  const key = readSecretsKey(config.secretsKey)
  const openedDatabase = await openDatabase(config.database, logger)
  const downloadSecret = await openDownloadSecret(openedDatabase, key).catch(async (error: unknown) => {
    // Its connections would keep the process alive.
    await openedDatabase.close()
    throw error
  })
  const openedStorage = await opening(`the storage of STORAGE_URL or DATA_DIR${nameOf(config.storage)}`, () =>
    openStorage(config.storage, config.uploadSync, metrics?.noteSync ?? null),
  )
  if (config.uploadSync === 'never') {
    logger.warn('UPLOAD_SYNC=never: a power cut can lose bytes and files that were acknowledged')
  }
  const clock = createInstallationClock(openedDatabase.installation, logger)
  await clock.sync()
  const database = traces?.watchDatabase(openedDatabase) ?? openedDatabase
  const watchedStorage = watchDamage(openedStorage, onDamage)
  const context = {
    storage: traces?.watchStorage(watchedStorage) ?? watchedStorage,
    database,
    arrivals: createArrivals(),
    reservations: createDirectReservations(database, Date.now),
    limits: {
      maxFileBytes: config.maxFileBytes,
      directUploadMaxBytes: config.directUploadMaxBytes,
      allowedContentTypes: config.allowedMimeTypes,
      uploadSessionMs: config.uploadSessionMs,
      uploadChecksums: config.uploadChecksums,
      maxOpenSessions: config.maxOpenSessions,
    },
    downloadSecret,
    log: logger,
    now: clock.now,
  }
  return { context, clock }
}

/** Checks for a lost database; then closes everything, so that the process can exit, and throws. */
async function checkInstallation(context: Context, isNewInstallation: boolean): Promise<void> {
  try {
    await (isNewInstallation ? keepFromSweeps(context) : refuseLostDatabase(context))
  } catch (error) {
    await context.storage.close()
    await context.database.close()
    throw error
  }
}

function startJobs(config: Config, context: Context, logger: Logger): Readonly<Record<string, PeriodicJob>> {
  return {
    expire: startExpiring(context, logger),
    sweep: startSweeping(context, config.auditMs, logger),
    // A provider looks after its disks itself, and asks money for every read.
    ...(config.scrub &&
      context.storage.uploads.mode === 'hosted' && { scrub: startScrubbing(context, config.scrub, logger) }),
  }
}

interface Observed {
  readonly context: Context
  jobs(): Readonly<Record<string, JobRuns>>
  damagedReads(): number
}

/** Null where no port is asked for. */
async function openMetrics(
  { metrics: address }: Config,
  logger: Logger,
  { metrics }: Observers,
  { context, jobs, damagedReads }: Observed,
): Promise<OperatorPort | null> {
  if (address === null || metrics === null) return null
  metrics.watchState({ database: context.database, jobs, damagedReads })
  const { openMetricsPort } = await import('./observe/open-metrics-port.ts')
  const port = await opening(`METRICS_HOST and METRICS_PORT (${address.host}:${address.port})`, () =>
    openMetricsPort(address, metrics, context, jobs),
  )
  logger.info({ url: `${port.url}/metrics` }, 'serving metrics')
  return port
}

/** Says of each damaged read how many there have been: an operator who looks at one line should see a dying disk. */
function createDamageCount(logger: Logger) {
  let damagedReads = 0
  return {
    reads: () => damagedReads,
    note: (name: string, err: ServiceError) => {
      damagedReads++
      logger.error({ object: name, damaged_reads: damagedReads, err }, 'an object is damaged')
    },
  }
}

/** Opens the database alone, for the operator's commands beside a running server. */
export function openDatabase(choice: DatabaseChoice, log: Log = { warn: () => {} }): Promise<Database> {
  if (choice.kind === 'postgres')
    return opening('the database of DATABASE_URL', () => openPostgres(choice, log))
  const { path } = choice
  return opening(`the database of DATABASE_URL or DATA_DIR (${path})`, async () => {
    if (path !== ':memory:') await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return openSqliteDatabase(path)
  })
}

/**
 * Copies all records of an embedded database into one on a PostgreSQL server.
 * Throws a sentence for the operator where it refuses, or the copy differs.
 */
export async function copyRecords(
  from: DatabaseChoice & { kind: 'sqlite' },
  to: DatabaseChoice & { kind: 'postgres' },
  onTable: (table: CopiedTable) => void,
): Promise<void> {
  const source = await opening('the database to copy from', async () => openSqliteTables(from.path))
  try {
    const { openPostgresTables } = await import('./database/postgres/postgres-tables.ts')
    const target = await opening('the database to copy to', () => openPostgresTables(to.url))
    await copyDatabase(source, target, from.path, onTable).finally(target.close)
  } finally {
    await source.close()
  }
}

/** Its driver is loaded only where it is used. */
async function openPostgres(choice: PoolOptions, log: Log): Promise<Database> {
  const { openPostgresDatabase } = await import('./database/postgres/postgres-database.ts')
  return openPostgresDatabase(choice, (reason) =>
    log.warn({ reason }, 'a connection to the database was lost'),
  )
}

/** Names what could not be opened, and by which setting it was chosen, in the error. */
async function opening<T>(what: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    throw new Error(redactPasswords(`${what} cannot be used: ${reasonOf(error)}`), { cause: error })
  }
}

/** With the operator's sentence behind it; a host with several addresses that all refuse has only a code to show. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  if (error instanceof ServiceError && cause instanceof Error) return `${message}: ${cause.message}`
  return message || ('code' in error ? String(error.code) : error.name)
}

function nameOf(storage: StorageChoice): string {
  if (storage.kind === 'memory') return ''
  return storage.kind === 'disk' ? ` (${storage.directory})` : ` (gs://${storage.bucket}/${storage.prefix})`
}

/** Opens the storage alone, for the same commands; one in memory is a new one and empty. */
export function openStorage(
  choice: Exclude<StorageChoice, { kind: 'gcs' }>,
  uploadSync?: UploadSync,
  onSync?: OnSync | null,
): Promise<HostedStorage>
export function openStorage(
  choice: StorageChoice,
  uploadSync?: UploadSync,
  onSync?: OnSync | null,
): Promise<ObjectStorage>
export async function openStorage(
  choice: StorageChoice,
  uploadSync: UploadSync = 'always',
  onSync: OnSync | null = null,
): Promise<ObjectStorage> {
  const budget = { heldBytes: 0, limitBytes: BODY_BUDGET_BYTES }
  if (choice.kind === 'memory') return createMemoryStorage(budget)
  if (choice.kind === 'gcs') return openGcs(choice)
  const disk = onSync === null ? nodeFileSystem : watchSyncs(nodeFileSystem, onSync)
  const fs = uploadSync === 'never' ? withoutSync(disk) : disk
  return openDiskStorage(choice.directory, budget, { fs })
}

/** Google's client is loaded only where it is used. */
async function openGcs(choice: Extract<StorageChoice, { kind: 'gcs' }>): Promise<ObjectStorage> {
  const { openGcsStorage } = await import('./storage/gcs/gcs-storage.ts')
  return openGcsStorage(choice)
}

/** Listens; throws a message with advice when another program uses the port. */
async function listenOn(
  { host, port }: Config,
  listen: (address: { host: string; port: number }) => Promise<unknown>,
): Promise<void> {
  try {
    await listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const other = port < MAX_PORT ? port + 1 : port - 1
    const message = `another program uses this port. Choose another one: PORT=${other} npm start`
    throw new Error(message, { cause: error })
  }
}

/** Warns when other machines can reach the server, but not the URLs that it issues. */
function warnOfLocalUrl({ address, port }: AddressInfo, url: string, logger: Logger): void {
  if (!EVERY_ADDRESS.has(address)) return
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')
  const reachable = `http://${outside?.address ?? hostname()}:${port}`
  logger.warn(
    `PUBLIC_URL is not set: the URLs that this server issues begin with ${url}, which other machines cannot reach. ` +
      `They can use ${reachable}: start it with PUBLIC_URL=${reachable}`,
  )
}

function urlOf({ address, port, family }: AddressInfo): string {
  // A wildcard address is not usable in a URL.
  if (EVERY_ADDRESS.has(address)) return `http://localhost:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
