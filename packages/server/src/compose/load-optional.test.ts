import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import manifest from '../../package.json' with { type: 'json' }
import { loadOptional } from './load-optional.ts'

const STORAGE = '@google-cloud/storage'

describe('loadOptional', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-optional-'))
  })
  after(() => rm(folder, { recursive: true }))

  /** Imports a package from a folder that has none. */
  async function missing(name: string): Promise<unknown> {
    const path = join(folder, `${name.replace('/', '-')}.mjs`)
    await writeFile(path, `import '${name}'`)
    return import(pathToFileURL(path).href)
  }

  it('returns what it loads', async () => {
    assert.equal(await loadOptional('Storage', STORAGE, async () => 'loaded'), 'loaded')
  })

  it('names the package to install, with its version, when it is missing', async () => {
    const version = manifest.peerDependencies[STORAGE]
    await assert.rejects(
      loadOptional('Storage', STORAGE, () => missing(STORAGE)),
      {
        message: `Storage needs a package that is not installed: run "npm install ${STORAGE}@${version}" where waybill is installed`,
      },
    )
  })

  it('names all packages of a purpose when one of them is missing', async () => {
    await assert.rejects(
      loadOptional('Tracing', '@opentelemetry/', () => missing('@opentelemetry/core')),
      /^Error: Tracing needs packages that are not installed: run "npm install @opentelemetry\/api@\S+ @opentelemetry\/core@/,
    )
  })

  it('throws every other error as it is', async () => {
    const other = 'absent-library'
    await assert.rejects(
      loadOptional('Storage', STORAGE, () => import(other)),
      { code: 'ERR_MODULE_NOT_FOUND', message: /absent-library/ },
    )
    const broken = new Error('broken')
    await assert.rejects(
      loadOptional('Storage', STORAGE, () => Promise.reject(broken)),
      broken,
    )
  })
})
