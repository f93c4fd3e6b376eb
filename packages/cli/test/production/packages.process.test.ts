import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'

const SCRIPTS = fileURLToPath(new URL('../../../../scripts/', import.meta.url))

const run = (script: string, args: readonly string[], path = process.env.PATH) =>
  spawnSync(process.execPath, [join(SCRIPTS, script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  })

describe('the packages of a production install', () => {
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  before(async () => {
    scratch = await createScratchFolder()
  })
  after(() => scratch.remove())

  it('are under licences that are allowed', () => {
    const { status, stdout, stderr } = run('check-licences.ts', [])
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^The licences of \d{2,} packages are allowed\.$/m)
  })

  for (const [license, isAllowed] of [
    ['GPL-3.0-only', false],
    ['MIT AND LGPL-3.0-only', false],
    ['(GPL-2.0-only OR MIT)', true],
    [undefined, false],
    ['MPL-2.0', false],
  ] as const) {
    it(`are ${isAllowed ? 'let through' : 'refused'} under ${license ?? 'no licence'}`, async () => {
      const packages = { '': {}, 'node_modules/planted': { license }, 'node_modules/tool': { dev: true } }
      await writeFile(join(scratch.path, 'package-lock.json'), JSON.stringify({ packages }))
      const { status, stderr } = run('check-licences.ts', [scratch.path])
      assert.equal(status, isAllowed ? 0 : 1)
      assert.equal(stderr.includes('node_modules/planted'), !isAllowed)
    })
  }

  for (const [name, answer, status, said] of [
    [
      'a critical one',
      { vulnerabilities: { bad: { severity: 'critical', range: '<2' } } },
      1,
      /bad <2: critical/,
    ],
    ['a low one', { vulnerabilities: { meh: { severity: 'low', range: '*' } } }, 0, /; 1 are below/],
    ['none', { vulnerabilities: {} }, 0, /No advisory/],
    ['a registry that is away', { message: 'request failed', error: {} }, 0, /NOT checked.*request failed/],
  ] as const) {
    it(`are judged by the registry's advisories: ${name}`, async () => {
      const npm = join(scratch.path, 'npm')
      await writeFile(npm, `#!/bin/sh\necho '${JSON.stringify(answer)}'\nexit 1\n`)
      await chmod(npm, 0o755)
      const ended = run('check-advisories.ts', [], `${scratch.path}:/usr/bin:/bin`)
      assert.equal(ended.status, status)
      assert.match(ended.stdout + ended.stderr, said)
    })
  }
})
