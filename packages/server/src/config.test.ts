import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, it } from 'node:test'
import { readConfig } from './config.ts'
import { ConfigError } from './settings.ts'

describe('readConfig', () => {
  it('returns the defaults for an empty environment', () => {
    const config = readConfig({ DATA_DIR: '/srv/waybill' })
    assert.deepEqual(config, {
      host: '127.0.0.1',
      port: 8080,
      publicUrl: null,
      trustedProxies: null,
      dataDirectory: '/srv/waybill',
      storage: { kind: 'disk', directory: '/srv/waybill/objects' },
      database: { kind: 'sqlite', path: '/srv/waybill/waybill.db' },
      maxFileBytes: 5_000_000_000,
      directUploadMaxBytes: 100_000_000,
      embeddings: null,
      ocr: null,
      models: {
        servers: [],
        defaultModel: null,
        timeoutMs: 600_000,
        listTimeoutMs: 10_000,
        slotsPerOrganization: 16,
        limits: {
          fileSearch: 'always',
          fileInput: 'text',
          contextTokens: 32_768,
          fileContextTokens: 8192,
          responseMs: 2_592_000_000,
        },
      },
      indexing: {
        concurrency: 2,
        deadlineMs: 1_800_000,
        vectorCacheBytes: 256 * 1024 ** 2,
        directory: '/srv/waybill/indexes',
        waitMs: 1000,
      },
      openaiFileMaxBytes: 536_870_912,
      allowedMimeTypes: null,
      uploadSessionMs: 604_800_000,
      maxOpenSessions: 10_000,
      uploadIdleMs: 60_000,
      uploadChecksums: [],
      interopVersions: [8],
      uploadSync: 'always',
      corsOrigins: [],
      requestsPerMinute: 6000,
      maxConnectionsPerAddress: null,
      scrub: { everyMs: 30 * 24 * 60 * 60 * 1000, bytesPerSecond: 20_000_000 },
      auditMs: 7_776_000_000,
      eventMs: 2_592_000_000,
      webhooksAllowPrivate: false,
      oidc: null,
      scanner: null,
      trashMs: 604_800_000,
      logLevel: 'info',
      workers: 1,
      secretsKey: null,
      s3: null,
      metrics: null,
      traces: null,
    })
  })

  it('reads each setting', () => {
    const config = readConfig({
      PUBLIC_URL: 'https://files.example.com/waybill/',
      STORAGE_URL: 'file:///srv/objects',
      DATABASE_URL: 'sqlite:///srv/records.db',
      MAX_FILE_BYTES: '5497558138880',
      UPLOAD_CHECKSUMS: 'sha256, md5',
      RUFH_INTEROP: 'none',
      UPLOAD_SYNC: 'never',
      CORS_ORIGINS: 'https://a.example, https://b.example:8443',
    })
    assert.equal(config.publicUrl, 'https://files.example.com/waybill')
    assert.deepEqual(config.storage, { kind: 'disk', directory: '/srv/objects' })
    assert.deepEqual(config.database, { kind: 'sqlite', path: '/srv/records.db' })
    assert.equal(config.maxFileBytes, 5_497_558_138_880)
    assert.deepEqual(config.uploadChecksums, ['md5', 'sha256'])
    assert.deepEqual(config.interopVersions, [])
    assert.equal(config.uploadSync, 'never')
    assert.deepEqual(config.corsOrigins, ['https://a.example', 'https://b.example:8443'])
  })

  for (const [address, host, port] of [
    ['127.0.0.1:9000', '127.0.0.1', 9000],
    ['[::1]:0', '::1', 0],
    ['s3.local:80', 's3.local', 80],
  ] as const) {
    it(`listens for S3 on ${address}`, () => {
      const { s3 } = readConfig({ S3_LISTEN: address, S3_CREATE_BUCKETS: 'off' })
      assert.deepEqual([s3?.address, s3?.hostName, s3?.createsBuckets], [{ host, port }, null, false])
    })
  }

  for (const address of ['9000', '127.0.0.1', '::1:9000', 'a:99999', 'a:']) {
    it(`refuses the address "${address}" for S3`, () => {
      assert.throws(() => readConfig({ S3_LISTEN: address }), /S3_LISTEN must be an address/)
    })
  }

  it('serves S3 at a host name, and needs its key with PostgreSQL', () => {
    const key = Buffer.alloc(32).toString('base64')
    const env = { S3_HOST: 'S3.Example.org', DATABASE_URL: 'postgres://db/files' }
    assert.throws(() => readConfig(env), /S3_CREDENTIALS_KEY must be set with PostgreSQL/)
    const { s3 } = readConfig({ ...env, S3_CREDENTIALS_KEY: key })
    assert.deepEqual([s3?.address, s3?.hostName], [null, 's3.example.org'])
    assert.deepEqual(s3?.credentialsKey, { kind: 'key', base64: key })
  })

  for (const [url, prefix] of [
    ['gs://files.example.com', ''],
    ['gs://files.example.com/', ''],
    ['gs://files.example.com/a', 'a/'],
    ['gs://files.example.com/a/b_2.c-d/', 'a/b_2.c-d/'],
  ] as const) {
    it(`parses the bucket and the prefix of ${url}`, () => {
      const { storage } = readConfig({ STORAGE_URL: url })
      assert.deepEqual(storage, { kind: 'gcs', bucket: 'files.example.com', prefix, emulatorUrl: null })
    })
  }

  for (const [url, wanted] of [
    [
      's3://a-bucket',
      { prefix: '', endpoint: null, region: 'us-east-1', isPathStyle: false, isDirect: false },
    ],
    [
      's3://a-bucket/a/b/?endpoint=http://127.0.0.1:9000/&region=garage',
      {
        prefix: 'a/b/',
        endpoint: 'http://127.0.0.1:9000',
        region: 'garage',
        isPathStyle: true,
        isDirect: false,
      },
    ],
    [
      's3://a-bucket?endpoint=https%3A%2F%2Fs3.example.com&style=virtual&direct=true',
      {
        prefix: '',
        endpoint: 'https://s3.example.com',
        region: 'us-east-1',
        isPathStyle: false,
        isDirect: true,
      },
    ],
  ] as const) {
    it(`parses the server and the bucket of ${url}`, () => {
      const { storage } = readConfig({ STORAGE_URL: url })
      const common = { kind: 's3', bucket: 'a-bucket', credentials: null, maxFileBytes: 5e9, isShared: false }
      assert.deepEqual(storage, { ...common, ...wanted })
    })
  }

  it('reads the credentials of the S3 storage, which must be complete', () => {
    const env = { STORAGE_URL: 's3://a-bucket', S3_ACCESS_KEY_ID: 'id', DATABASE_URL: 'postgres://db/files' }
    assert.throws(() => readConfig(env), /must be set together/)
    const { storage } = readConfig({ ...env, S3_SECRET_ACCESS_KEY: 'secret' })
    assert.ok(storage.kind === 's3' && storage.isShared)
    assert.deepEqual(storage.credentials, { accessKeyId: 'id', secretAccessKey: 'secret' })
  })

  for (const [value, emulatorUrl] of [
    ['127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['https://emulator.example/', 'https://emulator.example'],
  ] as const) {
    it(`uses ${emulatorUrl} instead of Google with STORAGE_EMULATOR_HOST=${value}`, () => {
      const { storage } = readConfig({ STORAGE_URL: 'gs://a-bucket', STORAGE_EMULATOR_HOST: value })
      assert.deepEqual(storage, { kind: 'gcs', bucket: 'a-bucket', prefix: '', emulatorUrl })
    })
  }

  it('reads the scanner, whose URL and secret belong together', () => {
    const secret = `whsec_${Buffer.alloc(24, 'k').toString('base64')}`
    const env = { FILE_SCAN_URL: 'http://127.0.0.1:8090/scan', FILE_SCAN_SECRET: secret }
    const { scanner } = readConfig({ ...env, SCAN_WAIT_MS: '5', FILE_SCAN_FAIL_OPEN: 'true' })
    assert.deepEqual(scanner, { url: env.FILE_SCAN_URL, secret, waitMs: 5, failsOpen: true })
    for (const half of [
      { ...env, FILE_SCAN_URL: '' },
      { ...env, FILE_SCAN_SECRET: '' },
    ])
      assert.throws(() => readConfig(half), /must be set together/)
    for (const wrong of ['secret', secret.slice(6), 'whsec_c2hvcnQ=', `${secret}!`])
      assert.throws(
        () => readConfig({ ...env, FILE_SCAN_SECRET: wrong }),
        (error: Error) =>
          /FILE_SCAN_SECRET must be whsec_/.test(error.message) && !error.message.includes(`"${wrong}"`),
      )
  })

  it('refuses upload sessions that last longer than those of Google', () => {
    const environment = { STORAGE_URL: 'gs://a-bucket', UPLOAD_SESSION_SECONDS: '604801' }
    assert.throws(() => readConfig(environment), /^Error: UPLOAD_SESSION_SECONDS .*604800/)
    readConfig({ UPLOAD_SESSION_SECONDS: '604801' })
  })

  it('has a worker for each processor with auto', () => {
    assert.equal(readConfig({ WORKERS: 'auto' }).workers, availableParallelism())
  })

  for (const inMemory of [{ STORAGE_URL: 'memory:' }, { DATABASE_URL: 'sqlite::memory:' }]) {
    it(`refuses several workers with ${Object.values(inMemory)}`, () => {
      assert.throws(() => readConfig({ WORKERS: '2', ...inMemory }), /^Error: WORKERS must be 1 with/)
    })
  }

  it('has a port for metrics when METRICS_PORT is set', () => {
    assert.deepEqual(readConfig({ METRICS_PORT: '0' }).metrics, { host: '127.0.0.1', port: 0 })
    const config = readConfig({ METRICS_PORT: '9464', METRICS_HOST: '10.0.0.1' })
    assert.deepEqual(config.metrics, { host: '10.0.0.1', port: 9464 })
    assert.equal(readConfig({ METRICS_HOST: '10.0.0.1' }).metrics, null)
  })

  it('reads the export of traces from the variables of OpenTelemetry', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318/'
    const url = 'http://collector:4318/v1/traces'
    const sampler = 'parentbased_always_on'
    assert.deepEqual(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT }).traces, { url, sampler, ratio: 1 })
    const sampled = {
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/own/path',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }
    assert.deepEqual(readConfig(sampled).traces, {
      url: 'https://traces.example.com/own/path',
      sampler: 'traceidratio',
      ratio: 0.25,
    })
    assert.equal(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' }).traces, null)
    assert.equal(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }).traces, null)
  })

  for (const [name, value] of [
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'collector:4317'],
  ] as const) {
    it(`refuses ${name}=${value} when traces are on`, () => {
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', [name]: value }
      assert.throws(() => readConfig(environment), new RegExp(`^Error: ${name} .*\\.$`))
    })
  }

  for (const [name, value] of [
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PUBLIC_URL', 'files.example.com'],
    ['PUBLIC_URL', 'ftp://files.example.com'],
    ['PUBLIC_URL', 'https://files.example.com/?a=b'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '0'],
    ['TRUST_PROXY', '33'],
    ['TRUST_PROXY', '10.0.0.0/8,'],
    ['TRUST_PROXY', 'proxy.example.com'],
    ['STORAGE_URL', 'ftp://bucket'],
    ['STORAGE_URL', 'gs://'],
    ['STORAGE_URL', 'gs://A-Bucket'],
    ['STORAGE_URL', 'gs://user:password@bucket'],
    ['STORAGE_URL', 'gs://a-bucket/a//b'],
    ['STORAGE_URL', 'gs://a-bucket/../b'],
    ['STORAGE_URL', 'gs://a-bucket/a?b'],
    ['STORAGE_URL', `gs://a-bucket/${'x'.repeat(41)}`],
    ['STORAGE_URL', 's3://'],
    ['STORAGE_URL', 's3://key:secret@a-bucket'],
    ['STORAGE_URL', 's3://a-bucket?endpoint=ftp://server'],
    ['STORAGE_URL', 's3://a-bucket?endpoint=http://key:secret@server'],
    ['STORAGE_URL', 's3://a-bucket?style=other'],
    ['STORAGE_URL', 's3://a-bucket?secret=a'],
    ['STORAGE_URL', 's3://a-bucket/a//b'],
    ['DATABASE_URL', 'mysql://localhost/waybill'],
    ['MAX_FILE_BYTES', '0'],
    ['MAX_FILE_BYTES', '5497558138881'],
    ['MAX_FILE_BYTES', '5GB'],
    ['DIRECT_UPLOAD_MAX_BYTES', '0'],
    ['ALLOWED_MIME_TYPES', 'image/png,png'],
    ['UPLOAD_SESSION_SECONDS', '-1'],
    ['UPLOAD_IDLE_SECONDS', '0'],
    ['UPLOAD_CHECKSUMS', 'md5,sha1'],
    ['RUFH_INTEROP', '7'],
    ['RUFH_INTEROP', 'none,8'],
    ['UPLOAD_SYNC', 'sometimes'],
    ['VECTOR_CACHE_BYTES', '0'],
    ['OCR', 'yes'],
    ['OCR_LANGUAGES', 'en'],
    ['OCR_LANGUAGES', '../eng'],
    ['OCR_LANGUAGES', 'eng,'],
    ['OCR_MAX_PAGES', '0'],
    ['OCR_CONCURRENCY', '0'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['RATE_LIMIT_PER_MINUTE', '-1'],
    ['MAX_CONNECTIONS_PER_ADDRESS', '-1'],
    ['RATE_LIMIT_PER_MINUTE', 'none'],
    ['AUDIT_DAYS', '0'],
    ['TRASH_DAYS', '0'],
    ['SCRUB_DAYS', '-1'],
    ['SCRUB_BYTES_PER_SECOND', '0'],
    ['LOG_LEVEL', 'loud'],
    ['METRICS_PORT', '65536'],
    ['WORKERS', '0'],
    ['WORKERS', '129'],
    ['WORKERS', 'all'],
  ] as const) {
    it(`refuses ${name}=${value} with a message that begins with the name`, () => {
      const isSentence = (error: unknown) =>
        error instanceof ConfigError && error.message.startsWith(name) && error.message.endsWith('.')
      assert.throws(() => readConfig({ [name]: value }), isSentence)
    })
  }

  it('sends models to the server with the longest prefix, and all others to MODEL_SERVER_URL', () => {
    const { models } = readConfig({
      MODEL_SERVER_URL: 'http://127.0.0.1:1/v1/',
      MODEL_SERVER_API_KEY: 'own',
      MODEL_SERVERS:
        '[{"prefix":"a/","url":"http://a/v1"},{"prefix":"a/b/","url":"http://b/v1","api_key":"key"}]',
    })
    assert.deepEqual(models.servers, [
      { prefix: 'a/b/', url: 'http://b/v1', apiKey: 'key' },
      { prefix: 'a/', url: 'http://a/v1', apiKey: null },
      { prefix: '', url: 'http://127.0.0.1:1/v1', apiKey: 'own' },
    ])
  })

  for (const value of ['[', '[]', '{}', '[{"prefix":""}]', '[{"prefix":"","url":"x"}]']) {
    it(`refuses MODEL_SERVERS=${value} without repeating it`, () => {
      assert.throws(
        () => readConfig({ MODEL_SERVERS: value }),
        (error) => {
          assert.ok(error instanceof ConfigError)
          assert.match(error.message, /^MODEL_SERVERS must be a JSON list/)
          return true
        },
      )
    })
  }
})
