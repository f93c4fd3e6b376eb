// Measures one engine in a process of its own, so that memory is its own: prints one line of JSON.
//   node measure-engine.ts quality|speed|small ENGINE COLLECTION FOLDER
import { percentile } from '../statistics.ts'
import { type Collection, readCollection } from './collection.ts'
import { ENGINES, type Engine } from './engines.ts'
import { ndcg, recall } from './quality.ts'

const [mode = '', name = '', folderOfCollection = '', folder = ''] = process.argv.slice(2)
const LARGE_STORE_CHUNKS = 50_000
const SMALL_STORE_CHUNKS = 25
const TERM_COUNTS = [3, 8, 20]
const SPEED_QUERIES = 100

const collection = await readCollection(folderOfCollection)
const open = ENGINES[name]
if (!open) throw new Error(`there is no engine ${name}`)
const idleBytes = process.memoryUsage().rss
const engine = await open(folder)
const documents =
  mode === 'quality'
    ? collection.documents
    : repeatDocuments(collection, mode === 'speed' ? LARGE_STORE_CHUNKS : SMALL_STORE_CHUNKS)
const startedAt = performance.now()
await engine.build(documents)
const buildMs = performance.now() - startedAt
const measured = mode === 'quality' ? await measureQuality(engine) : await measureSpeed(engine)
const memoryBytes = process.resourceUsage().maxRSS * 1024 - idleBytes
console.log(JSON.stringify({ ...measured, buildMs, memoryBytes }))
await engine.close()

async function measureQuality({ search }: Engine) {
  const values = { ndcg: 0, recall: 0 }
  const times: number[] = []
  for (const { text, relevant } of collection.queries) {
    const queriedAt = performance.now()
    const ranking = await search(text, 100)
    times.push(performance.now() - queriedAt)
    values.ndcg += ndcg(ranking, relevant) / collection.queries.length
    values.recall += recall(ranking, relevant) / collection.queries.length
  }
  return { ...values, queryMs: [percentile(times, 0.5)] }
}

async function measureSpeed({ search }: Engine) {
  const words = collection.queries.flatMap(({ text }) => text.match(/\p{L}{4,}/gu) ?? [])
  const queryMs: number[] = []
  for (const count of TERM_COUNTS) {
    const times: number[] = []
    for (let query = 0; query < SPEED_QUERIES; query++) {
      const terms = Array.from({ length: count }, (_, at) => words[(query * 31 + at * 7) % words.length])
      const queriedAt = performance.now()
      await search(terms.join(' '), 10)
      times.push(performance.now() - queriedAt)
    }
    queryMs.push(percentile(times, 0.5))
  }
  return { queryMs }
}

/** Returns as many documents, each of which after the first round consists of halves of two others. */
function repeatDocuments({ documents }: Collection, count: number) {
  return Array.from({ length: count }, (_, at) => {
    const { id, text } = documents[at % documents.length] ?? { id: '', text: '' }
    if (at < documents.length) return { id, text }
    const other = documents[(at * 7 + 13) % documents.length]?.text ?? ''
    return { id: `${id}-${at}`, text: text.slice(0, text.length / 2) + other.slice(other.length / 2) }
  })
}
