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

const NOTE_LIBRARIES = new URL('note-libraries.ts', import.meta.url).href
const PROGRAM = fileURLToPath(new URL('loaded-libraries.ts', import.meta.url))
const OPTIONAL_LIBRARIES = ['prom-client', '@opentelemetry', '@google-cloud']

async function loadedBy(args: readonly string[], env: Record<string, string>): Promise<string[]> {
  const options = { env: { ...process.env, ...env }, timeout: 60_000 }
  const run = await promisify(execFile)(process.execPath, ['--import', NOTE_LIBRARIES, ...args], options)
  return JSON.parse(run.stderr)
}

it('reading the settings loads only the library that validates them', async () => {
  const reader = new URL('../../src/describe-config.ts', import.meta.url).href
  const config = new URL('../../src/config.ts', import.meta.url).href
  const program = `import '${reader}'; import { readConfig } from '${config}'; readConfig({ ALLOWED_MIME_TYPES: 'image/*' })`
  assert.deepEqual(await loadedBy(['--input-type=module', '--eval', program], {}), ['valibot'])
})

describe('a start', () => {
  const cases: readonly [title: string, env: Record<string, string>, libraries: readonly string[]][] = [
    ['loads no library for metrics and traces when both are off', {}, []],
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
    const libraries = await loadedBy([PROGRAM], settings)
    assert.ok(libraries.includes('fastify'), 'the server did not start')
    return libraries.filter((library) => OPTIONAL_LIBRARIES.includes(library))
  }
  for (const [title, env, libraries] of cases) {
    it(title, async () => assert.deepEqual(await librariesOf(env), libraries))
  }

  it('loads no library of Google with its objects on disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-libraries-'))
    try {
      assert.deepEqual(await librariesOf({ STORAGE_URL: pathToFileURL(folder).href }), [])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it("loads Google's client with its objects at Google", async () => {
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
