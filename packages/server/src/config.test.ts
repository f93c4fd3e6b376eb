import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, readConfig } from './config.ts'

describe('readConfig', () => {
  it('needs nothing', () => {
    const config = readConfig({ DATA_DIR: '/srv/waybill' })
    assert.deepEqual(config, {
      host: '127.0.0.1',
      port: 8080,
      publicUrl: null,
      dataDirectory: '/srv/waybill',
      storage: { kind: 'disk', directory: '/srv/waybill/objects' },
      database: { kind: 'sqlite', path: '/srv/waybill/waybill.db' },
      maxFileBytes: 5_000_000_000,
      directUploadMaxBytes: 100_000_000,
      allowedMimeTypes: null,
      uploadSessionMs: 604_800_000,
      uploadIdleMs: 60_000,
      uploadSync: 'always',
      corsOrigins: [],
      requestsPerMinute: 6000,
      scrub: { everyMs: 30 * 24 * 60 * 60 * 1000, bytesPerSecond: 20_000_000 },
      auditMs: 7_776_000_000,
      logLevel: 'info',
    })
  })

  it('reads each setting', () => {
    const config = readConfig({
      PUBLIC_URL: 'https://files.example.com/waybill/',
      STORAGE_URL: 'file:///srv/objects',
      DATABASE_URL: 'sqlite:///srv/records.db',
      MAX_FILE_BYTES: '5497558138880',
      UPLOAD_SYNC: 'never',
      CORS_ORIGINS: 'https://a.example, https://b.example:8443',
    })
    assert.equal(config.publicUrl, 'https://files.example.com/waybill')
    assert.deepEqual(config.storage, { kind: 'disk', directory: '/srv/objects' })
    assert.deepEqual(config.database, { kind: 'sqlite', path: '/srv/records.db' })
    assert.equal(config.maxFileBytes, 5_497_558_138_880)
    assert.equal(config.uploadSync, 'never')
    assert.deepEqual(config.corsOrigins, ['https://a.example', 'https://b.example:8443'])
  })

  for (const [name, value] of [
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PUBLIC_URL', 'files.example.com'],
    ['PUBLIC_URL', 'ftp://files.example.com'],
    ['PUBLIC_URL', 'https://files.example.com/?a=b'],
    ['STORAGE_URL', 'ftp://bucket'],
    ['DATABASE_URL', 'mysql://localhost/waybill'],
    ['MAX_FILE_BYTES', '0'],
    ['MAX_FILE_BYTES', '5497558138881'],
    ['MAX_FILE_BYTES', '5GB'],
    ['DIRECT_UPLOAD_MAX_BYTES', '0'],
    ['ALLOWED_MIME_TYPES', 'image/png,png'],
    ['UPLOAD_SESSION_SECONDS', '-1'],
    ['UPLOAD_IDLE_SECONDS', '0'],
    ['UPLOAD_SYNC', 'sometimes'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['RATE_LIMIT_PER_MINUTE', '-1'],
    ['RATE_LIMIT_PER_MINUTE', 'none'],
    ['AUDIT_DAYS', '0'],
    ['SCRUB_DAYS', '-1'],
    ['SCRUB_BYTES_PER_SECOND', '0'],
    ['LOG_LEVEL', 'loud'],
  ] as const) {
    it(`refuses ${name}=${value} with a sentence that names it`, () => {
      const isSentence = (error: unknown) =>
        error instanceof ConfigError && error.message.startsWith(name) && error.message.endsWith('.')
      assert.throws(() => readConfig({ [name]: value }), isSentence)
    })
  }
})
