import { setTimeout as delay } from 'node:timers/promises'
import { NotFoundError, PermissionError, type Waybill, WaybillError, type WaybillFile } from '@waybill/sdk'
import mime from 'mime'
import type { CommandIo } from '../command-io.ts'
import { createClient, readService } from './connection.ts'
import { createDisplay, type Display } from './display.ts'
import { errorText } from './error-text.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'
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

/** State of one run of the command. */
interface Run {
  readonly io: CommandIo
  readonly client: Waybill
  readonly journal: UploadJournal
  readonly options: UploadCommandOptions
  readonly display: Display
  /** Functions that stop the running uploads. Each resolves when its upload has ended or paused. */
  readonly stops: Set<() => Promise<void>>
  /** Ended uploads, in the order in which they ended. */
  readonly outcomes: Outcome[]
  /** True after an interruption: no further upload starts. */
  isStopping: boolean
}

interface Outcome {
  readonly item: UploadItem
  readonly file: WaybillFile | null
  /** True when an earlier run of this command has uploaded it. */
  readonly wasUploadedBefore: boolean
  readonly error: unknown
}

const DEFAULT_TYPE = 'application/octet-stream'
/** Grace period after an interruption for uploads that cannot pause, such as a small file sent in one request. */
const GRACE_MS = 5000

/** Uploads all files. Continues with the others when one fails, and then sets the exit code to 1. */
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
    io.printError(
      `Interrupted: ${doneCount} of ${items.length} files uploaded. Run the same command again to resume.`,
    )
    process.exit(INTERRUPTED)
  })
  const remaining = items.values()
  const work = async () => {
    for (const item of remaining) {
      await uploadOne(run, item)
      // The interrupt handler ends the process when all uploads have stopped.
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
    io.printError(
      `${failures} of ${items.length} uploads failed. Run the same command again to upload only the missing files.`,
    )
}

/** Uploads one item. Records its outcome synchronously after the upload, so that an interruption cannot lose it. */
async function uploadOne(run: Run, item: UploadItem): Promise<void> {
  const { io, journal, options, outcomes } = run
  const mimeType = options.type ?? mime.getType(item.filename) ?? DEFAULT_TYPE
  const record = (outcome: Outcome) => {
    outcomes.push(outcome)
    if (!options.json && !io.stderr.isTTY) printOutcome(io, outcome, options)
  }
  try {
    const earlier = await findUploaded(run.client, journal.finished(item, mimeType))
    if (earlier !== null) return record({ item, file: earlier, wasUploadedBefore: true, error: null })
    if (run.isStopping) return
    await send(run, item, mimeType, (file) => {
      journal.add(item, mimeType, file)
      record({ item, file, wasUploadedBefore: false, error: null })
    })
  } catch (error) {
    record({ item, file: null, wasUploadedBefore: false, error })
  }
}

/** Returns the File of an earlier run if the service still has it, else null. */
async function findUploaded(client: Waybill, file: WaybillFile | null): Promise<WaybillFile | null> {
  if (file === null) return null
  try {
    return await client.files.get(file.id)
  } catch (error) {
    if (error instanceof NotFoundError) return null
    // The key may have the scope to write but not to read.
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
      const reason = new Error('interrupted: standard input cannot be read again.')
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

/** Prints the outcomes that are not printed yet. */
function report({ io, display, options, outcomes }: Run): void {
  display.end()
  if (options.json) io.print(JSON.stringify(outcomes.map((outcome) => toJson(io, outcome, options))))
  else if (io.stderr.isTTY) for (const outcome of outcomes) printOutcome(io, outcome, options)
}

function printOutcome(
  io: CommandIo,
  { item, file, wasUploadedBefore, error }: Outcome,
  { type }: UploadCommandOptions,
): void {
  const name = printable(item.path ?? item.filename)
  if (file === null) io.printError(`${name}: ${errorText(io, error, type !== undefined)}`)
  else io.print(`${file.id}  ${name}${wasUploadedBefore ? '  (uploaded before)' : ''}`)
}

function toJson(
  io: CommandIo,
  { item: { path }, file, wasUploadedBefore, error }: Outcome,
  { type }: UploadCommandOptions,
) {
  if (file !== null) return { path, file, is_there_already: wasUploadedBefore }
  const { code, traceId } = error instanceof WaybillError ? error : { code: 'FAILED', traceId: null }
  return { path, error: { code, message: errorText(io, error, type !== undefined), trace_id: traceId } }
}
