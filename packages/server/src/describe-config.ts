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
  const { storage, database, secretsKey, metrics, traces } = config
  const values: Record<ShownSetting, string> = {
    HOST: config.host,
    PORT: String(config.port),
    PUBLIC_URL: config.publicUrl ?? '',
    TRUST_PROXY: trustedProxies(config),
    DATA_DIR: config.dataDirectory,
    STORAGE_URL: storageUrl(storage),
    STORAGE_EMULATOR_HOST: storage.kind === 'gcs' ? withoutQuery(storage.emulatorUrl ?? '') : '',
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
    UPLOAD_SYNC: config.uploadSync,
    RATE_LIMIT_PER_MINUTE: String(config.requestsPerMinute),
    MAX_CONNECTIONS_PER_ADDRESS: String(config.maxConnectionsPerAddress ?? 0),
    INDEX_DIR: config.indexing.directory,
    INDEX_CONCURRENCY: String(config.indexing.concurrency),
    INDEX_WAIT_MS: String(config.indexing.waitMs),
    INDEX_DEADLINE_SECONDS: String(config.indexing.deadlineMs / 1000),
    EMBEDDINGS_URL: config.embeddings?.url ?? '',
    EMBEDDINGS_MODEL: config.embeddings?.model ?? '',
    EMBEDDINGS_API_KEY: config.embeddings?.apiKey ? '***' : '',
    ...modelSettings(config.models),
    CORS_ORIGINS: config.corsOrigins.join(','),
    SCRUB_DAYS: String((config.scrub?.everyMs ?? 0) / (24 * 60 * 60 * 1000)),
    SCRUB_BYTES_PER_SECOND: String(config.scrub?.bytesPerSecond ?? ''),
    AUDIT_DAYS: String(config.auditMs / (24 * 60 * 60 * 1000)),
    SECRETS_KEY: secretsKey?.kind === 'key' ? '***' : '',
    SECRETS_KEY_FILE: secretsKey?.kind === 'file' ? secretsKey.path : '',
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
  return `gs://${storage.bucket}/${storage.prefix}`.replace(/\/$/, '')
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
