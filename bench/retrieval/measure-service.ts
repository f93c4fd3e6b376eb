// Measures a server that indexes the documents of a collection, one file each: prints one line of JSON.
//   node measure-service.ts COLLECTION FOLDER
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { percentile } from '../statistics.ts'
import { createUpload, startWaybill, type Waybill } from '../waybill.ts'
import { readCollection } from './collection.ts'

/** Median and 99th percentile in milliseconds. */
interface Times {
  readonly p50: number
  readonly p99: number
}

export interface MeasuredService {
  readonly files: number
  /** From the first batch to the last completed file. */
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakBytes: number
  /** Uploads and delay of the event loop without indexing. */
  readonly idle: Times
  readonly idleDelay: Times
  /** The same while the server indexes. */
  readonly loaded: Times
  readonly delay: Times
}

/** Files of one batch: the limit of the API. */
const BATCH_FILES = 500
const UPLOADS_AT_ONCE = 8
const POLL_MS = 200
const MAX_WAIT_MS = 900_000
/** Body of the uploads that run while the server indexes. */
const LOAD_BYTES = 1024 ** 2
const IDLE_MS = 10_000

// An exit ends the server too.
process.once('SIGTERM', () => process.exit(1))
const [folderOfCollection = '', folder = ''] = process.argv.slice(2)
const delays = join(folder, 'event-loop-delay')
const preload = fileURLToPath(new URL('../load/event-loop-delay.ts', import.meta.url))
const { documents: all } = await readCollection(folderOfCollection)
const documents = all.filter(({ text }) => text !== '')
const waybill = await startWaybill(folder, {
  EVENT_LOOP_DELAY_FILE: delays,
  NODE_OPTIONS: `--import=${preload}`,
})
const body = randomBytes(LOAD_BYTES)
const fileIds = await uploadAll(waybill)
await signalDelay()
const idle = await whileUploading(() => setTimeout(IDLE_MS))
const idleDelay = await signalDelay()
await waybill.process.forgetPeak()
const cpuBefore = await waybill.process.cpuSeconds()
const startedAt = performance.now()
const loaded = await whileUploading(indexAll)
const seconds = (performance.now() - startedAt) / 1000
const cpuSeconds = (await waybill.process.cpuSeconds()) - cpuBefore
const delay = await signalDelay()
const peakBytes = await waybill.process.peakBytes()
const files = fileIds.length
const measured: MeasuredService = { files, seconds, cpuSeconds, peakBytes, idle, idleDelay, loaded, delay }
console.log(JSON.stringify(measured))
await waybill.process.stop()

async function uploadAll(server: Waybill): Promise<string[]> {
  const ids: string[] = []
  const waiting = documents.entries()
  const uploadRest = async () => {
    for (const [at, { id, text }] of waiting) {
      const form = new FormData()
      form.append('purpose', 'assistants')
      form.append('file', new File([text], `${id}.txt`, { type: 'text/plain' }))
      const { id: fileId } = await request<{ id: string }>(server, 'POST', '/files', form)
      ids[at] = fileId
    }
  }
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, uploadRest))
  return ids
}

/** Uploads files one after the other during the work, and returns the times of the uploads. */
async function whileUploading(work: () => Promise<unknown>): Promise<Times> {
  const times: number[] = []
  let isRunning = true
  const uploads = (async () => {
    while (isRunning) {
      const { uploadUrl } = await createUpload(waybill, LOAD_BYTES)
      const sentAt = performance.now()
      const answer = await fetch(uploadUrl, { method: 'PUT', body })
      if (!answer.ok) throw new Error(`an upload answered ${answer.status}`)
      times.push(performance.now() - sentAt)
      await setTimeout(POLL_MS)
    }
  })()
  await work()
  isRunning = false
  await uploads
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

async function indexAll(): Promise<void> {
  const { id: store } = await request<{ id: string }>(waybill, 'POST', '/vector_stores', { name: 'bench' })
  for (let start = 0; start < fileIds.length; start += BATCH_FILES) {
    const file_ids = fileIds.slice(start, start + BATCH_FILES)
    await request(waybill, 'POST', `/vector_stores/${store}/file_batches`, { file_ids })
  }
  for (const giveUpAt = performance.now() + MAX_WAIT_MS; ; ) {
    const { file_counts: counts } = await request<{
      file_counts: { in_progress: number; completed: number; failed: number }
    }>(waybill, 'GET', `/vector_stores/${store}`)
    if (counts.failed > 0) throw new Error(`${counts.failed} files failed`)
    if (counts.in_progress === 0 && counts.completed > 0) return
    if (performance.now() > giveUpAt) throw new Error(`${counts.in_progress} files are not indexed yet`)
    await setTimeout(POLL_MS)
  }
}

/** Makes the server write the delay of its event loop since the last call. */
async function signalDelay(): Promise<Times> {
  const linesBefore = await readLines()
  process.kill(waybill.process.pid, 'SIGUSR2')
  for (;;) {
    const lines = await readLines()
    const last = lines.at(-1)
    if (lines.length > linesBefore.length && last !== undefined) return JSON.parse(last)
    await setTimeout(POLL_MS)
  }
}

async function readLines(): Promise<string[]> {
  const text = await readFile(delays, 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}

async function request<T>(server: Waybill, method: string, path: string, sent?: object): Promise<T> {
  const isForm = sent instanceof FormData
  const answer = await fetch(`${server.url}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      ...(isForm || sent === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(sent === undefined ? {} : { body: isForm ? sent : JSON.stringify(sent) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}
