import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isAddressRange, type TrustedProxies } from './domain/access/trusted-proxies.ts'
import { canonicalContentType } from './domain/files/content-type/aliases.ts'
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, parseAlgorithms } from './domain/uploads/checksums.ts'
import { redactText } from './platform/redact.ts'

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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const UPLOAD_SYNCS = ['always', 'never'] as const
export type UploadSync = (typeof UPLOAD_SYNCS)[number]

/** As OpenTelemetry names them. */
const TRACES_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
export type TracesSampler = (typeof TRACES_SAMPLERS)[number]

const MAX_PORT = 65_535
const MAX_HOPS = 32
/** Leaves an object's name, of at most 1024 bytes at Google, enough for the longest file name. */
const MAX_PREFIX_LENGTH = 40
const MAX_FILE_BYTES_DEFAULT = 5_000_000_000
const MAX_FILE_BYTES_LIMIT = 5 * 1024 ** 4
const DIRECT_UPLOAD_BYTES_DEFAULT = 100_000_000
const SCRUB_BYTES_PER_SECOND_DEFAULT = 20_000_000
const DAY_MS = 24 * 60 * 60 * 1000
const REQUESTS_PER_MINUTE_DEFAULT = 6000
const REQUESTS_PER_MINUTE_LIMIT = 1_000_000_000
const OPEN_SESSIONS_DEFAULT = 10_000
const OPEN_SESSIONS_LIMIT = 10_000_000
const WEEK_SECONDS = 7 * 24 * 60 * 60
const IDLE_SECONDS_DEFAULT = 60
const YEAR_SECONDS = 365 * 24 * 60 * 60

/** Thrown for an invalid setting; the message names the variable and contains no password. */
export class ConfigError extends Error {}

