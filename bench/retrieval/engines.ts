import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Embedder } from '../../packages/server/src/knowledge/embedder.ts'
import { createSqliteSearchIndex } from '../../packages/server/src/knowledge/sqlite-index/sqlite-search-index.ts'
import { detectLanguage } from '../../packages/server/src/knowledge/tokens/detect-language.ts'
import { createFixtureEmbedder } from '../../packages/server/test/knowledge/fixture-embedder.ts'
import { createMemoryFeed } from '../../packages/server/test/knowledge/memory-feed.ts'
import type { CollectionDocument } from './collection.ts'

/** A search engine with one document per chunk. */
export interface Engine {
  /** Indexes documents. */
  build(documents: readonly CollectionDocument[]): Promise<void>
  /** Returns the ids of the best documents. */
  search(text: string, count: number): Promise<string[]>
  close(): Promise<void>
}

/** Engines by name; each one stores its files in a folder of its own. */
export const ENGINES: Readonly<Record<string, (folder: string) => Promise<Engine>>> = {
  Waybill: (folder) => openWaybill(folder, null),
  'Waybill with vectors (fixture)': (folder) => openWaybill(folder, createFixtureEmbedder()),
  'SQLite FTS5 (unicode61, bm25)': openFts5,
  minisearch: openMinisearch,
  orama: openOrama,
}

async function openWaybill(folder: string, embedder: Embedder | null): Promise<Engine> {
  const feed = createMemoryFeed()
  const index = createSqliteSearchIndex({ folder: join(folder, 'indexes'), feed })
  const storeId = 'vs_bench'
  return {
    build: async (documents) => {
      for (const { id, text } of documents) {
        const place = { index: 0, page: null, startOffset: 0, endOffset: text.length, tokenCount: 0 }
        const [vector = null] = embedder ? await embedder.embed([text]) : []
        const chunk = { ...place, text, context: '', vector }
        await feed.put(storeId, id, { language: detectLanguage(text), chunks: [chunk] })
      }
      await index.catchUp({ storeId, seq: feed.seqOf(storeId) })
    },
    search: async (text, maxResults) => {
      const vectors = embedder ? await embedder.embed([text]) : null
      const query = { texts: [text], vectors, filter: null, maxResults, scoreThreshold: 0, weights: null }
      const hits = await index.search([{ storeId, seq: feed.seqOf(storeId) }], query)
      return hits.map(({ fileId }) => fileId)
    },
    close: index.close,
  }
}

async function openFts5(folder: string): Promise<Engine> {
  const sqlite = new DatabaseSync(join(folder, 'fts5.db'))
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  sqlite.exec('CREATE VIRTUAL TABLE documents USING fts5 (id UNINDEXED, text)')
  const find = sqlite.prepare(
    'SELECT id FROM documents WHERE documents MATCH ? ORDER BY bm25(documents) LIMIT ?',
  )
  return {
    build: async (documents) => {
      const insert = sqlite.prepare('INSERT INTO documents VALUES (?, ?)')
      sqlite.exec('BEGIN')
      for (const { id, text } of documents) insert.run(id, text)
      sqlite.exec('COMMIT')
    },
    search: async (text, count) => {
      const words = text.match(/[\p{L}\p{N}]+/gu) ?? []
      return find.all(words.map((word) => `"${word}"`).join(' OR '), count).map(({ id }) => String(id))
    },
    close: async () => sqlite.close(),
  }
}

/** Loads a peer from its own folder; its types are not installed here. */
async function loadPeer(path: string) {
  return import(new URL(`../peers/node_modules/${path}`, import.meta.url).href)
}

async function openMinisearch(): Promise<Engine> {
  const { default: MiniSearch } = await loadPeer('minisearch/dist/es/index.js')
  const index = new MiniSearch({ fields: ['text'], storeFields: [] })
  return {
    build: async (documents) => index.addAll(documents),
    search: async (text, count) =>
      index
        .search(text)
        .slice(0, count)
        .map(({ id }: { id: string }) => id),
    close: async () => index.removeAll(),
  }
}

async function openOrama(): Promise<Engine> {
  const { create, insertMultiple, search } = await loadPeer('@orama/orama/dist/esm/index.js')
  const database = create({ schema: { id: 'string', text: 'string' } })
  return {
    build: async (documents) => {
      await insertMultiple(database, documents)
    },
    search: async (text, count) => {
      // Threshold 1 returns documents with any of the words, as the others do.
      const { hits } = await search(database, {
        term: text,
        properties: ['text'],
        limit: count,
        threshold: 1,
      })
      return hits.map(({ id }: { id: string }) => id)
    },
    close: async () => {},
  }
}
