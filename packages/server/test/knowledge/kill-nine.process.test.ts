import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { queryOf } from '../../src/knowledge/search-index.conformance.ts'
import type { SearchHit } from '../../src/knowledge/search-index.ts'
import { createSqliteSearchIndex } from '../../src/knowledge/sqlite-index/sqlite-search-index.ts'
import { memoryFolder } from '../memory-folder.ts'
import type { MemoryFeed } from './memory-feed.ts'
import { createNumberedFeed, STORE_ID } from './numbered-feed.ts'

const BUILDER = fileURLToPath(new URL('index-builder.ts', import.meta.url))
/** Kills of builders of one index; more in the long mode. */
const KILLS = Number(process.env.INDEX_KILLS ?? 4)
/** Longest time before a kill. A build takes longer. */
const MAX_WAIT_MS = 400
const QUERIES = ['lake', 'stone number9', 'river mark0 mark3999', 'mark2000']

describe('an index whose process is killed while it applies changes', () => {
  let folder: string
  let feed: MemoryFeed
  let expected: SearchHit[][]

  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-index-'))
    feed = await createNumberedFeed()
    expected = await searchAll(join(folder, 'undisturbed'))
  })

  after(() => rm(folder, { recursive: true, force: true }))

  const searchAll = async (path: string): Promise<SearchHit[][]> => {
    const index = createSqliteSearchIndex({ folder: path, feed })
    const hits: SearchHit[][] = []
    for (const text of QUERIES) {
      const store = feed.versionOf(STORE_ID)
      hits.push(await index.search([store], queryOf(text, { maxResults: 50 })))
    }
    assert.deepEqual(await index.check(feed.versionOf(STORE_ID)), [])
    await index.close()
    return hits
  }

  const startBuilder = async (path: string) => {
    const builder = spawn(process.execPath, [BUILDER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(builder, 'exit')
    await once(builder.stdout, 'data')
    return { kill: () => builder.kill('SIGKILL'), exit }
  }

  it('holds each chunk once afterwards', async () => {
    const path = join(folder, 'killed')
    for (let round = 0; round < KILLS; round++) {
      const builder = await startBuilder(path)
      await wait((MAX_WAIT_MS * (round + 1)) / KILLS)
      builder.kill()
      await builder.exit
    }
    assert.deepEqual(await searchAll(path), expected)
  })

  it('holds each chunk once when another process builds it at the same time', async () => {
    const path = join(folder, 'shared')
    const [killed, finished] = await Promise.all([startBuilder(path), startBuilder(path)])
    await wait(MAX_WAIT_MS)
    killed.kill()
    const [code] = await finished.exit
    assert.equal(code, 0)
    assert.deepEqual(await searchAll(path), expected)
  })
})
