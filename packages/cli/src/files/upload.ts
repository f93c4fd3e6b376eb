import { setTimeout as delay } from 'node:timers/promises'
import { NotFoundError, PermissionError, type Waybill, WaybillError, type WaybillFile } from '@waybill/sdk'
import mime from 'mime'
import type { CommandIo } from '../command-io.ts'
import { createClient, readService } from './connection.ts'
import { createDisplay, type Display } from './display.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'
import { sentenceOf } from './sentence-of.ts'
import { type UploadItem, uploadItems } from './upload-items.ts'
import { openUploadJournal, type UploadJournal } from './upload-journal.ts'

export interface UploadCommandOptions {
  readonly name?: string
  readonly type?: string
  readonly recursive?: boolean
  readonly concurrency: number
  readonly restart?: boolean
  readonly json?: boolean
}

/** What all items of a command share. */
interface Run {
  readonly io: CommandIo
  readonly client: Waybill
  readonly journal: UploadJournal
  readonly options: UploadCommandOptions
  readonly display: Display
  /** What stops each upload that is under way; it resolves when nothing more will come of it. */
  readonly stops: Set<() => Promise<void>>
  /** In the order in which they ended. */
  readonly outcomes: Outcome[]
  /** Whether nothing more is to begin. */
  isStopping: boolean
}

interface Outcome {
  readonly item: UploadItem
  readonly file: WaybillFile | null
  /** Whether an earlier run of this command has sent it. */
  readonly isThereAlready: boolean
  readonly error: unknown
}

const DEFAULT_TYPE = 'application/octet-stream'
/** What cannot be stopped, such as a small file in its one request, may still end well within this. */
const GRACE_MS = 5000

/** Uploads all of it; one that fails does not keep the others back. Sets the exit code. */
export async function upload(
  io: CommandIo,
  paths: readonly string[],
  options: UploadCommandOptions,
): Promise<void> {
  const { json = false } = options
  const service = await readService(io)
  const items = await uploadItems(paths, options.name, options.recursive ?? false)
  const client = await createClient(io, service, true)
  const command = [service.url, service.organization, options.name ?? null, options.type ?? null]
  const journal = await openUploadJournal(io, command, paths)
  if (options.restart) await journal.clear()
  const display = createDisplay(io, json, items.length)
  const run: Run = {
    io,
    client,
    journal,
    options,
    display,
    stops: new Set(),
    outcomes: [],
    isStopping: false,
  }
  const stopListening = onInterrupt(async () => {
    run.isStopping = true
    await Promise.race([Promise.all([...run.stops].map((stop) => stop())), delay(GRACE_MS)])
    report(run)
    const doneCount = run.outcomes.filter(({ file }) => file !== null).length
    io.printError(`Interrupted, with ${doneCount} of ${items.length} done. The same command goes on.`)
    process.exit(INTERRUPTED)
  })
  const left = items.values()
  const work = async () => {
    for (const item of left) {
      await uploadOne(run, item)
      // Whoever stops it ends the process, when all others are at rest too.
      if (run.isStopping) return new Promise<void>(() => {})
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
  stopListening()
  report(run)
  const failures = run.outcomes.filter(({ file }) => file === null).length
  if (failures === 0) return journal.clear()
  io.fail()
  if (failures < items.length && !json)
    io.printError(`${failures} of ${items.length} failed. The same command sends only what is not there yet.`)
}

/** Its outcome is kept before anybody waits for anything else, so that no interruption comes between. */
async function uploadOne(run: Run, item: UploadItem): Promise<void> {
  const { io, journal, options, outcomes } = run
  const mimeType = options.type ?? mime.getType(item.filename) ?? DEFAULT_TYPE
  const keep = (outcome: Outcome) => {
    outcomes.push(outcome)
    if (!options.json && !io.stderr.isTTY) tell(io, outcome, options)
  }
  try {
    const earlier = await uploadedEarlier(run.client, journal.finished(item, mimeType))
    if (earlier !== null) return keep({ item, file: earlier, isThereAlready: true, error: null })
    if (run.isStopping) return
    await send(run, item, mimeType, (file) => {
      journal.add(item, mimeType, file)
      keep({ item, file, isThereAlready: false, error: null })
    })
  } catch (error) {
    keep({ item, file: null, isThereAlready: false, error })
  }
}

/** The file, if it is there still. */
async function uploadedEarlier(client: Waybill, file: WaybillFile | null): Promise<WaybillFile | null> {
  if (file === null) return null
  try {
    return await client.files.get(file.id)
  } catch (error) {
    if (error instanceof NotFoundError) return null
    // A key may be allowed to write and not to read.
    if (error instanceof PermissionError) return file
    throw error
  }
}

async function send(
  { io, client, options, display, stops }: Run,
  { path, filename, sizeBytes }: UploadItem,
  mimeType: string,
  onSent: (file: WaybillFile) => void,
): Promise<void> {
  const line = display.file(filename, sizeBytes)
  const controller = new AbortController()
  let state = ''
  const sending = client.files.upload(path ?? io.stdin, {
    filename,
    mimeType,
    resume: !options.restart,
    signal: controller.signal,
    onProgress: (progress) => {
      state = progress.state
      line.update(progress)
    },
  })
  const sent = sending.then(onSent)
  const stop = async () => {
    if (path === null) {
      const reason = new Error('it was interrupted, and the standard input cannot be read again.')
      controller.abort(reason)
      io.stdin.destroy(reason)
    } else await sending.pause()
    if (state !== 'paused') await sent.catch(() => {})
  }
  stops.add(stop)
  try {
    await sent
  } finally {
    stops.delete(stop)
    line.end()
  }
}

/** What has not been told yet. */
function report({ io, display, options, outcomes }: Run): void {
  display.end()
  if (options.json) io.print(JSON.stringify(outcomes.map((outcome) => toJson(io, outcome, options))))
  else if (io.stderr.isTTY) for (const outcome of outcomes) tell(io, outcome, options)
}

function tell(
  io: CommandIo,
  { item, file, isThereAlready, error }: Outcome,
  { type }: UploadCommandOptions,
): void {
  const name = printable(item.path ?? item.filename)
  if (file === null) io.printError(`${name}: ${sentenceOf(io, error, type !== undefined)}`)
  else io.print(`${file.id}  ${name}${isThereAlready ? '  (there already)' : ''}`)
}

function toJson(
  io: CommandIo,
  { item: { path }, file, isThereAlready, error }: Outcome,
  { type }: UploadCommandOptions,
) {
  if (file !== null) return { path, file, is_there_already: isThereAlready }
  const { code, traceId } = error instanceof WaybillError ? error : { code: 'FAILED', traceId: null }
  return { path, error: { code, message: sentenceOf(io, error, type !== undefined), trace_id: traceId } }
}
