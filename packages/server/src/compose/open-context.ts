import type { Logger } from 'pino'
import type { Config, ScannerChoice, StorageChoice } from '../config.ts'
import { createS3Secrets } from '../domain/access/s3-credentials.ts'
import type { TokenVerifier } from '../identity/token-verifier.ts'
import { createModelServer } from '../models/openai-model-server.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Traces } from '../observe/traces.ts'
import { createAudit } from '../operations/access/audit.ts'
import { openDownloadSecret } from '../operations/access/download-secret.ts'
import type { Context } from '../operations/context.ts'
import { createEventFeed } from '../operations/events/event-feed.ts'
import type { Scans, ScansOptions } from '../operations/files/create-scans.ts'
import { createKnownContents } from '../operations/files/known-contents.ts'
import { noteDamage } from '../operations/files/note-damage.ts'
import { createDirectReservations } from '../operations/files/reserve-uploads.ts'
import {
  createInstallationClock,
  type InstallationClock,
} from '../operations/installation/installation-clock.ts'
import { createFreeSpaceCheck } from '../operations/uploads/check-free-space.ts'
import { createRequestOrder } from '../operations/uploads/request-order.ts'
import { createSecretBox } from '../platform/secret-box.ts'
import type { OfferedFile } from '../scanner/file-scanner.ts'
import { type DamagedObject, reportCorruption } from '../storage/report-corruption.ts'
import { checkOcr } from './check-ocr.ts'
import { loadOptional } from './load-optional.ts'
import { openDatabase } from './open-database.ts'
import { type OpenedKnowledge, openKnowledge } from './open-knowledge.ts'
import { openStorage } from './open-storage.ts'
import { openWebhookSender } from './open-webhook-sender.ts'
import { opening } from './opening.ts'
import { readS3Key } from './read-s3-key.ts'
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
    traces: traces && (await loadTraces()).createTraces(traces, warn),
  }
}

function loadTraces() {
  return loadOptional('Tracing', '@opentelemetry/', () => import('../observe/traces.ts'))
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
  onDamage: (damaged: DamagedObject) => void,
  publicUrl: () => string,
): Promise<OpenedContext> {
  const key = readSecretsKey(config.secretsKey)
  const s3Key = config.s3 && readS3Key(config.s3.credentialsKey)
  if (config.ocr !== null) await checkOcr(config.ocr)
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
  const watchedStorage = reportCorruption(openedStorage, (damaged) => {
    onDamage(damaged)
    noteDamage({ database, now: clock.now }, damaged).catch((err: unknown) =>
      logger.warn({ err, object: damaged.name }, 'the damage of an object could not be recorded'),
    )
  })
  const storage = traces?.watchStorage(watchedStorage) ?? watchedStorage
  const scans = await createScansOf(config.scanner, publicUrl, {
    ...{ database, storage, downloadSecret, log: logger, now: clock.now },
    observers: metrics === null ? [] : [metrics.observeScan],
  })
  const observers = [traces, metrics].flatMap((one) => one?.observeModelCall ?? [])
  const context = {
    storage,
    database,
    knowledge: openKnowledge(config, database, (isDropped) => logIsolation(logger, isDropped), observers),
    models: createModelServer({ ...config.models, observers }),
    contents: createKnownContents(),
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
      createsBuckets: config.s3?.createsBuckets ?? false,
      hasMd5Etags: config.s3?.hasMd5Etags ?? false,
      models: config.models.limits,
    },
    scans,
    downloadSecret,
    s3Secrets: s3Key && createS3Secrets(s3Key),
    eventFeed: createEventFeed(database),
    webhookSender: openWebhookSender({
      allowsPrivate: config.webhooksAllowPrivate,
      observers: metrics === null ? [] : [metrics.observeAttempt],
      now: clock.now,
    }),
    secretBox: createSecretBox(key),
    tokenVerifier: await loadTokenVerifier(config, clock.now),
    audit: createAudit({ database, log: logger, now: clock.now }),
    log: logger,
    now: clock.now,
  }
  return { context, clock }
}

/** Loads the library for tokens only where users sign in. */
async function loadTokenVerifier({ oidc }: Config, now: () => number): Promise<TokenVerifier | null> {
  if (oidc === null) return null
  const { createTokenVerifier } = await import('../identity/oidc-token-verifier.ts')
  return createTokenVerifier(oidc, now)
}

/** Creates the scans of files with the operator's scanner; null when there is none. */
async function createScansOf(
  scanner: ScannerChoice | null,
  publicUrl: () => string,
  rest: Omit<ScansOptions, 'scanner' | 'waitMs' | 'failsOpen'>,
): Promise<Scans | null> {
  if (scanner === null) return null
  const [{ createScans }, { createFileScanner }, { downloadUrl }] = await Promise.all([
    import('../operations/files/create-scans.ts'),
    import('../scanner/http-file-scanner.ts'),
    import('../protocols/urls.ts'),
  ])
  const { url, secret, waitMs, failsOpen } = scanner
  const urlOf = (file: OfferedFile) => downloadUrl(publicUrl(), { ...file, ...file.download })
  const client = createFileScanner({ url, secret, downloadUrl: urlOf, now: rest.now })
  return createScans({ ...rest, scanner: client, waitMs, failsOpen })
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
  if (storage.kind === 'disk') return ` (${storage.directory})`
  return ` (${storage.kind === 's3' ? 's3' : 'gs'}://${storage.bucket}/${storage.prefix})`
}
