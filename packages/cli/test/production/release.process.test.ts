import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { publishedFacts } from '../../../../scripts/published-facts.ts'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'

const SCRIPT = fileURLToPath(new URL('../../../../scripts/release-notes.ts', import.meta.url))
const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-30

### Added
- Something new.

## [1.1.0] - 2026-10-01

Something older.
`

describe('a published package', () => {
  it('names the repository of the workflow that publishes it', () => {
    const environment = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'owner/name' }
    const { repository } = publishedFacts('packages/sdk', environment)
    const url = 'git+https://github.com/owner/name.git'
    assert.deepEqual(repository, { type: 'git', url, directory: 'packages/sdk' })
  })
})

describe('the notes of a release', () => {
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  before(async () => {
    scratch = await createScratchFolder()
    await writeFile(join(scratch.path, 'CHANGELOG.md'), CHANGELOG)
  })
  after(() => scratch.remove())

  for (const [title, tag, version, status, said] of [
    ['the section of its version', 'v1.2.0', '1.2.0', 0, '### Added\n- Something new.\n'],
    ['the last section', 'v1.1.0', '1.1.0', 0, 'Something older.\n'],
    [
      'refused for another tag',
      'v1.2.1',
      '1.2.0',
      1,
      'the tag is "v1.2.1", and the version in package.json is 1.2.0\n',
    ],
    ['refused without a section', 'v1.3.0', '1.3.0', 1, 'CHANGELOG.md has no section "## [1.3.0] - DATE"\n'],
  ] as const) {
    it(`are ${title}`, async () => {
      await writeFile(join(scratch.path, 'package.json'), JSON.stringify({ version }))
      const ended = spawnSync(process.execPath, [SCRIPT, tag, scratch.path], { encoding: 'utf8' })
      assert.deepEqual({ status: ended.status, said: ended.stdout + ended.stderr }, { status, said })
    })
  }
})
