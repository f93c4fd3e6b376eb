import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../src/compose/open-database.ts'
import { runProgram } from '../clients/run-program.ts'
import { isUsable, PASSWORD, URLS } from './urls-with-passwords.ts'

const WAYBILL = fileURLToPath(new URL('../../../cli/bin/waybill.js', import.meta.url))

type Run = (url: string, source: string) => readonly [args: string[], settings: Record<string, string>]

/** Programs that accept a URL and print errors about it. */
const RUNS: readonly Run[] = [
  (url) => [['serve'], { DATABASE_URL: url, LOG_LEVEL: 'trace' }],
  (url) => [['doctor', '--json'], { DATABASE_URL: url }],
  (url) => [['serve'], { STORAGE_URL: url, LOG_LEVEL: 'trace' }],
  (url, source) => [['database', 'copy', '--from', `sqlite:${source}`, '--to', url], {}],
  (url) => [['database', 'copy', '--from', url, '--to', url], {}],
  (url) => [['database', 'copy', `--form=${url}`], {}],
]

/** Usable URLs, and one of a database of another kind. */
const SHOWN = [...URLS.filter(isUsable), `mysql://waybill:${PASSWORD}@127.0.0.1/waybill`]

/** Returns all runs for the first URL and for the one of another kind, and one run for each of the others. */
function runsOf(index: number): readonly Run[] {
  return index === 0 || index === SHOWN.length - 1
    ? RUNS
    : RUNS.filter((_, run) => run === index % RUNS.length)
}

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

  for (const [index, url] of SHOWN.entries()) {
    it(`is shown without it by every program that fails with it: ${url.replaceAll(PASSWORD, '…')}`, async () => {
      for (const run of runsOf(index)) {
        const [args, settings] = run(url, source)
        const text = await said(args, settings)
        assert.notEqual(text, '')
        assert.ok(!text.includes(PASSWORD), `${args.join(' ')} ${Object.keys(settings)}: ${text}`)
      }
    })
  }
})
