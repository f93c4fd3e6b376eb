import { pathToFileURL } from 'node:url'
import type { Config, ModelsChoice, StorageChoice } from './config.ts'
import type { SettingName } from './settings.ts'

/** Settings that are shown: all except those that are combined into the URL of the traces. */
type ShownSetting = Exclude<
  SettingName,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_PROTOCOL' | 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
>

/** Returns all settings in the notation of the environment, with defaults. Passwords and keys are masked. */
export function describeConfig(config: Config): readonly (readonly [name: string, value: string])[] {
  const { storage, database, secretsKey, s3, metrics, traces } = config
  const values: Record<ShownSetting, string> = {
    HOST: config.host,
    PORT: String(config.port),
    WORKERS: String(config.workers),
    PUBLIC_URL: config.publicUrl ?? '',
    TRUST_PROXY: trustedProxies(config),
    DATA_DIR: config.dataDirectory,
    STORAGE_URL: storageUrl(storage),
    STORAGE_EMULATOR_HOST: storage.kind === 'gcs' ? withoutQuery(storage.emulatorUrl ?? '') : '',
    S3_ACCESS_KEY_ID: storage.kind === 's3' ? (storage.credentials?.accessKeyId ?? '') : '',
    S3_SECRET_ACCESS_KEY: storage.kind === 's3' && storage.credentials !== null ? '***' : '',
    DATABASE_URL: database.kind === 'sqlite' ? `sqlite:${database.path}` : withoutSecrets(database.url),
    DATABASE_CONNECTIONS: database.kind === 'postgres' ? String(database.maxConnections) : '',
    MAX_FILE_BYTES: String(config.maxFileBytes),
    DIRECT_UPLOAD_MAX_BYTES: String(config.directUploadMaxBytes),
    OPENAI_FILE_MAX_BYTES: String(config.openaiFileMaxBytes),
    ALLOWED_MIME_TYPES: config.allowedMimeTypes?.join(',') ?? '',
    UPLOAD_SESSION_SECONDS: String(config.uploadSessionMs / 1000),
    MAX_OPEN_SESSIONS: String(config.maxOpenSessions),
    UPLOAD_IDLE_SECONDS: String(config.uploadIdleMs / 1000),
    UPLOAD_CHECKSUMS: config.uploadChecksums.join(','),
    RUFH_INTEROP: config.interopVersions.join(',') || 'none',
    UPLOAD_SYNC: config.uploadSync,
    RATE_LIMIT_PER_MINUTE: String(config.requestsPerMinute),
    MAX_CONNECTIONS_PER_ADDRESS: String(config.maxConnectionsPerAddress ?? 0),
    INDEX_DIR: config.indexing.directory,
    INDEX_CONCURRENCY: String(config.indexing.concurrency),
    INDEX_WAIT_MS: String(config.indexing.waitMs),
    INDEX_DEADLINE_SECONDS: String(config.indexing.deadlineMs / 1000),
    VECTOR_CACHE_BYTES: String(config.indexing.vectorCacheBytes),
    OCR: String(config.ocr !== null),
    OCR_LANGUAGES: config.ocr?.languages.join(',') ?? '',
    OCR_MAX_PAGES: String(config.ocr?.maxPages ?? ''),
    OCR_CONCURRENCY: String(config.ocr?.concurrency ?? ''),
    EMBEDDINGS_URL: config.embeddings?.url ?? '',
    EMBEDDINGS_MODEL: config.embeddings?.model ?? '',
    EMBEDDINGS_API_KEY: config.embeddings?.apiKey ? '***' : '',
    ...modelSettings(config.models),
    CORS_ORIGINS: config.corsOrigins.join(','),
    SCRUB_DAYS: String((config.scrub?.everyMs ?? 0) / (24 * 60 * 60 * 1000)),
    SCRUB_BYTES_PER_SECOND: String(config.scrub?.bytesPerSecond ?? ''),
    AUDIT_DAYS: String(config.auditMs / (24 * 60 * 60 * 1000)),
    TRASH_DAYS: String(config.trashMs / (24 * 60 * 60 * 1000)),
    WEBHOOK_ALLOW_PRIVATE: String(config.webhooksAllowPrivate),
    OIDC_ISSUER: config.oidc?.issuer ?? '',
    OIDC_CLIENT_ID: config.oidc?.clientId ?? '',
    OIDC_AUDIENCE: config.oidc?.audience ?? '',
    OIDC_ORGANIZATION_CLAIM: config.oidc?.organizationClaim ?? '',
    OIDC_ROLE_CLAIM: config.oidc?.roleClaim ?? '',
    FILE_SCAN_URL: config.scanner?.url ?? '',
    FILE_SCAN_SECRET: config.scanner ? '***' : '',
    FILE_SCAN_FAIL_OPEN: String(config.scanner?.failsOpen ?? false),
    SCAN_WAIT_MS: String(config.scanner?.waitMs ?? ''),
    EVENT_DAYS: String(config.eventMs / (24 * 60 * 60 * 1000)),
    SECRETS_KEY: secretsKey?.kind === 'key' ? '***' : '',
    SECRETS_KEY_FILE: secretsKey?.kind === 'file' ? secretsKey.path : '',
    S3_LISTEN: s3?.address ? listenAddress(s3.address) : '',
    S3_HOST: s3?.hostName ?? '',
    S3_CREDENTIALS_KEY: s3?.credentialsKey.kind === 'key' ? '***' : '',
    S3_CREATE_BUCKETS: s3?.createsBuckets === false ? 'off' : 'on',
    S3_ETAG: s3?.hasMd5Etags === false ? 'opaque' : 'md5',
    LOG_LEVEL: config.logLevel,
    METRICS_HOST: metrics?.host ?? '',
    METRICS_PORT: String(metrics?.port ?? ''),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: withoutQuery(traces?.url ?? ''),
    OTEL_TRACES_SAMPLER: traces?.sampler ?? '',
    OTEL_TRACES_SAMPLER_ARG: String(traces?.ratio ?? ''),
  }
  return Object.entries(values).map(([name, value]) => [name, withoutPassword(value)])
}

