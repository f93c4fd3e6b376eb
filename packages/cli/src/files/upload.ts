import { type Upload, type Waybill, WaybillError, type WaybillFile } from '@waybill/sdk'
import mime from 'mime'
import { openClient } from './connection.ts'
import { createDisplay, type Display } from './display.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'
import { sentenceOf } from './sentence-of.ts'
import { type UploadItem, uploadItems } from './upload-items.ts'

export interface UploadCommandOptions {
  readonly name?: string
  readonly type?: string
  readonly recursive?: boolean
  readonly concurrency: number
  readonly restart?: boolean
  readonly json?: boolean
}

interface Outcome {
  readonly item: UploadItem
  readonly file: WaybillFile | null
  readonly error: unknown
}

const DEFAULT_TYPE = 'application/octet-stream'

/** Uploads all of it; one that fails does not keep the others back. Sets the exit code. */
export async function upload(paths: readonly string[], options: UploadCommandOptions): Promise<void> {
  const client = await openClient({ isPatient: true })
  const items = await uploadItems(paths, options.name, options.recursive ?? false)
  const display = createDisplay(options.json ?? false, items.length)
  const running = new Set<Upload>()
  const stopListening = onInterrupt(async () => {
    await Promise.all([...running].map((one) => one.pause()))
    display.end()
    if (process.stderr.isTTY && !options.json) for (const outcome of outcomes) tell(outcome)
    console.error(
      `Interrupted, with ${outcomes.length} of ${items.length} done. The same path again goes on.`,
    )
    process.exit(INTERRUPTED)
  })
  const outcomes: Outcome[] = []
  const left = items.values()
  const work = async () => {
    for (const item of left) {
      const outcome = await uploadOne(client, item, options, display, running)
      outcomes.push(outcome)
      if (!options.json && !process.stderr.isTTY) tell(outcome)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  stopListening()
  display.end()
  if (options.json) console.log(JSON.stringify(outcomes.map(toJson)))
  else if (process.stderr.isTTY) for (const outcome of outcomes) tell(outcome)
  if (outcomes.some(({ error }) => error !== null)) process.exitCode = 1
}

async function uploadOne(
  client: Waybill,
  item: UploadItem,
  options: UploadCommandOptions,
  display: Display,
  running: Set<Upload>,
): Promise<Outcome> {
  const { path, filename, sizeBytes } = item
  const line = display.file(filename, sizeBytes)
  const sending = client.files.upload(path ?? process.stdin, {
    filename,
    mimeType: options.type ?? mime.getType(filename) ?? DEFAULT_TYPE,
    resume: !options.restart,
    onProgress: line.update,
  })
  running.add(sending)
  try {
    return { item, file: await sending, error: null }
  } catch (error) {
    return { item, file: null, error }
  } finally {
    running.delete(sending)
    line.end()
  }
}

function tell({ item, file, error }: Outcome): void {
  const name = printable(item.path ?? item.filename)
  if (file === null) console.error(`${name}: ${sentenceOf(error)}`)
  else console.log(`${file.id}  ${name}`)
}

/** In the order in which they ended. */
function toJson({ item: { path }, file, error }: Outcome) {
  if (file !== null) return { path, file }
  const { code, traceId } = error instanceof WaybillError ? error : { code: 'FAILED', traceId: null }
  return { path, error: { code, message: sentenceOf(error), trace_id: traceId } }
}
