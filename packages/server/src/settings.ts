import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { isAddressRange, type TrustedProxies } from './domain/access/trusted-proxies.ts'
import { canonicalContentType } from './domain/files/content-type/aliases.ts'
import { CHECKSUM_ALGORITHMS, parseAlgorithms } from './domain/uploads/checksums.ts'
import { isSecureUrl } from './platform/is-secure-url.ts'
import { redactText } from './platform/redact.ts'

type Environment = Readonly<Record<string, string | undefined>>

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const FILE_SEARCHES = ['always', 'tool'] as const
const FILE_INPUTS = ['text', 'native'] as const
const BOOLEANS = ['false', 'true'] as const
const UPLOAD_SYNCS = ['always', 'never'] as const
/** Names of samplers in OpenTelemetry. */
const TRACES_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** Versions of the draft of resumable uploads whose interim responses are the same. */
const INTEROP_VERSIONS: readonly number[] = [6, 8]

const MAX_PORT = 65_535
const MAX_HOPS = 32
const MAX_WORKERS = 128
const MAX_OCR_LANGUAGES = 8
/** Lengths of secrets in the specification of Standard Webhooks. */
const MIN_SECRET_BYTES = 24
const MAX_SECRET_BYTES = 64
/** Limit that leaves enough of the 1024 bytes of an object name at Google for the longest file name. */
const MAX_PREFIX_LENGTH = 40
const MAX_FILE_BYTES_LIMIT = 5 * 1024 ** 4
/** Each of the two index threads has half of it, in a memory of WebAssembly, which has at most 4 GiB. */
const MAX_VECTOR_CACHE_BYTES = 6 * 1024 ** 3
const DAY_SECONDS = 24 * 60 * 60
const WEEK_SECONDS = 7 * 24 * 60 * 60
const YEAR_SECONDS = 365 * 24 * 60 * 60

/** Thrown for an invalid setting; the message names the variable and contains no password. */
export class ConfigError extends Error {}

/**
 * Reads the settings of `schema` from the environment; an empty value counts as absent. Throws ConfigError for the first
 * invalid one.
 */
export function readSettings<T extends v.GenericSchema>(
  schema: T,
  environment: Environment,
): v.InferOutput<T> {
  const values = Object.fromEntries(Object.entries(environment).filter(([, value]) => value))
  const result = v.safeParse(schema, values, { abortEarly: true })
  if (result.success) return result.output
  const [{ path, message }] = result.issues
  throw new ConfigError(`${path?.[0]?.key} ${message}`)
}

/** Returns the rest of a message that begins with the name of the variable. */
type Sentence = (issue: v.BaseIssue<unknown>) => string

const sentenceOf =
  (write: (value: string) => string): Sentence =>
  ({ input }) =>
    write(redactText(String(input)))

const mustBe = (rule: string) => sentenceOf((value) => `must be ${rule}, but is "${value}".`)

const optional = <T extends v.GenericSchema<string, unknown>>(schema: T) => v.nullish(schema, null)

/** Schema for a text that `parse` converts into a value; `parse` returns null when it is invalid. */
const parsed = <T>(parse: (text: string) => T | null, sentence: Sentence) =>
  v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value)
      if (value !== null) return value
      addIssue({ message: sentence })
      return NEVER
    }),
  )

const integer = (min: number, max: number) => {
  const sentence = mustBe(`a whole number from ${min} to ${max}`)
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/, sentence),
    v.transform(Number),
    v.minValue(min, sentence),
    v.maxValue(max, sentence),
  )
}

const integerOr = (fallback: number, min: number, max: number) =>
  v.optional(integer(min, max), String(fallback))

const oneOf = <const T extends readonly string[]>(choices: T, fallback: T[number]) =>
  v.optional(v.picklist(choices, mustBe(`one of ${choices.join(', ')}`)), fallback)

const partsOf = (text: string) => text.split(',').map((part) => part.trim())

const parseHttpUrl = (text: string) => {
  const url = URL.parse(text)
  return url && /^https?:$/.test(url.protocol) ? url : null
}

