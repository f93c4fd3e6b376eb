import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { Embedder } from '../../packages/server/src/knowledge/embedder.ts'
import { createSqliteSearchIndex } from '../../packages/server/src/knowledge/sqlite-index/sqlite-search-index.ts'
import { detectLanguage } from '../../packages/server/src/knowledge/tokens/detect-language.ts'
import { createFixtureEmbedder } from '../../packages/server/test/knowledge/fixture-embedder.ts'
import { createMemoryFeed } from '../../packages/server/test/knowledge/memory-feed.ts'
import { startPostgres } from '../../packages/server/test/postgres/postgres-server.ts'
import { serverSeconds } from '../postgres/server-processor.ts'
import type { CollectionDocument } from './collection.ts'

/** A search engine with one document per chunk. */
export interface Engine {
  /** Indexes documents. */
  build(documents: readonly CollectionDocument[]): Promise<void>
  /** Returns the ids of the best documents. */
  search(text: string, count: number): Promise<string[]>
  /** Returns the processor time used so far, also by other processes of the engine. */
  cpuSeconds(): Promise<number>
  close(): Promise<void>
}

export interface EngineChoice {
  open(folder: string): Promise<Engine>
  /** Size of the large store for an engine that would take too long with all texts. */
  readonly maxLargeStore?: number
  /** True for an engine that also searches by vectors. */
  readonly hasVectors?: boolean
}

/** Engines by name; each one stores its files in a folder of its own. */
export const ENGINES: Readonly<Record<string, EngineChoice>> = {
  Waybill: { open: (folder) => openWaybill(folder, null) },
  'Waybill with vectors (fixture)': {
    open: (folder) => openWaybill(folder, createFixtureEmbedder()),
    hasVectors: true,
  },
  'SQLite FTS5 (unicode61, bm25)': { open: openFts5 },
  'PostgreSQL (english, ts_rank)': { open: openPostgres, maxLargeStore: 10_000 },
  minisearch: { open: openMinisearch },
  orama: { open: openOrama, maxLargeStore: 5_000 },
}

async function ownSeconds(): Promise<number> {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
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
      await index.catchUp(feed.versionOf(storeId))
    },
    search: async (text, maxResults) => {
      const vectors = embedder ? await embedder.embed([text]) : null
      const query = {
        texts: [text],
        vectors,
        filter: null,
        fileId: null,
        maxResults,
        scoreThreshold: 0,
        weights: null,
      }
      const hits = await index.search([feed.versionOf(storeId)], query)
      return hits.map(({ fileId }) => fileId)
    },
    cpuSeconds: ownSeconds,
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
    cpuSeconds: ownSeconds,
    close: async () => sqlite.close(),
  }
}

async function openPostgres(): Promise<Engine> {
  const server = await startPostgres({ settings: ['synchronous_commit=off'] })
  const client = new Client(`${server.url}/postgres`)
  await client.connect()
  return {
    build: async (documents) => {
      await client.query(
        `CREATE TABLE documents (id text, terms tsvector);
         BEGIN`,
      )
      for (const { id, text } of documents) {
        await client.query("INSERT INTO documents VALUES ($1, to_tsvector('english', $2))", [id, text])
      }
      await client.query('COMMIT; CREATE INDEX ON documents USING gin (terms); ANALYZE documents')
    },
    search: async (text, count) => {
      const words = text.match(/[\p{L}\p{N}]+/gu) ?? []
      const { rows } = await client.query(
        `SELECT id FROM documents, to_tsquery('english', $1) AS query
         WHERE terms @@ query ORDER BY ts_rank(terms, query) DESC, id LIMIT $2`,
        [words.join(' | '), count],
      )
      return rows.map(({ id }) => String(id))
    },
    cpuSeconds: async () => (await ownSeconds()) + (await serverSeconds(client)),
    close: async () => {
      await client.end()
      await server.stop()
    },
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
    cpuSeconds: ownSeconds,
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
    cpuSeconds: ownSeconds,
    close: async () => {},
  }
}
