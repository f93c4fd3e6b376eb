import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const NOTE_LIBRARIES = new URL('../../server/test/observe/note-libraries.ts', import.meta.url).href
const PROGRAM = fileURLToPath(new URL('../src/main.ts', import.meta.url))

describe('a command loads only the libraries that it uses', () => {
  const cases: readonly [command: string, libraries: readonly string[]][] = [
    ['--help', ['commander', 'uuid', 'valibot']],
    ['serve --print-config', ['commander', 'uuid', 'valibot']],
    ['organizations list', ['commander', 'uuid', 'valibot']],
    ['doctor', ['@node-rs', 'commander', 'uuid', 'valibot']],
  ]
  for (const [command, libraries] of cases) {
    it(`waybill ${command}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'waybill-libraries-'))
      try {
        const args = ['--import', NOTE_LIBRARIES, PROGRAM, ...command.split(' ')]
        const env = { ...process.env, DATA_DIR: folder }
        const { stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 60_000 })
        assert.deepEqual(JSON.parse(stderr), libraries)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }
})