const httpUrl = parsed(
  (text) => parseHttpUrl(text)?.href ?? null,
  () => 'must be an http or https URL.',
)

const publicUrl = parsed(
  (text) => {
    const url = parseHttpUrl(text)
    const isPlain = url && `${url.search}${url.hash}${url.username}${url.password}` === ''
    return isPlain ? url.href.replace(/\/+$/, '') : null
  },
  () => 'must be an http or https URL without query or password.',
)

/** Schema for an issuer, which is compared as it is written: some end with a slash. */
const issuer = parsed(
  (text) => {
    const url = parseHttpUrl(text)
    if (url === null || `${url.search}${url.hash}${url.username}${url.password}` !== '') return null
    return isSecureUrl(url) ? text : null
  },
  () => 'must be an https URL without query or password, or an http URL of this machine.',
)

// The message does not contain the value, which has keys.
const modelServers = parsed(
  parseModelServers,
  () =>
    'must be a JSON list such as [{"prefix":"local/","url":"http://127.0.0.1:11434/v1","api_key":"…"}], with a different prefix for each server.',
)

/** Schema for the URL of a database, also used for arguments of the command line. */
export const databaseUrl = parsed(
  parseDatabaseUrl,
  () => 'must be sqlite:/a/file, sqlite::memory: or postgres://user:password@host:port/database.',
)

// The message does not contain the value: a wrong or mistyped URL may contain a password anywhere.
const storageUrl = parsed(parseStorageUrl, ({ input }) =>
  /^(gs|s3):/.test(String(input))
    ? `must be gs://bucket/prefix or s3://bucket/prefix?endpoint=…&region=…&style=path|virtual&direct=true|false, with at most ${MAX_PREFIX_LENGTH} letters, digits, ., _, - and / in the prefix.`
    : 'must be file:///a/folder, gs://bucket/prefix, s3://bucket/prefix or memory:.',
)

const trustedProxies = parsed(
  parseTrustedProxies,
  mustBe(
    `a number of proxies from 1 to ${MAX_HOPS}, or addresses such as 127.0.0.1, 10.0.0.0/8 or loopback, separated by commas`,
  ),
)

/** Schema for a content type or range; an alias is converted into its canonical type. */
const mimeType = parsed(
  (text) => (/^[a-z]+\/\*$/.test(text) ? text : canonicalContentType(text)),
  sentenceOf(
    (value) => `must be types such as image/png or image/*, separated by commas; "${value}" is not a type.`,
  ),
)

const origin = parsed(
  (text) => (text === '*' || URL.parse(text)?.origin === text ? text : null),
  sentenceOf(
    (value) =>
      `must be * or origins such as https://app.example.com, separated by commas; "${value}" is neither.`,
  ),
)

const hostName = parsed(
  (text) => (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text) ? text.toLowerCase() : null),
  mustBe('a host name without a port, such as s3.example.org'),
)

const listenAddress = parsed((text) => {
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = bracketed ?? plain
  return host !== undefined && Number(port) <= MAX_PORT ? { host, port: Number(port) } : null
}, mustBe('an address with a port, such as 127.0.0.1:9000'))

/** Processes that serve together; `auto` is one for each processor that this process may use. */
const workers = parsed(
  (text) => {
    if (text === 'auto') return Math.min(availableParallelism(), MAX_WORKERS)
    const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
    return count >= 1 && count <= MAX_WORKERS ? count : null
  },
  mustBe(`auto or a whole number from 1 to ${MAX_WORKERS}`),
)

const ratio = parsed(
  (text) => (Number(text) >= 0 && Number(text) <= 1 ? Number(text) : null),
  mustBe('a number from 0 to 1'),
)

// The message does not contain the value, which is a secret.
const webhookSecret = parsed(
  (text) => {
    const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
    const { length } = Buffer.from(base64, 'base64')
    return length >= MIN_SECRET_BYTES && length <= MAX_SECRET_BYTES ? text : null
  },
  () =>
    `must be whsec_ and ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} random bytes in base64: echo "whsec_$(openssl rand -base64 32)" prints one.`,
)

