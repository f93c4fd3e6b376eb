// Builds the index of the numbered feed in a folder, and reports when it begins and ends. A test kills it in between.
import { createSqliteSearchIndex } from '../../src/knowledge/sqlite-index/sqlite-search-index.ts'
import { createNumberedFeed, STORE_ID } from './numbered-feed.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('a folder is needed')
const feed = await createNumberedFeed()
const index = createSqliteSearchIndex({ folder, feed })
process.stdout.write('begins\n')
await index.catchUp(feed.versionOf(STORE_ID))
process.stdout.write('ends\n')
await index.close()
