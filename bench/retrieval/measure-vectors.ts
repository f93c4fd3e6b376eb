// Measures a search by vectors alone: prints one line of JSON.
//   node measure-vectors.ts CHUNKS FOLDER
import { join } from 'node:path'
import { createSqliteSearchIndex } from '../../packages/server/src/knowledge/sqlite-index/sqlite-search-index.ts'
import { createMemoryFeed } from '../../packages/server/test/knowledge/memory-feed.ts'
import { createSeededRandom } from '../../packages/server/test/seeded-random.ts'
import { percentile } from '../statistics.ts'

export interface MeasuredVectors {
  readonly chunks: number
  readonly dimensions: number
  readonly queryMs: number
  readonly queryCpuMs: number
  /** Share of the 10 nearest chunks that are found. */
  readonly recall: number
}

const DIMENSIONS = 384
const CHUNKS_PER_FILE = 100
const QUERIES = 40
/** Queries before those that are measured. */
const WARM_UP_QUERIES = 10
const FOUND = 10
const STORE_ID = 'vs_bench'

const [count = '', folder = ''] = process.argv.slice(2)
const random = createSeededRandom(1)
const vectors = Array.from({ length: Number(count) }, randomVector)
const feed = createMemoryFeed()
for (let start = 0; start < vectors.length; start += CHUNKS_PER_FILE) {
  const chunks = vectors.slice(start, start + CHUNKS_PER_FILE).map((vector, index) => ({
    ...{
      index,
      text: 'x',
      context: '',
      page: null,
      startOffset: index,
      endOffset: index + 1,
      tokenCount: 1,
      vector,
    },
  }))
  await feed.put(STORE_ID, String(start / CHUNKS_PER_FILE), { language: null, chunks })
}
const index = createSqliteSearchIndex({ folder: join(folder, 'indexes'), feed })
const store = feed.versionOf(STORE_ID)
await index.catchUp(store)
const queries = Array.from({ length: QUERIES }, randomVector)
for (let query = 0; query < WARM_UP_QUERIES; query++) await find(randomVector())
const found: string[][] = []
const times: number[] = []
const before = process.cpuUsage()
for (const query of queries) {
  const queriedAt = performance.now()
  found.push(await find(query))
  times.push(performance.now() - queriedAt)
}
const { user, system } = process.cpuUsage(before)
let hits = 0
for (const [at, query] of queries.entries()) {
  const nearest = new Set(nearestTo(query))
  hits += (found[at] ?? []).filter((place) => nearest.has(place)).length
}
const measured: MeasuredVectors = {
  chunks: vectors.length,
  dimensions: DIMENSIONS,
  queryMs: percentile(times, 0.5),
  queryCpuMs: (user + system) / 1000 / QUERIES,
  recall: hits / (QUERIES * FOUND),
}
console.log(JSON.stringify(measured))
await index.close()

function randomVector(): Float32Array {
  const values = Float32Array.from({ length: DIMENSIONS }, () => random.integer(-1000, 1000))
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

async function find(vector: Float32Array): Promise<string[]> {
  const hits = await index.search([store], {
    ...{ texts: ['y'], vectors: [vector], filter: null, fileId: null, maxResults: FOUND, scoreThreshold: 0 },
    weights: { text: 0, embedding: 1 },
  })
  return hits.map(({ fileId, chunkIndex }) => placeOf(Number(fileId) * CHUNKS_PER_FILE + chunkIndex))
}

function nearestTo(query: Float32Array): string[] {
  return vectors
    .map((vector, at) => ({
      at,
      similarity: vector.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0),
    }))
    .sort((one, other) => other.similarity - one.similarity)
    .slice(0, FOUND)
    .map(({ at }) => placeOf(at))
}

function placeOf(number: number): string {
  return String(number)
}