const checksums = parsed(
  parseAlgorithms,
  mustBe(`${CHECKSUM_ALGORITHMS.join(' or ')}, or both separated by a comma`),
)

/** Languages by their codes in Tesseract. Each loads a model of up to 20 MB. */
const ocrLanguages = parsed(
  (text) => {
    const languages = partsOf(text)
    const isKnown = languages.every((language) => /^[a-z]{3}(_[a-z]{3,8}){0,2}$/.test(language))
    return isKnown && languages.length <= MAX_OCR_LANGUAGES ? [...new Set(languages)] : null
  },
  mustBe(`1 to ${MAX_OCR_LANGUAGES} codes of Tesseract, separated by commas, such as eng,deu,chi_sim`),
)

const interopVersions = parsed(
  (text) => {
    if (text === 'none') return []
    const versions = partsOf(text).map(Number)
    return versions.every((version) => INTEROP_VERSIONS.includes(version)) ? [...new Set(versions)] : null
  },
  mustBe(`none, ${INTEROP_VERSIONS.join(' or ')}, or both separated by a comma`),
)

/** Variables with their defaults and rules, except those that depend on the storage or belong to traces. */
export const SETTINGS = v.object({
  HOST: v.optional(v.string(), '127.0.0.1'),
  PORT: integerOr(8080, 0, MAX_PORT),
  PUBLIC_URL: optional(publicUrl),
  TRUST_PROXY: optional(trustedProxies),
  DATA_DIR: v.optional(v.string(), 'data'),
  STORAGE_URL: optional(storageUrl),
  DATABASE_CONNECTIONS: integerOr(10, 2, 1000),
  DATABASE_URL: optional(databaseUrl),
  MAX_FILE_BYTES: integerOr(5_000_000_000, 1, MAX_FILE_BYTES_LIMIT),
  DIRECT_UPLOAD_MAX_BYTES: integerOr(100_000_000, 1, MAX_FILE_BYTES_LIMIT),
  // The limit of OpenAI's own API.
  OPENAI_FILE_MAX_BYTES: integerOr(512 * 1024 * 1024, 1, MAX_FILE_BYTES_LIMIT),
  ALLOWED_MIME_TYPES: optional(v.pipe(v.string(), v.transform(partsOf), v.array(mimeType))),
  MAX_OPEN_SESSIONS: integerOr(10_000, 1, 10_000_000),
  UPLOAD_IDLE_SECONDS: integerOr(60, 1, YEAR_SECONDS),
  UPLOAD_CHECKSUMS: v.optional(checksums, ''),
  RUFH_INTEROP: v.optional(interopVersions, '8'),
  UPLOAD_SYNC: oneOf(UPLOAD_SYNCS, 'always'),
  INDEX_DIR: optional(v.string()),
  INDEX_CONCURRENCY: integerOr(2, 0, 64),
  INDEX_WAIT_MS: integerOr(1000, 0, 30_000),
  INDEX_DEADLINE_SECONDS: integerOr(1800, 1, WEEK_SECONDS),
  VECTOR_CACHE_BYTES: integerOr(256 * 1024 * 1024, 1, MAX_VECTOR_CACHE_BYTES),
  OCR: oneOf(['true', 'false'], 'false'),
  OCR_LANGUAGES: v.optional(ocrLanguages, 'eng'),
  OCR_MAX_PAGES: integerOr(100, 1, 10_000),
  OCR_CONCURRENCY: integerOr(1, 1, 64),
  EMBEDDINGS_URL: optional(publicUrl),
  EMBEDDINGS_MODEL: optional(v.string()),
  EMBEDDINGS_API_KEY: optional(v.string()),
  MODEL_SERVER_URL: optional(publicUrl),
  MODEL_SERVER_API_KEY: optional(v.string()),
  MODEL_SERVERS: optional(modelServers),
  MODEL_SERVER_TIMEOUT: integerOr(600, 1, DAY_SECONDS),
  CHAT_MODEL: optional(v.string()),
  MODEL_FILE_SEARCH: oneOf(FILE_SEARCHES, 'always'),
  MODEL_FILE_INPUT: oneOf(FILE_INPUTS, 'text'),
  MODEL_CONTEXT_TOKENS: integerOr(32_768, 1024, 100_000_000),
  FILE_CONTEXT_TOKENS: optional(integer(1, 100_000_000)),
  MODEL_CONCURRENCY: integerOr(16, 1, 10_000),
  RESPONSE_DAYS: integerOr(30, 1, 3650),
  CORS_ORIGINS: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => partsOf(text).filter((part) => part !== '')),
      v.array(origin),
    ),
    '',
  ),
  AUDIT_DAYS: integerOr(90, 1, 3650),
  TRASH_DAYS: integerOr(7, 1, 3650),
  // Longer than the retries of a webhook, which read the event.
  EVENT_DAYS: integerOr(30, 2, 3650),
  WEBHOOK_ALLOW_PRIVATE: oneOf(BOOLEANS, 'false'),
  OIDC_ISSUER: optional(issuer),
  OIDC_CLIENT_ID: optional(v.string()),
  OIDC_AUDIENCE: optional(v.string()),
  OIDC_ORGANIZATION_CLAIM: optional(v.string()),
  OIDC_ROLE_CLAIM: optional(v.string()),
  FILE_SCAN_URL: optional(publicUrl),
  FILE_SCAN_SECRET: optional(webhookSecret),
  FILE_SCAN_FAIL_OPEN: oneOf(BOOLEANS, 'false'),
  SCAN_WAIT_MS: integerOr(10_000, 0, 60_000),
  SCRUB_DAYS: integerOr(30, 0, 3650),
  SCRUB_BYTES_PER_SECOND: integerOr(20_000_000, 1024, MAX_FILE_BYTES_LIMIT),
  RATE_LIMIT_PER_MINUTE: integerOr(6000, 0, 1_000_000_000),
  MAX_CONNECTIONS_PER_ADDRESS: integerOr(0, 0, MAX_PORT),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
  SECRETS_KEY: optional(v.string()),
  SECRETS_KEY_FILE: optional(v.string()),
  S3_LISTEN: optional(listenAddress),
  S3_HOST: optional(hostName),
  S3_CREDENTIALS_KEY: optional(v.string()),
  S3_CREATE_BUCKETS: oneOf(['on', 'off'], 'on'),
  S3_ETAG: oneOf(['md5', 'opaque'], 'md5'),
  WORKERS: v.optional(workers, '1'),
  METRICS_PORT: optional(integer(0, MAX_PORT)),
  METRICS_HOST: v.optional(v.string(), '127.0.0.1'),
})

