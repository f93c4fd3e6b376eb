import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { BUCKET } from '../gcs/exchange.ts'
import { startGoogleFixture } from '../gcs/google-fixture.ts'
import { createKeyFile } from '../gcs/key-file.ts'

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
  const librariesOf = async (env: Record<string, string>): Promise<string[]> => {
    const settings = { PORT: '0', STORAGE_URL: 'memory:', DATABASE_URL: 'sqlite::memory:', ...env }
    const options = { env: { ...process.env, ...settings }, timeout: 60_000 }
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], options)
    return JSON.parse(stdout)
  }
  for (const [title, env, libraries] of cases) {
    it(title, async () => assert.deepEqual(await librariesOf(env), libraries))
  }

  it('loads nothing of Google with its objects on disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-libraries-'))
    try {
      assert.deepEqual(await librariesOf({ STORAGE_URL: pathToFileURL(folder).href }), [])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('loads Google’s client with its objects there', async () => {
    const key = await createKeyFile()
    const google = await startGoogleFixture(key)
    try {
      const env = { STORAGE_URL: `gs://${BUCKET}`, STORAGE_EMULATOR_HOST: google.url }
      assert.deepEqual(await librariesOf(env), ['@google-cloud'])
    } finally {
      await google.close()
      await key.remove()
    }
  })
})
