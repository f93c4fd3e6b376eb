import { setTimeout } from 'node:timers/promises'
import { createSeededRandom } from '../packages/server/test/seeded-random.ts'
import { ORGANIZATION, type Waybill } from './waybill.ts'

/** Words of a chunk: more than half of its largest size, so that no two paragraphs share one. */
const WORDS = 70
const CHUNKING = { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } }
const CHUNKS_PER_FILE = 500
const SYLLABLES = ['ba', 'den', 'fo', 'gul', 'ka', 'lin', 'mor', 'ne', 'pas', 'rel', 'so', 'tam', 'vi', 'wen']
const POLL_MS = 200
const MAX_WAIT_MS = 600_000

/** Creates a vector store of at least `chunks` chunks over the API, and returns its id when all are indexed. */
export async function seedStore(waybill: Waybill, chunks: number): Promise<string> {
  const words = createWords()
  const fileIds: string[] = []
  for (let start = 0; start < chunks; start += CHUNKS_PER_FILE) {
    const count = Math.min(CHUNKS_PER_FILE, chunks - start)
    const text = Array.from({ length: count }, () => `${words(WORDS)}.`).join('\n\n')
    const form = new FormData()
    form.append('purpose', 'assistants')
    form.append('file', new File([text], `${start}.txt`, { type: 'text/plain' }))
    fileIds.push((await post<{ id: string }>(waybill, '/files', form)).id)
  }
  const body = { name: 'Bench', file_ids: fileIds, chunking_strategy: CHUNKING }
  const { id } = await post<{ id: string }>(waybill, '/vector_stores', body)
  await untilIndexed(waybill, id)
  const found = await countChunks(waybill, id)
  if (found < chunks) throw new Error(`the store has ${found} of ${chunks} chunks`)
  return id
}

/** Returns a function that returns texts of this number of words; some words are frequent, most are rare. */
export function createWords(seed = 1): (count: number) => string {
  const random = createSeededRandom(seed)
  const word = () => {
    const length = random.chance(0.5) ? 1 : random.integer(2, 4)
    return Array.from({ length }, () => random.pick(SYLLABLES)).join('')
  }
  return (count) => Array.from({ length: count }, word).join(' ')
}

async function untilIndexed(waybill: Waybill, storeId: string): Promise<void> {
  for (const giveUpAt = performance.now() + MAX_WAIT_MS; ; ) {
    const answer = await fetch(`${waybill.url}/v1/vector_stores/${storeId}`, { headers: headersOf(waybill) })
    const { file_counts: counts } = (await answer.json()) as {
      file_counts: { in_progress: number; failed: number }
    }
    if (counts.failed > 0) throw new Error(`${counts.failed} files failed`)
    if (counts.in_progress === 0) return
    if (performance.now() > giveUpAt) throw new Error(`${counts.in_progress} files are not indexed yet`)
    await setTimeout(POLL_MS)
  }
}

async function countChunks(waybill: Waybill, storeId: string): Promise<number> {
  const path = `/v1/organizations/${ORGANIZATION}/vector-stores/${storeId}/files?page_size=100`
  const answer = await fetch(`${waybill.url}${path}`, { headers: headersOf(waybill) })
  const { data } = (await answer.json()) as { data: { files: { chunk_count: number }[] } }
  return data.files.reduce((sum, { chunk_count }) => sum + chunk_count, 0)
}

async function post<T>(waybill: Waybill, path: string, body: object): Promise<T> {
  const isForm = body instanceof FormData
  const answer = await fetch(`${waybill.url}/v1${path}`, {
    method: 'POST',
    headers: { ...headersOf(waybill), ...(isForm ? {} : { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

function headersOf({ apiKey }: Waybill): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` }
}