/** Variables for a storage on disk or in memory. */
export const HOSTED_SETTINGS = v.object({
  UPLOAD_SESSION_SECONDS: integerOr(WEEK_SECONDS, 1, YEAR_SECONDS),
})

/** Variables for a storage at Google. */
export const GOOGLE_SETTINGS = v.object({
  // A value without a scheme means http, as for Google's clients.
  STORAGE_EMULATOR_HOST: optional(
    v.pipe(
      v.string(),
      v.transform((text) => (/^https?:/.test(text) ? text : `http://${text}`)),
      httpUrl,
      v.transform((url) => url.replace(/\/+$/, '')),
    ),
  ),
  // Google's sessions expire after a week.
  UPLOAD_SESSION_SECONDS: integerOr(WEEK_SECONDS, 1, WEEK_SECONDS),
})

/** Variables for a storage on an S3 server, in addition to those of `HOSTED_SETTINGS`. */
export const S3_STORAGE_SETTINGS = v.object({
  S3_ACCESS_KEY_ID: optional(v.string()),
  S3_SECRET_ACCESS_KEY: optional(v.string()),
})

/** Variables for traces, with the names and defaults of OpenTelemetry. */
export const TRACES_SETTINGS = v.object({
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf(['http/protobuf'], 'http/protobuf'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: oneOf(['http/protobuf'], 'http/protobuf'),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(httpUrl),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(httpUrl),
  OTEL_TRACES_SAMPLER: oneOf(TRACES_SAMPLERS, 'parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: v.optional(ratio, '1'),
})

/** Names of all settings. */
export type SettingName =
  | keyof typeof SETTINGS.entries
  | keyof typeof GOOGLE_SETTINGS.entries
  | keyof typeof S3_STORAGE_SETTINGS.entries
  | keyof typeof TRACES_SETTINGS.entries

const ModelServer = v.strictObject({
  prefix: v.pipe(v.string(), v.maxLength(100)),
  url: publicUrl,
  api_key: v.nullish(v.string(), null),
})

function parseModelServers(text: string) {
  try {
    const servers = v.parse(v.pipe(v.array(ModelServer), v.minLength(1), v.maxLength(100)), JSON.parse(text))
    return new Set(servers.map(({ prefix }) => prefix)).size === servers.length ? servers : null
  } catch {
    return null
  }
}

function parseTrustedProxies(text: string): TrustedProxies | null {
  const hops = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (hops >= 1 && hops <= MAX_HOPS) return { kind: 'hops', hops }
  const ranges = partsOf(text)
  return ranges.every(isAddressRange) ? { kind: 'ranges', ranges } : null
}

function parseStorageUrl(text: string) {
  if (text === 'memory:') return { kind: 'memory' } as const
  if (text.startsWith('gs://')) return parseBucketUrl(text)
  if (text.startsWith('s3://')) return parseS3Url(text)
  const isPath = text.startsWith('file:///') && !/%2f|%5c|%00/i.test(text)
  return isPath ? ({ kind: 'disk', directory: fileURLToPath(text) } as const) : null
}

/** Parses a bucket URL. Rules for names: https://cloud.google.com/storage/docs/buckets#naming */
function parseBucketUrl(text: string) {
  const [, bucket, path = ''] = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(\/.*)?$/.exec(text) ?? []
  const prefix = parsePrefix(path)
  if (bucket === undefined || prefix === null) return null
  return { kind: 'gcs', bucket, prefix } as const
}

/** Parses the prefix of all names in a bucket: empty, or ending with a slash. */
function parsePrefix(path: string): string | null {
  const prefix = path.replace(/^\/|\/$/g, '')
  if (prefix === '') return ''
  const isPlain = prefix.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))
  return isPlain && prefix.length <= MAX_PREFIX_LENGTH ? `${prefix}/` : null
}

