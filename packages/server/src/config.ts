import { join, resolve } from 'node:path'
import * as v from 'valibot'
import type { TrustedProxies } from './domain/access/trusted-proxies.ts'
import type { ChecksumAlgorithm } from './domain/uploads/checksums.ts'
import type { OidcOptions } from './identity/oidc-token-verifier.ts'
import type { OcrOptions } from './knowledge/text-extractor.ts'
import type { ModelServerOptions } from './models/openai-model-server.ts'
import type { ModelLimits } from './operations/context.ts'
import {
  ConfigError,
  databaseUrl,
  GOOGLE_SETTINGS,
  HOSTED_SETTINGS,
  readSettings,
  S3_STORAGE_SETTINGS,
  SETTINGS,
  TRACES_SETTINGS,
} from './settings.ts'

type Settings = v.InferOutput<typeof SETTINGS>
export type LogLevel = Settings['LOG_LEVEL']
export type UploadSync = Settings['UPLOAD_SYNC']
export type TracesSampler = v.InferOutput<typeof TRACES_SETTINGS>['OTEL_TRACES_SAMPLER']

export type StorageChoice =
  | { readonly kind: 'disk'; readonly directory: string }
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'gcs'
      readonly bucket: string
      /** Prefix of every object name: empty, or ending with a slash. */
      readonly prefix: string
      /** URL of an emulator without a trailing slash; null for Google itself. */
      readonly emulatorUrl: string | null
    }
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** Prefix of every key: empty, or ending with a slash. */
      readonly prefix: string
      /** URL of the server without a trailing slash; null for AWS. */
      readonly endpoint: string | null
      readonly region: string
      /** True when the bucket is in the path of a URL, false when it is in the host name. */
      readonly isPathStyle: boolean
      /** True when clients can reach the endpoint: then they receive bytes directly. */
      readonly isDirect: boolean
      /** Credentials; null for the standard sources of AWS's client. */
      readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
      readonly maxFileBytes: number
      /** True when several processes may use the bucket. */
      readonly isShared: boolean
    }

export type DatabaseChoice =
  | {
      readonly kind: 'sqlite'
      /** Path of a file, or `:memory:`. */
      readonly path: string
    }
  | {
      readonly kind: 'postgres'
      /** URL with user, password and parameters of the driver, such as `?sslmode=verify-full`. */
      readonly url: string
      readonly maxConnections: number
    }

/** Source of the key that seals secrets: 32 random bytes in base64. */
export type SecretsKeyChoice =
  | { readonly kind: 'key'; readonly base64: string }
  | { readonly kind: 'file'; readonly path: string }

/** Source of the key from which secrets of S3 credentials are derived: 32 random bytes in base64. */
export type S3KeyChoice =
  | { readonly kind: 'key'; readonly base64: string }
  /** File outside of the database, which the first start creates. */
  | { readonly kind: 'file'; readonly path: string }

/** The interface for clients of S3. */
export interface S3Choice {
  /** Address of its own; null for none. */
  readonly address: { readonly host: string; readonly port: number } | null
  /** Host name whose requests on the main port are for S3, and those of its subdomains, which are buckets; null for none. */
  readonly hostName: string | null
  readonly credentialsKey: S3KeyChoice
  /** True when clients may create buckets. */
  readonly createsBuckets: boolean
  /** True when entity tags are MD5s, as many clients expect; they cost processor time. */
  readonly hasMd5Etags: boolean
}

export interface ScrubSchedule {
  /** Time between the end of a run and the start of the next. */
  readonly everyMs: number
  readonly bytesPerSecond: number
}

/** The operator's scanner of files. */
export interface ScannerChoice {
  readonly url: string
  /** Signs the requests, as Standard Webhooks has it. */
  readonly secret: string
  /** Longest time that a request waits for a verdict. */
  readonly waitMs: number
  /** True to let files pass when the scanner fails. */
  readonly failsOpen: boolean
}

