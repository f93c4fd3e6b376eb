import type { Logger } from 'pino'
import type { Config, StorageChoice } from '../config.ts'
import type { ServiceError } from '../domain/errors.ts'
import { createModelServer } from '../models/openai-model-server.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Traces } from '../observe/traces.ts'
import { createAudit } from '../operations/access/audit.ts'
import { openDownloadSecret } from '../operations/access/download-secret.ts'
import type { Context } from '../operations/context.ts'
import { createDirectReservations } from '../operations/files/reserve-uploads.ts'
import {
  createInstallationClock,
  type InstallationClock,
} from '../operations/installation/installation-clock.ts'
import { createFreeSpaceCheck } from '../operations/uploads/check-free-space.ts'
import { createRequestOrder } from '../operations/uploads/request-order.ts'
import { reportCorruption } from '../storage/report-corruption.ts'
import { openDatabase } from './open-database.ts'
import { type OpenedKnowledge, openKnowledge } from './open-knowledge.ts'
import { openStorage } from './open-storage.ts'
import { opening } from './opening.ts'
import { readSecretsKey } from './read-secrets-key.ts'

export interface Observers {
  readonly metrics: Metrics | null
  readonly traces: Traces | null
}

/** Loads and creates the metrics and traces that the settings ask for. */
export async function createObservers({ metrics, traces }: Config, logger: Logger): Promise<Observers> {
  const warn = (problem: string) => logger.warn({ problem }, 'traces cannot be sent')
  return {
    metrics: metrics && (await import('../observe/metrics.ts')).createMetrics(),
    traces: traces && (await import('../observe/traces.ts')).createTraces(traces, warn),
  }
}

export interface OpenedContext {
  readonly context: Context & { readonly knowledge: OpenedKnowledge }
  readonly clock: InstallationClock
}

/** Opens the storage and the database, and builds the context of the operations with the observers around both. */
export async function openContext(
  config: Config,
  logger: Logger,
  { metrics, traces }: Observers,
  onDamage: (name: string, error: ServiceError) => void,
): Promise<OpenedContext> {
  const key = readSecretsKey(config.secretsKey)
  const openedDatabase = await openDatabase(config.database, logger)
  const downloadSecret = await openDownloadSecret(openedDatabase, key).catch(async (error: unknown) => {
    // Open connections would keep the process alive.
    await openedDatabase.close()
    throw error
  })
  const openedStorage = await opening(`the storage of STORAGE_URL or DATA_DIR${nameOf(config.storage)}`, () =>
    openStorage(config.storage, config.uploadSync, metrics?.recordSync ?? null),
  )
  if (config.uploadSync === 'never') {
    logger.warn('UPLOAD_SYNC=never: a power cut can lose bytes and files that were acknowledged')
  }
  const clock = createInstallationClock(openedDatabase.installation, logger)
  await clock.sync()
  const database = traces?.watchDatabase(openedDatabase) ?? openedDatabase
  const watchedStorage = reportCorruption(openedStorage, onDamage)
  const storage = traces?.watchStorage(watchedStorage) ?? watchedStorage
  const context = {
    storage,
    database,
    knowledge: openKnowledge(config, database, (isDropped) => logIsolation(logger, isDropped)),
    models: createModelServer(config.models),
    requestOrder: createRequestOrder(),
    reservations: createDirectReservations(database, Date.now),
    checkFreeSpace: createFreeSpaceCheck({ storage, database, now: clock.now }),
    limits: {
      maxFileBytes: config.maxFileBytes,
      directUploadMaxBytes: config.directUploadMaxBytes,
      openaiFileMaxBytes: config.openaiFileMaxBytes,
      indexWaitMs: config.indexing.waitMs,
      allowedContentTypes: config.allowedMimeTypes,
      uploadSessionMs: config.uploadSessionMs,
      uploadChecksums: config.uploadChecksums,
      maxOpenSessions: config.maxOpenSessions,
      models: config.models.limits,
    },
    downloadSecret,
    audit: createAudit({ database, log: logger, now: clock.now }),
    log: logger,
    now: clock.now,
  }
  return { context, clock }
}

function logIsolation(logger: Logger, isNetworkDropped: boolean): void {
  if (isNetworkDropped) logger.info('the processes that read files have no network')
  else
    logger.warn(
      'the processes that read files have network access, because this system allows no user namespaces: block outgoing connections of the service with the firewall',
    )
}

function nameOf(storage: StorageChoice): string {
  if (storage.kind === 'memory') return ''
  return storage.kind === 'disk' ? ` (${storage.directory})` : ` (gs://${storage.bucket}/${storage.prefix})`
}
