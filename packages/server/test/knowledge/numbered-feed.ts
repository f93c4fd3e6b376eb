import { documentOf } from '../../src/knowledge/search-index.conformance.ts'
import { createMemoryFeed, type MemoryFeed } from './memory-feed.ts'

export const STORE_ID = 'vs_killed'

/** Returns a feed that is the same in every process: long and short documents, replaced and removed files. */
export async function createNumberedFeed(): Promise<MemoryFeed> {
  const feed = createMemoryFeed()
  for (let file = 0; file < 300; file++) {
    await feed.put(STORE_ID, `file ${file}`, documentOf(`a lake and number${file}`))
  }
  const long = Array.from(
    { length: 4_000 },
    (_, at) => `${hash(at)} ${hash(at + 0.5)} ${'river '.repeat(30)} mark${at} `,
  )
  await feed.put(STORE_ID, 'long', documentOf(...long))
  for (let file = 0; file < 300; file += 3)
    await feed.put(STORE_ID, `file ${file}`, documentOf(`a stone and number${file}`))
  for (let file = 0; file < 300; file += 10) feed.remove(STORE_ID, `file ${file}`)
  return feed
}

/** Returns text that does not compress, so that the long document has many parts. */
function hash(value: number): string {
  return Math.abs(Math.sin(value + 1))
    .toString(36)
    .slice(2)
    .repeat(3)
}