export interface IndexingChoice {
  /** Folder of the search indexes, which can be rebuilt. */
  readonly directory: string
  /** Files that this process indexes at the same time; 0 leaves indexing to other processes. */
  readonly concurrency: number
  /** Longest time that a request waits for the indexing of its files. */
  readonly waitMs: number
  /** Time from the first attempt to index a file after which it fails. */
  readonly deadlineMs: number
  /** Memory of this process for vectors. */
  readonly vectorCacheBytes: number
}

/** Text recognition in scans. */
export interface OcrChoice extends OcrOptions {
  /** Scans that this process reads at the same time, besides other files. */
  readonly concurrency: number
}

/** Endpoint for embeddings with the wire format of OpenAI. */
export interface EmbeddingsChoice {
  /** Base URL, such as `http://127.0.0.1:11434/v1`. */
  readonly url: string
  readonly model: string
  readonly apiKey: string | null
}

/** Servers of models, and how responses use them. */
export interface ModelsChoice extends ModelServerOptions {
  readonly limits: ModelLimits
}

/** Address of the port for monitoring. */
export interface MetricsChoice {
  readonly host: string
  readonly port: number
}

/** Destination and sampling of traces. The exporter reads other OTEL variables itself. */
export interface TracesChoice {
  /** URL of a collector that accepts protobuf over HTTP. */
  readonly url: string
  readonly sampler: TracesSampler
  /** Sampled share from 0 to 1, for samplers with a ratio. */
  readonly ratio: number
}