/**
 * The settings, from the environment and nowhere else; nothing is required, and an empty value stands for none.
 * Throws ConfigError.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const text = (name: string) => environment[name] || null
  const dataDirectory = resolve(text('DATA_DIR') ?? 'data')
  return {
    host: text('HOST') ?? '127.0.0.1',
    port: integer('PORT', text('PORT'), { fallback: 8080, min: 0, max: MAX_PORT }),
    publicUrl: publicUrl('PUBLIC_URL', text('PUBLIC_URL')),
    trustedProxies: trustedProxies('TRUST_PROXY', text('TRUST_PROXY')),
    dataDirectory,
    storage: storageChoice('STORAGE_URL', text, dataDirectory),
    database: databaseChoice(
      'DATABASE_URL',
      text('DATABASE_URL'),
      dataDirectory,
      integer('DATABASE_CONNECTIONS', text('DATABASE_CONNECTIONS'), { fallback: 10, min: 2, max: 1000 }),
    ),
    maxFileBytes: integer('MAX_FILE_BYTES', text('MAX_FILE_BYTES'), {
      fallback: MAX_FILE_BYTES_DEFAULT,
      min: 1,
      max: MAX_FILE_BYTES_LIMIT,
    }),
    directUploadMaxBytes: integer('DIRECT_UPLOAD_MAX_BYTES', text('DIRECT_UPLOAD_MAX_BYTES'), {
      fallback: DIRECT_UPLOAD_BYTES_DEFAULT,
      min: 1,
      max: MAX_FILE_BYTES_LIMIT,
    }),
    allowedMimeTypes: mimeTypes('ALLOWED_MIME_TYPES', text('ALLOWED_MIME_TYPES')),
    uploadSessionMs: uploadSessionMs('UPLOAD_SESSION_SECONDS', text),
    maxOpenSessions: integer('MAX_OPEN_SESSIONS', text('MAX_OPEN_SESSIONS'), {
      fallback: OPEN_SESSIONS_DEFAULT,
      min: 1,
      max: OPEN_SESSIONS_LIMIT,
    }),
    uploadIdleMs: seconds('UPLOAD_IDLE_SECONDS', text('UPLOAD_IDLE_SECONDS'), IDLE_SECONDS_DEFAULT),
    uploadChecksums: checksums('UPLOAD_CHECKSUMS', text('UPLOAD_CHECKSUMS')),
    uploadSync: oneOf('UPLOAD_SYNC', text('UPLOAD_SYNC') ?? 'always', UPLOAD_SYNCS),
    corsOrigins: origins('CORS_ORIGINS', text('CORS_ORIGINS')),
    auditMs: integer('AUDIT_DAYS', text('AUDIT_DAYS'), { fallback: 90, min: 1, max: 3650 }) * DAY_MS,
    scrub: scrubSchedule(
      integer('SCRUB_DAYS', text('SCRUB_DAYS'), { fallback: 30, min: 0, max: 3650 }),
      integer('SCRUB_BYTES_PER_SECOND', text('SCRUB_BYTES_PER_SECOND'), {
        fallback: SCRUB_BYTES_PER_SECOND_DEFAULT,
        min: 1024,
        max: MAX_FILE_BYTES_LIMIT,
      }),
    ),
    requestsPerMinute: integer('RATE_LIMIT_PER_MINUTE', text('RATE_LIMIT_PER_MINUTE'), {
      fallback: REQUESTS_PER_MINUTE_DEFAULT,
      min: 0,
      max: REQUESTS_PER_MINUTE_LIMIT,
    }),
    maxConnectionsPerAddress:
      integer('MAX_CONNECTIONS_PER_ADDRESS', text('MAX_CONNECTIONS_PER_ADDRESS'), {
        fallback: 0,
        min: 0,
        max: MAX_PORT,
      }) || null,
    logLevel: oneOf('LOG_LEVEL', text('LOG_LEVEL') ?? 'info', LOG_LEVELS),
    secretsKey: secretsKeyChoice(text),
    metrics: metricsChoice('METRICS_PORT', text),
    traces: tracesChoice(text),
  }
}

type ReadText = (name: string) => string | null

interface IntegerRule {
  readonly fallback: number
  readonly min: number
  readonly max: number
}

function integer(name: string, value: string | null, { fallback, min, max }: IntegerRule): number {
  if (value === null) return fallback
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw new ConfigError(
    `${name} must be a whole number from ${min} to ${max}, and is "${redactText(value)}".`,
  )
}

function seconds(name: string, value: string | null, fallback: number): number {
  return integer(name, value, { fallback, min: 1, max: YEAR_SECONDS }) * 1000
}

function scrubSchedule(days: number, bytesPerSecond: number): ScrubSchedule | null {
  return days === 0 ? null : { everyMs: days * DAY_MS, bytesPerSecond }
}

function publicUrl(name: string, value: string | null): string | null {
  if (value === null) return null
  const url = URL.parse(value)
  const isPlain =
    url &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    !url.username &&
    !url.password
  if (isPlain) return url.href.replace(/\/+$/, '')
  throw new ConfigError(`${name} must be an http or https URL without query or password.`)
}

function trustedProxies(name: string, value: string | null): TrustedProxies | null {
  if (value === null) return null
  const hops = /^\d{1,3}$/.test(value) ? Number(value) : Number.NaN
  if (hops >= 1 && hops <= MAX_HOPS) return { kind: 'hops', hops }
  const ranges = value.split(',').map((part) => part.trim())
  if (ranges.every(isAddressRange)) return { kind: 'ranges', ranges }
  throw new ConfigError(
    `${name} must be a number of proxies from 1 to ${MAX_HOPS}, or addresses such as 127.0.0.1, 10.0.0.0/8 or loopback, separated by commas, and is "${value}".`,
  )
}

/** Google ends its sessions after a week, whatever this service promises. */
function uploadSessionMs(name: string, text: ReadText): number {
  const isGoogles = text('STORAGE_URL')?.startsWith('gs://') ?? false
  const max = isGoogles ? WEEK_SECONDS : YEAR_SECONDS
  return integer(name, text(name), { fallback: WEEK_SECONDS, min: 1, max }) * 1000
}

function storageChoice(name: string, text: ReadText, dataDirectory: string): StorageChoice {
  const value = text(name)
  if (value === null) return { kind: 'disk', directory: join(dataDirectory, 'objects') }
  if (value === 'memory:') return { kind: 'memory' }
  const isPath = value.startsWith('file:///') && !/%2f|%5c|%00/i.test(value)
  if (isPath) return { kind: 'disk', directory: fileURLToPath(value) }
  if (value.startsWith('gs://')) {
    return { kind: 'gcs', ...gcsPlace(name, value), emulatorUrl: emulatorUrl('STORAGE_EMULATOR_HOST', text) }
  }
  // The value is not shown: a URL of another kind, or a mistyped one, may contain a password anywhere.
  throw new ConfigError(`${name} must be file:///a/folder, gs://bucket/prefix or memory:.`)
}

/** Names of buckets: https://cloud.google.com/storage/docs/buckets#naming */
function gcsPlace(name: string, value: string): { bucket: string; prefix: string } {
  const [, bucket = '', path = ''] = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(\/.*)?$/.exec(value) ?? []
  const prefix = path.replace(/^\/|\/$/g, '')
  const isPlain =
    prefix === '' || prefix.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))
  if (bucket !== '' && isPlain && prefix.length <= MAX_PREFIX_LENGTH) {
    return { bucket, prefix: prefix === '' ? '' : `${prefix}/` }
  }
  throw new ConfigError(
    `${name} must be gs://bucket or gs://bucket/prefix, with at most ${MAX_PREFIX_LENGTH} letters, digits, ., _, - and / in the prefix.`,
  )
}

