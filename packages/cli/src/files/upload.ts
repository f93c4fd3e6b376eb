import { NotFoundError, PermissionError, type Waybill, type WaybillFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { createClient, readService } from './connection.ts'
import { createDisplay } from './display.ts'
import { errorJson, errorText, type Given } from './error-text.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'
import { mimeTypeOf, sendFile, stopUploads, type Uploads } from './send-file.ts'
import { type UploadItem, uploadItems } from './upload-items.ts'
import { openUploadJournal, type UploadJournal } from './upload-journal.ts'

export interface UploadCommandOptions {
  readonly name?: string
  readonly type?: string
  /** Folder in the service for all files. */
  readonly path?: string
  readonly recursive?: boolean
  readonly concurrency: number
  /** Bytes per second of all files together; absent for no limit. */
  readonly limitRate?: number
  readonly restart?: boolean
  readonly instant?: boolean
  readonly parallel?: number
  readonly json?: boolean
}

/** State of one run of the command. */
interface Run extends Uploads {
  readonly journal: UploadJournal
  readonly options: UploadCommandOptions
  readonly given: Given
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
  /** True when the organization had stored the content, so that no bytes were sent. */
  readonly wasStored: boolean
  readonly error: unknown
}

/** Uploads all files. Continues with the others when one fails, and then sets the exit code to 1. */
export async function upload(
  io: CommandIo,
  paths: readonly string[],
  options: UploadCommandOptions,
): Promise<void> {
  const { json = false } = options
  const service = await readService(io)
  const items = await uploadItems(paths, options.name, options.recursive ?? false)
  const client = await createClient(io, service, { retriesLong: true, maxBytesPerSecond: options.limitRate })
  const { name = null, type = null, path = null } = options
  const command = [service.url, service.organization, name, type, ...(path === null ? [] : [path])]
  const journal = await openUploadJournal(io, command, paths)
  if (options.restart) await journal.clear()
  const display = createDisplay(io, json, items.length)
  const run: Run = {
    io,
    client,
    journal,
    options,
    given: { hasType: type !== null, canRename: items.length === 1 },
    display,
    stops: new Set(),
    outcomes: [],
    isStopping: false,
  }
  const stopListening = onInterrupt(async () => {
    run.isStopping = true
    await stopUploads(run)
    report(run)
    const doneCount = run.outcomes.filter(({ file }) => file !== null).length
    // Standard input cannot be read again.
    const advice = items.every(({ path }) => path === null) ? '' : ' Run the same command again to resume.'
    io.printError(`Interrupted: ${doneCount} of ${items.length} files uploaded.${advice}`)
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
  const mimeType = options.type ?? mimeTypeOf(item.filename)
  const record = (outcome: Outcome) => {
    outcomes.push(outcome)
    if (!options.json && !io.stderr.isTTY) printOutcome(run, outcome)
  }
  try {
    const earlier = await findUploaded(run.client, journal.finished(item, mimeType))
    if (earlier !== null)
      return record({ item, file: earlier, wasUploadedBefore: true, wasStored: false, error: null })
    if (run.isStopping) return
    const path = [options.path ?? '', item.folder].filter(Boolean).join('/')
    const { restart, instant = false, parallel } = options
    const sent = { path, mimeType, resume: !restart, instant, ...(parallel !== undefined && { parallel }) }
    await sendFile(run, item, sent, ({ alreadyStored, ...file }) => {
      journal.add(item, mimeType, file)
      record({ item, file, wasUploadedBefore: false, wasStored: alreadyStored, error: null })
    })
  } catch (error) {
    record({ item, file: null, wasUploadedBefore: false, wasStored: false, error })
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

/** Prints the outcomes that are not printed yet. */
function report(run: Run): void {
  const { io, display, options, outcomes } = run
  display.end()
  if (options.json) io.print(JSON.stringify(outcomes.map((outcome) => toJson(run, outcome))))
  else if (io.stderr.isTTY) for (const outcome of outcomes) printOutcome(run, outcome)
}

function printOutcome(
  { io, given }: Run,
  { item, file, wasUploadedBefore, wasStored, error }: Outcome,
): void {
  const name = printable(item.path ?? item.filename)
  if (file === null) io.printError(`${name}: ${errorText(io, error, given)}`)
  else {
    const remark = wasUploadedBefore ? '  (uploaded before)' : wasStored ? '  (already stored)' : ''
    io.print(`${file.id}  ${name}${remark}`)
  }
}

function toJson({ io, given }: Run, { item: { path }, file, wasUploadedBefore, wasStored, error }: Outcome) {
  if (file !== null) return { path, file, is_there_already: wasUploadedBefore, already_stored: wasStored }
  return { path, error: errorJson(io, error, given) }
}