export interface Config {
  readonly host: string
  readonly port: number
  /** Base URL of issued URLs, without a trailing slash; null for the address that the server listens on. */
  readonly publicUrl: string | null
  /** Proxies whose `X-Forwarded-For` is trusted; null when there are none. */
  readonly trustedProxies: TrustedProxies | null
  readonly dataDirectory: string
  readonly storage: StorageChoice
  readonly database: DatabaseChoice
  readonly maxFileBytes: number
  readonly directUploadMaxBytes: number
  readonly openaiFileMaxBytes: number
  /** Allowed types of files; null allows every type. */
  readonly allowedMimeTypes: readonly string[] | null
  readonly uploadSessionMs: number
  /** Upper bound of unfinished upload sessions of one organization. */
  readonly maxOpenSessions: number
  readonly uploadIdleMs: number
  /** Checksums that are computed for every upload. */
  readonly uploadChecksums: readonly ChecksumAlgorithm[]
  /** Versions of the IETF draft of resumable uploads whose clients get interim responses. */
  readonly interopVersions: readonly number[]
  /** `never` loses data in a power cut; it is for comparisons with programs that do not sync. */
  readonly uploadSync: UploadSync
  readonly indexing: IndexingChoice
  /** Text recognition in scans; null when it is off. */
  readonly ocr: OcrChoice | null
  /** Model server that embeds texts; null for searches by words only. */
  readonly embeddings: EmbeddingsChoice | null
  readonly models: ModelsChoice
  readonly corsOrigins: readonly string[]
  /** Limit per API key; 0 means no limit. */
  readonly requestsPerMinute: number
  /** Upper bound of connections per client address; null when there is no limit. */
  readonly maxConnectionsPerAddress: number | null
  /** Retention of audit records. */
  readonly auditMs: number
  /** Time after which files in the trash are deleted. */
  readonly trashMs: number
  /** True lets webhooks use plain HTTP and addresses of the operator's network. */
  readonly webhooksAllowPrivate: boolean
  /** Sign-in of users; null when there are only keys. */
  readonly oidc: OidcOptions | null
  /** Scanner that judges files before they become visible; null for none. */
  readonly scanner: ScannerChoice | null
  /** Retention of events. */
  readonly eventMs: number
  /** Schedule for verifying all stored bytes; null for never. */
  readonly scrub: ScrubSchedule | null
  readonly logLevel: LogLevel
  /** Processes that share the port; with 1, the first process serves itself. */
  readonly workers: number
  /** Key that seals the secrets in the database; null when they are stored in plain text. */
  readonly secretsKey: SecretsKeyChoice | null
  /** Service for clients of S3; null when it is off. */
  readonly s3: S3Choice | null
  /** Port for metrics; null when they are off. */
  readonly metrics: MetricsChoice | null
  /** Export of traces; null when it is off. */
  readonly traces: TracesChoice | null
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Reads all settings from the environment. Every setting is optional; an empty value counts as absent.
 * Throws ConfigError when one is invalid.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const settings = readSettings(SETTINGS, environment)
  const dataDirectory = resolve(settings.DATA_DIR)
  const { UPLOAD_SESSION_SECONDS, STORAGE_EMULATOR_HOST } =
    settings.STORAGE_URL?.kind === 'gcs'
      ? readSettings(GOOGLE_SETTINGS, environment)
      : { ...readSettings(HOSTED_SETTINGS, environment), STORAGE_EMULATOR_HOST: null }
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL,
    trustedProxies: settings.TRUST_PROXY,
    dataDirectory,
    storage: storageChoice(settings, STORAGE_EMULATOR_HOST, environment),
    database:
      settings.DATABASE_URL === null
        ? { kind: 'sqlite', path: join(dataDirectory, 'waybill.db') }
        : withConnections(settings.DATABASE_URL, settings.DATABASE_CONNECTIONS),
    maxFileBytes: settings.MAX_FILE_BYTES,
    directUploadMaxBytes: settings.DIRECT_UPLOAD_MAX_BYTES,
    openaiFileMaxBytes: settings.OPENAI_FILE_MAX_BYTES,
    allowedMimeTypes: settings.ALLOWED_MIME_TYPES,
    uploadSessionMs: UPLOAD_SESSION_SECONDS * 1000,
    maxOpenSessions: settings.MAX_OPEN_SESSIONS,
    uploadIdleMs: settings.UPLOAD_IDLE_SECONDS * 1000,
    uploadChecksums: settings.UPLOAD_CHECKSUMS,
    interopVersions: settings.RUFH_INTEROP,
    uploadSync: settings.UPLOAD_SYNC,
    indexing: {
      directory: resolve(settings.INDEX_DIR ?? join(dataDirectory, 'indexes')),
      concurrency: settings.INDEX_CONCURRENCY,
      waitMs: settings.INDEX_WAIT_MS,
      deadlineMs: settings.INDEX_DEADLINE_SECONDS * 1000,
      vectorCacheBytes: settings.VECTOR_CACHE_BYTES,
    },
    ocr: ocrChoice(settings),
    embeddings: embeddingsChoice(settings),
    models: modelsChoice(settings),
    corsOrigins: settings.CORS_ORIGINS,
    requestsPerMinute: settings.RATE_LIMIT_PER_MINUTE,
    maxConnectionsPerAddress: settings.MAX_CONNECTIONS_PER_ADDRESS || null,
    auditMs: settings.AUDIT_DAYS * DAY_MS,
    trashMs: settings.TRASH_DAYS * DAY_MS,
    webhooksAllowPrivate: settings.WEBHOOK_ALLOW_PRIVATE === 'true',
    oidc: oidcChoice(settings),
    scanner: scannerChoice(settings),
    eventMs: settings.EVENT_DAYS * DAY_MS,
    scrub:
      settings.SCRUB_DAYS === 0
        ? null
        : { everyMs: settings.SCRUB_DAYS * DAY_MS, bytesPerSecond: settings.SCRUB_BYTES_PER_SECOND },
    logLevel: settings.LOG_LEVEL,
    workers: workersChoice(settings),
    secretsKey: secretsKeyChoice(settings),
    s3: s3Choice(settings, dataDirectory),
    metrics:
      settings.METRICS_PORT === null ? null : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    traces: tracesChoice(environment),
  }
}