function modelSettings({ servers, defaultModel, timeoutMs, slotsPerOrganization, limits }: ModelsChoice) {
  const main = servers.find(({ prefix }) => prefix === '')
  const others = servers.filter(({ prefix }) => prefix !== '')
  const shown = others.map(({ prefix, url, apiKey }) => ({ prefix, url, ...(apiKey && { api_key: '***' }) }))
  return {
    MODEL_SERVER_URL: main?.url ?? '',
    MODEL_SERVER_API_KEY: main?.apiKey ? '***' : '',
    MODEL_SERVERS: shown.length === 0 ? '' : JSON.stringify(shown),
    MODEL_SERVER_TIMEOUT: String(timeoutMs / 1000),
    CHAT_MODEL: defaultModel ?? '',
    MODEL_FILE_SEARCH: limits.fileSearch,
    MODEL_FILE_INPUT: limits.fileInput,
    MODEL_CONTEXT_TOKENS: String(limits.contextTokens),
    FILE_CONTEXT_TOKENS: String(limits.fileContextTokens),
    MODEL_CONCURRENCY: String(slotsPerOrganization),
    RESPONSE_DAYS: String(limits.responseMs / (24 * 60 * 60 * 1000)),
  }
}

function trustedProxies({ trustedProxies: proxies }: Config): string {
  if (proxies === null) return ''
  return proxies.kind === 'hops' ? String(proxies.hops) : proxies.ranges.join(',')
}

function storageUrl(storage: StorageChoice): string {
  if (storage.kind === 'memory') return 'memory:'
  if (storage.kind === 'disk') return pathToFileURL(storage.directory).href
  const { kind, bucket, prefix } = storage
  const url = `${kind === 's3' ? 's3' : 'gs'}://${bucket}/${prefix}`.replace(/\/$/, '')
  return storage.kind === 's3' ? `${url}?${s3Parameters(storage)}` : url
}

function s3Parameters({
  endpoint,
  region,
  isPathStyle,
  isDirect,
}: Extract<StorageChoice, { kind: 's3' }>): string {
  const style = isPathStyle ? 'path' : 'virtual'
  const parameters = { ...(endpoint !== null && { endpoint }), region, style, direct: String(isDirect) }
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** Settings of the driver that contain no secrets. */
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set([
  ...['application_name', 'connect_timeout', 'host', 'port', 'user'],
  ...['sslcert', 'sslkey', 'sslmode', 'sslrootcert', 'uselibpqcompat'],
])

/** Hides the password and all parts of the URL that may contain a piece of an unencoded password. */
function withoutSecrets(value: string): string {
  const url = new URL(value)
  if (url.password !== '') url.password = '***'
  for (const name of [...url.searchParams.keys()]) {
    if (!SHOWN_PARAMETERS.has(name)) url.searchParams.delete(name)
  }
  if (url.pathname.includes('@')) url.pathname = '/***'
  url.hash = ''
  return url.href
}

/** Removes the query of any other URL: collectors accept keys in it. */
function withoutQuery(value: string): string {
  return value.replace(/\?.*$/, '?***')
}

function withoutPassword(value: string): string {
  return value.replace(/(:\/\/[^/?#:@]*):[^/?#@]*@/, '$1:***@')
}

function listenAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
