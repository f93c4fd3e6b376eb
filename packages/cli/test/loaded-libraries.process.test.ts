import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findBundle } from '../bin/find-bundle.js'

const NOTE_LIBRARIES = new URL('../../server/test/observe/note-libraries.ts', import.meta.url).href
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const OPTIONAL_LIBRARIES = ['@aws-sdk', '@google-cloud', '@opentelemetry', 'pg', 'pino-pretty', 'prom-client']

/** Returns the libraries that a command loads, in a new installation. */
function loadedBy(program: string, command: string, env: NodeJS.ProcessEnv = {}): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-libraries-'))
  try {
    const args = ['--import', NOTE_LIBRARIES, program, ...command.split(' ')]
    const options = { env: { ...process.env, DATA_DIR: folder, ...env }, timeout: 60_000 }
    const { stderr } = spawnSync(process.execPath, args, { ...options, encoding: 'utf8' })
    return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

for (const form of ['source', 'bundle'] as const)
  describe(`a command of the ${form} loads only what it uses`, () => {
    let program: string
    before(() => {
      if (form === 'bundle') execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.ts')])
      const url = form === 'bundle' ? findBundle(ROOT) : new URL('../src/main.ts', import.meta.url)
      program = fileURLToPath(url ?? assert.fail('there is no bundle'))
    })
    const cases: readonly [command: string, libraries: readonly string[]][] = [
      ['--help', ['commander', 'uuid', 'valibot']],
      ['serve --print-config', ['commander', 'uuid', 'valibot']],
      ['organizations list', ['commander', 'uuid', 'valibot']],
      ['doctor', ['@node-rs', 'commander', 'uuid', 'valibot']],
    ]
    for (const [command, libraries] of cases) {
      it(`waybill ${command}`, () => assert.deepEqual(loadedBy(program, command), libraries))
    }

    it('waybill serve', () => {
      // RFC 5737: an address that no computer has. The server ends when it has loaded all and cannot listen.
      const loaded = loadedBy(program, 'serve', { HOST: '203.0.113.1' })
      assert.ok(loaded.includes('fastify'), 'the server did not start')
      assert.deepEqual(
        loaded.filter((library) => OPTIONAL_LIBRARIES.includes(library)),
        [],
      )
    })
  })
