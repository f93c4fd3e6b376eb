import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const PROGRAM = fileURLToPath(new URL('loaded-libraries.ts', import.meta.url))

describe('a start', () => {
  const cases: readonly [title: string, env: Record<string, string>, libraries: readonly string[]][] = [
    ['loads nothing to be watched with where nobody watches', {}, []],
    ['loads what its metrics need', { METRICS_PORT: '0' }, ['@opentelemetry', 'prom-client']],
    ['loads what its traces need', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, ['@opentelemetry']],
    [
      'loads nothing where traces are switched off',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' },
      [],
    ],
  ]
  for (const [title, env, libraries] of cases) {
    it(title, async () => {
      const settings = { PORT: '0', STORAGE_URL: 'memory:', DATABASE_URL: 'sqlite::memory:', ...env }
      const options = { env: { ...process.env, ...settings }, timeout: 60_000 }
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], options)
      assert.deepEqual(JSON.parse(stdout), libraries)
    })
  }
})
