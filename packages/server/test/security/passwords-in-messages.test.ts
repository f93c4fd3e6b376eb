import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../src/compose/open-database.ts'
import { readConfig } from '../../src/config.ts'
import { describeConfig } from '../../src/describe-config.ts'
import { ConfigError } from '../../src/settings.ts'
import { runProgram } from '../clients/run-program.ts'

const WAYBILL = fileURLToPath(new URL('../../../cli/bin/waybill.js', import.meta.url))
const PASSWORD = 'hunter2XYZ'

/** Valid URLs of an unreachable server, invalid and mistyped ones. Nothing listens on port 1. */
const URLS = [
  `postgres://waybill:${PASSWORD}@127.0.0.1:1/waybill`,
  `postgres://waybill:a${PASSWORD}%@127.0.0.1:1/waybill`,
  `postgres://waybill:a@${PASSWORD}@127.0.0.1:1/waybill`,
  `postgres://waybill:a/${PASSWORD}@127.0.0.1:1/waybill`,
  `postgres://127.0.0.1:1/${PASSWORD}@127.0.0.1/waybill`,
  `postgres://127.0.0.1:1/?${PASSWORD}@127.0.0.1/waybill`,
  `postgres://127.0.0.1:1#${PASSWORD}@127.0.0.1/waybill`,
  `postgres://127.0.0.1:1/waybill?password=${PASSWORD}&sslpassword=${PASSWORD}`,
  `postgres:/waybill:${PASSWORD}@127.0.0.1/waybill`,
  `postgres:waybill:${PASSWORD}@127.0.0.1/waybill`,
  `postgre://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `mysql://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `sqlite://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `sqlite:postgres://waybill:${PASSWORD}@127.0.0.1/waybill`,
  `gs://waybill:${PASSWORD}@bucket`,
  `gs://bucket/a?${PASSWORD}`,
  `s3://key:${PASSWORD}@bucket`,
  `file://waybill:${PASSWORD}@host/folder`,
  `https://waybill:${PASSWORD}@bucket`,
  `waybill:${PASSWORD}@bucket`,
  PASSWORD,
]

describe('a URL with a password', () => {
  let home: string
  let source: string
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'waybill-urls-'))
    source = join(home, 'source.db')
    await (await openDatabase({ kind: 'sqlite', path: source })).close()
  })
  after(() => rm(home, { recursive: true, force: true }))

  /** Returns all output of the program. */
  const said = async (args: readonly string[], settings: Record<string, string> = {}): Promise<string> => {
    const env = { ...process.env, DATA_DIR: home, PORT: '0', HOST: '192.0.2.1', ...settings }
    const { stdout, stderr } = await runProgram(process.execPath, [WAYBILL, ...args], { env })
    return stdout + stderr
  }

  for (const url of URLS) {
    it(`is shown without it, and not echoed where it is refused: ${url.replaceAll(PASSWORD, '…')}`, () => {
      for (const name of ['DATABASE_URL', 'STORAGE_URL']) {
        const text = inProcess({ [name]: url, STORAGE_EMULATOR_HOST: '127.0.0.1:1' })
        assert.ok(!text.includes(PASSWORD), text)
      }
    })
  }

  for (const url of [...URLS.filter(isUsable), `mysql://waybill:${PASSWORD}@127.0.0.1/waybill`]) {
    it(`is shown without it by no program that fails with it: ${url.replaceAll(PASSWORD, '…')}`, async () => {
      const runs: [args: string[], settings: Record<string, string>][] = [
        [['serve'], { DATABASE_URL: url, LOG_LEVEL: 'trace' }],
        [['doctor', '--json'], { DATABASE_URL: url }],
        [['serve'], { STORAGE_URL: url, LOG_LEVEL: 'trace' }],
        [['database', 'copy', '--from', `sqlite:${source}`, '--to', url], {}],
        [['database', 'copy', '--from', url, '--to', url], {}],
        [['database', 'copy', `--form=${url}`], {}],
      ]
      for (const [args, settings] of runs) {
        const text = await said(args, settings)
        assert.notEqual(text, '')
        assert.ok(!text.includes(PASSWORD), `${args.join(' ')} ${Object.keys(settings)}: ${text}`)
      }
    })
  }

  for (const name of ['PUBLIC_URL', 'CORS_ORIGINS', 'STORAGE_EMULATOR_HOST', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    it(`is shown without it where it is the value of ${name}`, () => {
      const value = `https://user:${PASSWORD}@host/?key=${PASSWORD}`
      const text = inProcess({ [name]: value, STORAGE_URL: 'gs://a-bucket' })
      assert.ok(!text.includes(PASSWORD), text)
    })
  }
})

/** Returns the output of `--print-config`, or the error for invalid settings. */
function inProcess(settings: Record<string, string>): string {
  try {
    return JSON.stringify(describeConfig(readConfig(settings)))
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
}

function isUsable(url: string): boolean {
  return inProcess({ DATABASE_URL: url }).startsWith('[')
}