/** As Google's clients read it: without a scheme it is http. */
function emulatorUrl(name: string, text: ReadText): string | null {
  const value = text(name)
  if (value === null) return null
  return httpUrl(name, /^https?:/.test(value) ? value : `http://${value}`).replace(/\/+$/, '')
}

/** What a DATABASE_URL, or another setting of its kind, stands for. Throws ConfigError. */
export function databaseChoice(
  name: string,
  value: string | null,
  dataDirectory: string,
  maxConnections: number,
): DatabaseChoice {
  if (value === null) return { kind: 'sqlite', path: join(dataDirectory, 'waybill.db') }
  if (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) {
    return { kind: 'postgres', url: value, maxConnections }
  }
  const path = /^sqlite:(.+)$/.exec(value)?.[1]
  if (path === ':memory:') return { kind: 'sqlite', path }
  // A value that names a server is not a path: it may contain a password, and paths are shown in messages.
  const isPath = path !== undefined && !/^\/\/[^/]|:\/\//.test(path)
  if (isPath) return { kind: 'sqlite', path: resolve(path.replace(/^\/\/(?=\/)/, '')) }
  throw new ConfigError(
    `${name} must be sqlite:/a/file, sqlite::memory: or postgres://user:password@host:port/database.`,
  )
}

function secretsKeyChoice(text: ReadText): SecretsKeyChoice | null {
  const base64 = text('SECRETS_KEY')
  const path = text('SECRETS_KEY_FILE')
  if (base64 !== null && path !== null)
    throw new ConfigError('SECRETS_KEY and SECRETS_KEY_FILE cannot both be set.')
  if (base64 !== null) return { kind: 'key', base64 }
  return path === null ? null : { kind: 'file', path: resolve(path) }
}

function metricsChoice(name: string, text: ReadText): MetricsChoice | null {
  const value = text(name)
  if (value === null) return null
  const port = integer(name, value, { fallback: 0, min: 0, max: MAX_PORT })
  return { host: text('METRICS_HOST') ?? '127.0.0.1', port }
}

/** The variables and their defaults are OpenTelemetry's; without an endpoint there are no traces. */
function tracesChoice(text: ReadText): TracesChoice | null {
  const endpoint = text('OTEL_EXPORTER_OTLP_ENDPOINT')
  const tracesUrl = text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  const isOff = text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || text('OTEL_TRACES_EXPORTER') === 'none'
  if (isOff || (endpoint === null && tracesUrl === null)) return null
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']) {
    oneOf(name, text(name) ?? 'http/protobuf', ['http/protobuf'])
  }
  return {
    url:
      tracesUrl !== null
        ? httpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', tracesUrl)
        : `${httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint ?? '').replace(/\/$/, '')}/v1/traces`,
    sampler: oneOf(
      'OTEL_TRACES_SAMPLER',
      text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on',
      TRACES_SAMPLERS,
    ),
    ratio: ratio('OTEL_TRACES_SAMPLER_ARG', text('OTEL_TRACES_SAMPLER_ARG') ?? '1'),
  }
}

function httpUrl(name: string, value: string): string {
  const url = URL.parse(value)
  if (url && /^https?:$/.test(url.protocol)) return url.href
  throw new ConfigError(`${name} must be an http or https URL.`)
}

function ratio(name: string, value: string): number {
  const number = Number(value)
  if (number >= 0 && number <= 1) return number
  throw new ConfigError(`${name} must be a number from 0 to 1, and is "${redactText(value)}".`)
}

function origins(name: string, value: string | null): string[] {
  const list = (value ?? '').split(',').map((part) => part.trim())
  return list.filter((part) => part !== '').map((part) => origin(name, part))
}

function origin(name: string, value: string): string {
  if (value === '*' || URL.parse(value)?.origin === value) return value
  throw new ConfigError(
    `${name} must be * or origins such as https://app.example.com, separated by commas; "${redactText(value)}" is neither.`,
  )
}

/** Canonical types; an alias in the list allows what it stands for. */
function mimeTypes(name: string, value: string | null): string[] | null {
  if (value === null) return null
  return value.split(',').map((part) => {
    const text = part.trim()
    const type = /^[a-z]+\/\*$/.test(text) ? text : canonicalContentType(text)
    if (type !== null) return type
    throw new ConfigError(
      `${name} must be types such as image/png or image/*, separated by commas; "${redactText(text)}" is not a type.`,
    )
  })
}

function checksums(name: string, value: string | null): ChecksumAlgorithm[] {
  const algorithms = parseAlgorithms(value ?? '')
  if (algorithms !== null) return algorithms
  throw new ConfigError(
    `${name} must be ${CHECKSUM_ALGORITHMS.join(' or ')}, or both separated by a comma, and is "${value}".`,
  )
}

function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value)
  if (choice) return choice
  throw new ConfigError(`${name} must be one of ${choices.join(', ')}, and is "${redactText(value)}".`)
}