/** Parses the database URL of an argument, such as `--from`. Throws ConfigError with the name of the argument. */
export function readDatabaseUrl(name: string, value: string, maxConnections: number): DatabaseChoice {
  const { success, output, issues } = v.safeParse(databaseUrl, value)
  if (!success) throw new ConfigError(`${name} ${issues[0].message}`)
  return withConnections(output, maxConnections)
}

type DatabaseUrl = v.InferOutput<typeof databaseUrl>

function withConnections(choice: DatabaseUrl, maxConnections: number): DatabaseChoice {
  return choice.kind === 'sqlite' ? choice : { ...choice, maxConnections }
}

function storageChoice(
  { STORAGE_URL: choice, DATA_DIR, DATABASE_URL, MAX_FILE_BYTES }: Settings,
  emulatorUrl: string | null,
  environment: NodeJS.ProcessEnv,
): StorageChoice {
  if (choice === null) return { kind: 'disk', directory: join(resolve(DATA_DIR), 'objects') }
  if (choice.kind === 'gcs') return { ...choice, emulatorUrl }
  if (choice.kind !== 's3') return choice
  const { S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } = readSettings(
    S3_STORAGE_SETTINGS,
    environment,
  )
  if ((id === null) !== (secret === null)) {
    throw new ConfigError('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together.')
  }
  const credentials = id === null || secret === null ? null : { accessKeyId: id, secretAccessKey: secret }
  const isShared = DATABASE_URL?.kind === 'postgres'
  return { ...choice, credentials, maxFileBytes: MAX_FILE_BYTES, isShared }
}

function ocrChoice(settings: Settings): OcrChoice | null {
  if (settings.OCR === 'false') return null
  return {
    languages: settings.OCR_LANGUAGES,
    maxPages: settings.OCR_MAX_PAGES,
    concurrency: settings.OCR_CONCURRENCY,
  }
}

function scannerChoice(settings: Settings): ScannerChoice | null {
  const { FILE_SCAN_URL: url, FILE_SCAN_SECRET: secret } = settings
  if (url === null && secret === null) return null
  if (url === null || secret === null)
    throw new ConfigError('FILE_SCAN_URL and FILE_SCAN_SECRET must be set together.')
  return { url, secret, waitMs: settings.SCAN_WAIT_MS, failsOpen: settings.FILE_SCAN_FAIL_OPEN === 'true' }
}

function embeddingsChoice(settings: Settings): EmbeddingsChoice | null {
  const { EMBEDDINGS_URL: url, EMBEDDINGS_MODEL: model, EMBEDDINGS_API_KEY: apiKey } = settings
  if (url === null && model === null) return null
  if (url === null || model === null)
    throw new ConfigError('EMBEDDINGS_URL and EMBEDDINGS_MODEL must be set together.')
  return { url, model, apiKey }
}

function oidcChoice(settings: Settings): OidcOptions | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_AUDIENCE: audience } = settings
  const { OIDC_ORGANIZATION_CLAIM: organizationClaim, OIDC_ROLE_CLAIM: roleClaim } = settings
  const others = [audience, organizationClaim, roleClaim]
  if (issuer === null && clientId === null && others.every((one) => one === null)) return null
  if (issuer === null || clientId === null)
    throw new ConfigError('OIDC_ISSUER and OIDC_CLIENT_ID must be set together.')
  if (roleClaim !== null && organizationClaim === null)
    throw new ConfigError('OIDC_ROLE_CLAIM needs OIDC_ORGANIZATION_CLAIM.')
  return { issuer, clientId, audience: audience ?? clientId, organizationClaim, roleClaim }
}

/** Share of the context of a model that the texts of files may take, unless it is set. */
const FILE_SHARE = 1 / 4
/** Time limit of the list of a server's models, which needs no model to run. */
const MODEL_LIST_MS = 10_000

