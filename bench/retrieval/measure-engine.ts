// Measures one engine in a process of its own, so that memory is its own: prints one line of JSON.
//   node measure-engine.ts quality|speed|small ENGINE COLLECTION FOLDER
import { percentile } from '../statistics.ts'
import { type Collection, type CollectionDocument, readCollection } from './collection.ts'
import { ENGINES, type Engine, type EngineChoice } from './engines.ts'
import { ndcg, recall } from './quality.ts'

/** Figures of an engine. Times of queries are a list: one value, or one for each number of terms. */
export interface Measured {
  readonly documents: number
  /** Absent, as null, where there are no judged queries. */
  readonly ndcg: number | null
  readonly recall: number | null
  /** Medians of elapsed time. */
  readonly queryMs: readonly number[]
  /** Means of processor time, which other load on the machine changes less. */
  readonly queryCpuMs: readonly number[]
  readonly buildCpuSeconds: number
  /** Resident memory of this process beyond that before the start. */
  readonly memoryBytes: number
}

const LARGE_STORE_CHUNKS = 50_000
const SMALL_STORE_CHUNKS = 25
const TERM_COUNTS = [3, 8, 20]
const SPEED_QUERIES = 20
/** Queries before those that are measured. */
const WARM_UP_QUERIES = 10

const [mode = '', name = '', folderOfCollection = '', folder = ''] = process.argv.slice(2)
const choice = ENGINES[name]
if (!choice) throw new Error(`there is no engine ${name}`)
const collection = await readCollection(folderOfCollection)
const documents = documentsOf(collection, choice)
const idleBytes = process.memoryUsage().rss
const engine = await choice.open(folder)
const cpuBefore = await engine.cpuSeconds()
await engine.build(documents)
const buildCpuSeconds = (await engine.cpuSeconds()) - cpuBefore
const queries = mode === 'quality' ? await measureQuality(engine) : await measureSpeed(engine)
const memoryBytes = process.resourceUsage().maxRSS * 1024 - idleBytes
const measured: Measured = { documents: documents.length, ...queries, buildCpuSeconds, memoryBytes }
console.log(JSON.stringify(measured))
await engine.close()

function documentsOf(all: Collection, { maxLargeStore }: EngineChoice): readonly CollectionDocument[] {
  if (mode === 'quality') return all.documents
  return repeatDocuments(all, mode === 'speed' ? (maxLargeStore ?? LARGE_STORE_CHUNKS) : SMALL_STORE_CHUNKS)
}

async function measureQuality({ search, cpuSeconds }: Engine) {
  const { queries } = collection
  const times: number[] = []
  let gain = 0
  let found = 0
  const before = await cpuSeconds()
  for (const { text, relevant } of queries) {
    const queriedAt = performance.now()
    const ranking = await search(text, 100)
    times.push(performance.now() - queriedAt)
    gain += ndcg(ranking, relevant) / queries.length
    found += recall(ranking, relevant) / queries.length
  }
  const queryCpuMs = [(((await cpuSeconds()) - before) * 1000) / queries.length]
  return { ndcg: gain, recall: found, queryMs: [percentile(times, 0.5)], queryCpuMs }
}

async function measureSpeed({ search, cpuSeconds }: Engine) {
  const words = collection.queries.flatMap(({ text }) => text.match(/\p{L}{4,}/gu) ?? [])
  const queryMs: number[] = []
  const queryCpuMs: number[] = []
  for (const count of TERM_COUNTS) {
    const times: number[] = []
    const queryOf = (number: number) =>
      Array.from({ length: count }, (_, at) => words[(number * 31 + at * 7) % words.length]).join(' ')
    for (let query = 0; query < WARM_UP_QUERIES; query++) await search(queryOf(SPEED_QUERIES + query), 10)
    const before = await cpuSeconds()
    for (let query = 0; query < SPEED_QUERIES; query++) {
      const queriedAt = performance.now()
      await search(queryOf(query), 10)
      times.push(performance.now() - queriedAt)
    }
    queryMs.push(percentile(times, 0.5))
    queryCpuMs.push((((await cpuSeconds()) - before) * 1000) / SPEED_QUERIES)
  }
  return { ndcg: null, recall: null, queryMs, queryCpuMs }
}

/** Returns as many documents, each of which after the first round consists of halves of two others. */
function repeatDocuments({ documents }: Collection, count: number): CollectionDocument[] {
  return Array.from({ length: count }, (_, at) => {
    const { id, text } = documents[at % documents.length] ?? { id: '', text: '' }
    if (at < documents.length) return { id, text }
    const other = documents[(at * 7 + 13) % documents.length]?.text ?? ''
    return { id: `${id}-${at}`, text: text.slice(0, text.length / 2) + other.slice(other.length / 2) }
  })
}
