import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { createMemoryFeed, type MemoryFeed } from '../../../test/knowledge/memory-feed.ts'
import { memoryFolder } from '../../../test/memory-folder.ts'
import { describeSearchIndex, documentOf, queryOf } from '../search-index.conformance.ts'
import type { SearchIndex } from '../search-index.ts'
import { createSqliteSearchIndex } from './sqlite-search-index.ts'

const newFolder = async () => mkdtemp(join(await memoryFolder(), 'waybill-index-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })

describeSearchIndex('SQLite', async (feed) => {
  const folder = await newFolder()
  return { index: createSqliteSearchIndex({ folder, feed }), remove: () => removeFolder(folder) }
})

describeSearchIndex('SQLite, with vectors that do not fit into memory, in one thread', async (feed) => {
  const folder = await newFolder()
  const index = createSqliteSearchIndex({ folder, feed, workers: 1, maxVectorBytes: 100 })
  return { index, remove: () => removeFolder(folder) }
})

describe('index files', () => {
  const storeId = 'vs_ab'
  const query = queryOf('lake river')
  let folder: string
  let feed: MemoryFeed
  let index: SearchIndex
  let path: string

  before(async () => {
    folder = await newFolder()
    feed = createMemoryFeed()
    for (let file = 0; file < 50; file++) {
      await feed.put(storeId, `file ${file}`, documentOf(`${'lake '.repeat(file % 7)} river ${file}`))
    }
    index = createSqliteSearchIndex({ folder, feed })
    path = join(folder, 'ab', 'vs_ab.db')
  })

  after(async () => {
    await index?.close()
    await removeFolder(folder)
  })

  const search = (searched = index) => searched.search([feed.versionOf(storeId)], query)

  const DAMAGES: readonly [string, () => Promise<unknown>][] = [
    ['deleted', () => rm(path)],
    [
      'deleted with its log',
      () => Promise.all(['', '-wal', '-shm'].map((end) => rm(path + end, { force: true }))),
    ],
    ['overwritten', () => writeFile(path, 'this is not a database'.repeat(1_000))],
    ['empty', () => writeFile(path, '')],
    ['cut in half', () => truncate(path, 20_480)],
    ['of another version', async () => changeVersion(path)],
  ]
  for (const [name, damage] of DAMAGES) {
    it(`are built again when one is found ${name}`, async () => {
      const expected = await search()
      await index.close()
      await damage()
      index = createSqliteSearchIndex({ folder, feed })
      assert.deepEqual(await search(), expected)
      assert.deepEqual(await index.check(feed.versionOf(storeId)), [])
    })
  }

  const DAMAGES_WHILE_OPEN: readonly [string, (path: string) => Promise<unknown>][] = [
    ['deleted', (file) => rm(file)],
    ['emptied', (file) => truncate(file)],
    ['cut in half', (file) => truncate(file, 20_480)],
    ['overwritten', async (file) => writeFile(file, Buffer.alloc((await stat(file)).size, 0xa5))],
  ]
  for (const [name, damage] of DAMAGES_WHILE_OPEN) {
    it(`are built again when one is ${name} while it is open, with the files beside it`, async () => {
      const expected = await search()
      const files = await readdir(dirname(path))
      for (const file of files.filter((one) => one.startsWith('vs_ab')))
        await damage(join(dirname(path), file))
      assert.deepEqual(await search(), expected)
      assert.deepEqual(await index.check(feed.versionOf(storeId)), [])
    })
  }

  it('can be shared by several indexes, each of which sees every change', async () => {
    const other = createSqliteSearchIndex({ folder, feed })
    for (let round = 0; round < 10; round++) {
      await feed.put(storeId, `shared ${round}`, documentOf('a lake of both'))
      const [ours, theirs] = await Promise.all([search(index), search(other)])
      assert.deepEqual(ours, theirs)
    }
    assert.deepEqual(await index.check(feed.versionOf(storeId)), [])
    await other.close()
  })

  it('stay open up to a limit, and are opened again', async () => {
    const small = createSqliteSearchIndex({ folder, feed, workers: 1, maxOpenFiles: 2 })
    const stores = ['vs_1', 'vs_2', 'vs_3', 'vs_4']
    for (const store of stores) await feed.put(store, 'one', documentOf('a lake'))
    for (const store of [...stores, ...stores]) {
      const hits = await small.search([feed.versionOf(store)], query)
      assert.equal(hits.length, 1)
    }
    await small.close()
  })
})

function changeVersion(path: string): void {
  const sqlite = new DatabaseSync(path)
  sqlite.exec("UPDATE meta SET value = 'another' WHERE key = 'versions'")
  sqlite.close()
}
