import { join, resolve } from 'node:path'

import * as v from 'valibot'
import type { TrustedProxies } from './domain/access/trusted-proxies.ts'
import type { ChecksumAlgorithm } from './domain/uploads/checksums.ts'
import {
  ConfigError,
  databaseUrl,
  GOOGLE_SETTINGS,
  HOSTED_SETTINGS,
  readSettings,
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
      /** Before every object's name: empty, or with a slash at its end. */
      readonly prefix: string
      /** Without a slash at its end; null for Google itself. */
      readonly emulatorUrl: string | null
    }

export type DatabaseChoice =
  | {
      readonly kind: 'sqlite'
      /** A file, or `:memory:`. */
      readonly path: string
    }
  | {
      readonly kind: 'postgres'
      /** With user and password, and whatever else the driver takes, such as `?sslmode=verify-full`. */
      readonly url: string
      readonly maxConnections: number
    }

/** Source of the key that seals secrets: 32 random bytes in base64. */
export type SecretsKeyChoice =
  | { readonly kind: 'key'; readonly base64: string }
  | { readonly kind: 'file'; readonly path: string }

export interface ScrubSchedule {
  /** Between the end of a run and the beginning of the next. */
  readonly everyMs: number
  readonly bytesPerSecond: number
}

/** A port of its own for whoever watches the service. */
export interface MetricsChoice {
  readonly host: string
  readonly port: number
}

/** Where traces go, and of which requests. What else the OTEL variables say, the exporter reads itself. */
export interface TracesChoice {
  /** Takes spans as protobuf over HTTP. */
  readonly url: string
  readonly sampler: TracesSampler
  /** Between 0 and 1, for the samplers that have one. */
  readonly ratio: number
}

export interface Config {
  readonly host: string
  readonly port: number
  /** Without a slash at its end; null stands for the address that the server listens on. */
  readonly publicUrl: string | null
  /** Proxies whose `X-Forwarded-For` is trusted; null when there are none. */
  readonly trustedProxies: TrustedProxies | null
  readonly dataDirectory: string
  readonly storage: StorageChoice
  readonly database: DatabaseChoice
  readonly maxFileBytes: number
  readonly directUploadMaxBytes: number
  /** Null allows every type. */
  readonly allowedMimeTypes: readonly string[] | null
  readonly uploadSessionMs: number
  /** Upper bound of unfinished upload sessions of one organization. */
  readonly maxOpenSessions: number
  readonly uploadIdleMs: number
  /** Checksums that are computed for every upload. */
  readonly uploadChecksums: readonly ChecksumAlgorithm[]
  /** `never` gives up every promise about a power cut, for comparisons with programs that do not sync. */
  readonly uploadSync: UploadSync
  readonly corsOrigins: readonly string[]
  /** Of each key; 0 stands for no limit. */
  readonly requestsPerMinute: number
  /** Upper bound of connections per client address; null when there is no limit. */
  readonly maxConnectionsPerAddress: number | null
  readonly auditMs: number
  /** How everything is read again; null for never. */
  readonly scrub: ScrubSchedule | null
  readonly logLevel: LogLevel
  /** Key that seals the secrets in the database; null when they are stored in plain text. */
  readonly secretsKey: SecretsKeyChoice | null
  /** Null for none. */
  readonly metrics: MetricsChoice | null
  /** Null for none. */
  readonly traces: TracesChoice | null
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * The settings, from the environment and nowhere else; nothing is required, and an empty value stands for none.
 * Throws ConfigError.
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
    storage: storageChoice(settings.STORAGE_URL, STORAGE_EMULATOR_HOST, dataDirectory),
    database:
      settings.DATABASE_URL === null
        ? { kind: 'sqlite', path: join(dataDirectory, 'waybill.db') }
        : withConnections(settings.DATABASE_URL, settings.DATABASE_CONNECTIONS),
    maxFileBytes: settings.MAX_FILE_BYTES,
    directUploadMaxBytes: settings.DIRECT_UPLOAD_MAX_BYTES,
    allowedMimeTypes: settings.ALLOWED_MIME_TYPES,
    uploadSessionMs: UPLOAD_SESSION_SECONDS * 1000,
    maxOpenSessions: settings.MAX_OPEN_SESSIONS,
    uploadIdleMs: settings.UPLOAD_IDLE_SECONDS * 1000,
    uploadChecksums: settings.UPLOAD_CHECKSUMS,
    uploadSync: settings.UPLOAD_SYNC,
    corsOrigins: settings.CORS_ORIGINS,
    requestsPerMinute: settings.RATE_LIMIT_PER_MINUTE,
    maxConnectionsPerAddress: settings.MAX_CONNECTIONS_PER_ADDRESS || null,
    auditMs: settings.AUDIT_DAYS * DAY_MS,
    scrub:
      settings.SCRUB_DAYS === 0
        ? null
        : { everyMs: settings.SCRUB_DAYS * DAY_MS, bytesPerSecond: settings.SCRUB_BYTES_PER_SECOND },
    logLevel: settings.LOG_LEVEL,
    secretsKey: secretsKeyChoice(settings),
    metrics:
      settings.METRICS_PORT === null ? null : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    traces: tracesChoice(environment),
  }
}

/** Reads the database of an argument, such as `--from`. Throws ConfigError, which names it. */
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
  choice: Settings['STORAGE_URL'],
  emulatorUrl: string | null,
  dataDirectory: string,
): StorageChoice {
  if (choice === null) return { kind: 'disk', directory: join(dataDirectory, 'objects') }
  return choice.kind === 'gcs' ? { ...choice, emulatorUrl } : choice
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

/** Without an endpoint there are no traces, and no other setting of theirs is read. */
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
