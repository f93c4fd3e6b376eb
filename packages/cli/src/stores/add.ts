import { type ProcessingStatus, type VectorStoreFile, type Waybill, WaybillError } from '@waybill/sdk'
import mime from 'mime'
import type { CommandIo } from '../command-io.ts'
import { createClient, readService } from '../files/connection.ts'
import { createDisplay, type Display, type FileLine } from '../files/display.ts'
import { errorText, KEEPS_NAMES } from '../files/error-text.ts'
import { printable } from '../files/printable.ts'
import { type UploadItem, uploadItems } from '../files/upload-items.ts'

export interface AddOptions {
  readonly recursive?: boolean
  readonly concurrency: number
  readonly json?: boolean
}

/** File to add: one of the service, or one of this machine. */
type Item = { readonly fileId: string } | { readonly upload: UploadItem }

interface Run {
  readonly io: CommandIo
  readonly client: Waybill
  readonly storeId: string
  readonly display: Display
}

interface Outcome {
  readonly name: string
  readonly file: VectorStoreFile | null
  /** Error of a request; null when the indexing ended, with any result. */
  readonly error: unknown
}

const FILE_ID = /^file[_-][A-Za-z0-9]{1,64}$/
const DEFAULT_TYPE = 'application/octet-stream'

/**
 * Uploads the local files, adds all files to the store and waits until each is completed or failed. Continues with the
 * others when one fails, and then sets the exit code to 1.
 */
export async function add(
  io: CommandIo,
  storeId: string,
  files: readonly string[],
  { recursive = false, concurrency, json = false }: AddOptions,
): Promise<void> {
  const service = await readService(io)
  const items = await itemsOf(files, recursive)
  const client = await createClient(io, service, { retriesLong: true })
  // An unknown store fails before any upload.
  await client.vectorStores.get(storeId)
  const run: Run = { io, client, storeId, display: createDisplay(io, json, items.length) }
  const outcomes: Outcome[] = []
  const remaining = items.values()
  const work = async () => {
    for (const item of remaining) outcomes.push(await addOne(run, item))
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  run.display.end()
  if (outcomes.some(({ file }) => file?.processing_status !== 'completed')) io.fail()
  if (json) io.print(JSON.stringify(outcomes.map((outcome) => toJson(io, outcome))))
  else for (const outcome of outcomes) printOutcome(io, outcome)
}

async function itemsOf(files: readonly string[], recursive: boolean): Promise<Item[]> {
  const items: Item[] = []
  for (const file of files) {
    if (FILE_ID.test(file)) items.push({ fileId: file })
    else for (const upload of await uploadItems([file], undefined, recursive)) items.push({ upload })
  }
  return items
}

async function addOne({ io, client, storeId, display }: Run, item: Item): Promise<Outcome> {
  const isUpload = 'upload' in item
  const name = isUpload ? (item.upload.path ?? item.upload.filename) : item.fileId
  const sizeBytes = isUpload ? item.upload.sizeBytes : null
  const line = display.file(name, sizeBytes)
  try {
    const fileId = isUpload ? await sendFile(io, client, item.upload, line) : item.fileId
    const onProgress = ({ current_step }: ProcessingStatus) =>
      line.update({ ...complete(sizeBytes ?? 1), state: current_step })
    const file = await client.vectorStores.files.addAndWait(storeId, fileId, { onProgress })
    return { name, file, error: null }
  } catch (error) {
    return { name, file: null, error }
  } finally {
    line.end()
  }
}

const complete = (bytes: number) => ({
  ...{ sentBytes: bytes, totalBytes: bytes },
  ...{ bytesPerSecond: null, secondsLeft: null },
})

/** Uploads a file and returns its id. */
async function sendFile(
  io: CommandIo,
  client: Waybill,
  { path, filename, folder, problem }: UploadItem,
  line: FileLine,
): Promise<string> {
  if (problem !== null) throw problem
  const mimeType = mime.getType(filename) ?? DEFAULT_TYPE
  const onProgress = line.update
  const { id } = await client.files.upload(path ?? io.stdin, { filename, path: folder, mimeType, onProgress })
  return id
}

function printOutcome(io: CommandIo, { name, file, error }: Outcome): void {
  if (file === null) io.printError(`${printable(name)}: ${errorText(io, error, KEEPS_NAMES)}`)
  else if (file.processing_status === 'completed')
    io.print(`${file.file_id}  ${file.chunk_count} chunks  ${printable(name)}`)
  else
    io.printError(`${printable(name)}: ${printable(file.error_message ?? 'not indexed')} [${file.file_id}]`)
}

function toJson(io: CommandIo, { name, file, error }: Outcome): object {
  if (file !== null) return { name, file }
  const { code, traceId } = error instanceof WaybillError ? error : { code: 'FAILED', traceId: null }
  return { name, error: { code, message: errorText(io, error, KEEPS_NAMES), trace_id: traceId } }
}
