import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readConfig } from './config.ts'
import { describeConfig } from './describe-config.ts'

describe('describeConfig', () => {
  it('returns settings from which the same configuration can be read', () => {
    const environments = [
      { DATA_DIR: '/srv/waybill' },
      { DATA_DIR: '/srv/waybill', SCRUB_DAYS: '0', TRUST_PROXY: '2' },
      { DATA_DIR: '/srv/waybill', STORAGE_URL: 'gs://a-bucket' },
      { STORAGE_URL: 'gs://a-bucket/a/prefix', STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9000' },
      {
        DATA_DIR: '/srv/waybill',
        STORAGE_URL: 's3://a-bucket/a?endpoint=https://s3.example.com&direct=true',
      },
      { DATA_DIR: '/srv/waybill', DATABASE_URL: 'postgres://files@db/files', DATABASE_CONNECTIONS: '20' },
      {
        DATA_DIR: '/srv/waybill',
        PUBLIC_URL: 'https://files.example.com',
        TRUST_PROXY: '127.0.0.1,10.0.0.0/8,loopback',
        STORAGE_URL: 'memory:',
        DATABASE_URL: 'sqlite::memory:',
        ALLOWED_MIME_TYPES: 'image/*,application/pdf',
        UPLOAD_CHECKSUMS: 'md5,sha256',
        UPLOAD_SYNC: 'never',
        RATE_LIMIT_PER_MINUTE: '0',
        MAX_CONNECTIONS_PER_ADDRESS: '100',
        CORS_ORIGINS: 'https://a.example,https://b.example',
        AUDIT_DAYS: '7',
        TRASH_DAYS: '3',
        SCRUB_DAYS: '3',
        VECTOR_CACHE_BYTES: '1000000000',
        OCR: 'true',
        OCR_LANGUAGES: 'deu,chi_sim',
        OCR_MAX_PAGES: '20',
        OCR_CONCURRENCY: '2',
        SCRUB_BYTES_PER_SECOND: '1000000',
        METRICS_PORT: '9464',
        METRICS_HOST: '10.0.0.1',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        OTEL_TRACES_SAMPLER: 'traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.25',
      },
    ]
    for (const environment of environments) {
      const config = readConfig(environment)
      assert.deepEqual(readConfig(Object.fromEntries(describeConfig(config))), config)
    }
  })

  it('masks passwords in URLs', () => {
    const config = readConfig({ PUBLIC_URL: 'https://files.example.com' })
    const described = describeConfig({ ...config, publicUrl: 'https://user:secret@files.example.com' })
    assert.ok(described.some(([, value]) => value === 'https://user:***@files.example.com'))
    for (const url of [
      'postgres://files:secret@db:5432/files?sslmode=require&password=secret',
      'postgres://files:x@secret@db/files',
      'postgres://files:12#secret@db/files',
      'postgres://db/files?user=files&passw%6Frd=secret',
    ]) {
      const databases = describeConfig(readConfig({ DATABASE_URL: url }))
      assert.ok(!JSON.stringify(databases).includes('secret'), url)
    }
  })
})