const S3Parameters = v.strictObject({
  endpoint: optional(v.pipe(httpUrl, v.check(isServerUrl))),
  region: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)), 'us-east-1'),
  style: optional(v.picklist(['path', 'virtual'])),
  direct: oneOf(BOOLEANS, 'false'),
})

/** Parses the URL of a bucket of S3. Rules for names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function parseS3Url(text: string) {
  const [, bucket, path = '', query = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? []
  const prefix = parsePrefix(path)
  const { success, output } = v.safeParse(S3Parameters, Object.fromEntries(new URLSearchParams(query)))
  if (bucket === undefined || prefix === null || !success) return null
  const { region, style, direct } = output
  const endpoint = output.endpoint?.replace(/\/+$/, '') ?? null
  const isPathStyle = style === null ? endpoint !== null : style === 'path'
  return { kind: 's3', bucket, prefix, endpoint, region, isPathStyle, isDirect: direct === 'true' } as const
}

/** Returns true for a URL without credentials and query. */
function isServerUrl(text: string): boolean {
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].every((part) => part === '')
}

function parseDatabaseUrl(text: string) {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { kind: 'postgres', url: text } as const
  const path = /^sqlite:(.+)$/.exec(text)?.[1]
  if (path === ':memory:') return { kind: 'sqlite', path } as const
  // A value that names a server is not a path: it may contain a password, and paths are shown in messages.
  if (path === undefined || /^\/\/[^/]|:\/\//.test(path)) return null
  return { kind: 'sqlite', path: resolve(path.replace(/^\/\/(?=\/)/, '')) } as const
}