function modelsChoice(settings: Settings): ModelsChoice {
  const { MODEL_SERVER_URL: url, MODEL_SERVER_API_KEY: apiKey, MODEL_SERVERS: named } = settings
  const others = (named ?? []).map(({ prefix, url, api_key }) => ({ prefix, url, apiKey: api_key }))
  // The longest prefix that fits is the server's; the server without one has all other names.
  others.sort((one, other) => other.prefix.length - one.prefix.length)
  if (url !== null && others.at(-1)?.prefix === '')
    throw new ConfigError(
      'MODEL_SERVER_URL and a server of MODEL_SERVERS without a prefix cannot both be set.',
    )
  const contextTokens = settings.MODEL_CONTEXT_TOKENS
  const timeoutMs = settings.MODEL_SERVER_TIMEOUT * 1000
  return {
    servers: url === null ? others : [...others, { prefix: '', url, apiKey }],
    defaultModel: settings.CHAT_MODEL,
    timeoutMs,
    listTimeoutMs: Math.min(timeoutMs, MODEL_LIST_MS),
    slotsPerOrganization: settings.MODEL_CONCURRENCY,
    limits: {
      fileSearch: settings.MODEL_FILE_SEARCH,
      fileInput: settings.MODEL_FILE_INPUT,
      contextTokens,
      fileContextTokens: settings.FILE_CONTEXT_TOKENS ?? Math.floor(contextTokens * FILE_SHARE),
      responseMs: settings.RESPONSE_DAYS * DAY_MS,
    },
  }
}

function workersChoice({ WORKERS, STORAGE_URL, DATABASE_URL }: Settings): number {
  const isInMemory =
    STORAGE_URL?.kind === 'memory' || (DATABASE_URL?.kind === 'sqlite' && DATABASE_URL.path === ':memory:')
  if (WORKERS > 1 && isInMemory)
    throw new ConfigError(
      'WORKERS must be 1 with storage or records in memory, which processes cannot share.',
    )
  return WORKERS
}

function secretsKeyChoice({
  SECRETS_KEY: base64,
  SECRETS_KEY_FILE: path,
}: Settings): SecretsKeyChoice | null {
  if (base64 !== null && path !== null)
    throw new ConfigError('SECRETS_KEY and SECRETS_KEY_FILE cannot both be set.')
  if (base64 !== null) return { kind: 'key', base64 }
  return path === null ? null : { kind: 'file', path: resolve(path) }
}

function s3Choice(settings: Settings, dataDirectory: string): S3Choice | null {
  const {
    S3_LISTEN: address,
    S3_HOST: hostName,
    S3_CREDENTIALS_KEY: base64,
    DATABASE_URL: database,
  } = settings
  if (address === null && hostName === null) return null
  if (base64 === null && database?.kind === 'postgres') {
    throw new ConfigError(
      'S3_CREDENTIALS_KEY must be set with PostgreSQL, because all processes need the same key: "openssl rand -base64 32" prints one.',
    )
  }
  return {
    address,
    hostName,
    credentialsKey:
      base64 === null
        ? { kind: 'file', path: join(dataDirectory, 's3-credentials-key') }
        : { kind: 'key', base64 },
    createsBuckets: settings.S3_CREATE_BUCKETS === 'on',
    hasMd5Etags: settings.S3_ETAG === 'md5',
  }
}

/** Returns the export of traces; null without an endpoint, and then no other trace setting is read. */
function tracesChoice(environment: NodeJS.ProcessEnv): TracesChoice | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesUrl } = environment
  const isOff =
    environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || environment.OTEL_TRACES_EXPORTER === 'none'
  if (isOff || !(endpoint || tracesUrl)) return null
  const settings = readSettings(TRACES_SETTINGS, {
    ...environment,
    ...(tracesUrl && { OTEL_EXPORTER_OTLP_ENDPOINT: undefined }),
  })
  return {
    url:
      settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
      `${settings.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, '')}/v1/traces`,
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
  }
}
