import { stat } from 'node:fs/promises'
import { FileChangedError, type Waybill, type WaybillFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { findSame } from './compare-files.ts'
import { createClient, readService } from './connection.ts'
import { createDisplay } from './display.ts'
import { errorJson, errorText, KEEPS_NAMES } from './error-text.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'
import { mimeTypeOf, sendFile, stopUploads, type Uploads } from './send-file.ts'
import { itemsIn, type UploadItem } from './upload-items.ts'

export interface SyncCommandOptions {
  /** Folder in the service; absent for the root. */
  readonly path?: string
  /** True: move Files that the folder does not have to the trash. */
  readonly delete?: boolean
  /** True: change nothing, and print what would be done. */
  readonly dryRun?: boolean
  readonly concurrency: number
  /** Bytes per second of all files together; absent for no limit. */
  readonly limitRate?: number
  readonly json?: boolean
}

type Action = 'upload' | 'replace' | 'delete'

/** A change of the service, or the failure of one. */
interface Step {
  readonly action: Action
  /** Path relative to the synchronized folder. */
  readonly path: string
  /** The uploaded or deleted File; null in a dry run of an upload, and after a failure. */
  readonly fileId: string | null
  readonly error: unknown
}

/** State of one run of the command. */
interface Run extends Uploads {
  readonly options: SyncCommandOptions
  /** Folder in the service, without slashes at its ends. */
  readonly root: string
  /** Files in the service by their path relative to `root`, the newest first. */
  readonly remote: ReadonlyMap<string, readonly WaybillFile[]>
  readonly steps: Step[]
  /** Ids of the Files that are up to date or replaced. */
  readonly settled: Set<string>
  unchanged: number
  /** True after an interruption: no further step starts. */
  isStopping: boolean
}

/**
 * Makes a folder of the service equal to a folder on disk. A file is the same when it has the same path, size and
 * checksum. A changed file is uploaded, and then replaces the earlier one, which goes to the trash. Continues with the
 * others when a file fails, deletes none that the folder does not have then, and sets the exit code to 1.
 */
export async function sync(io: CommandIo, folder: string, options: SyncCommandOptions): Promise<void> {
  const { path, json = false, limitRate } = options
  if (options.delete && path === undefined)
    throw new Error('--delete needs --path, the folder to delete from: / is the root, with all files.')
  const items = await localItems(folder)
  const client = await createClient(io, await readService(io), {
    retriesLong: true,
    maxBytesPerSecond: limitRate,
  })
  const root = (path ?? '').replace(/^\/+|\/+$/g, '')
  const run: Run = {
    io,
    client,
    options,
    root,
    remote: await remoteFiles(client, root),
    display: createDisplay(io, json, items.length),
    stops: new Set(),
    steps: [],
    settled: new Set(),
    unchanged: 0,
    isStopping: false,
  }
  const stopListening = onInterrupt(async () => {
    run.isStopping = true
    await stopUploads(run)
    report(run)
    io.printError('Interrupted. Run the same command again to continue.')
    process.exit(INTERRUPTED)
  })
  await each(run, items, (item) => syncItem(run, item))
  if (options.delete) await deleteOthers(run)
  stopListening()
  report(run)
}

async function localItems(folder: string): Promise<UploadItem[]> {
  if (!(await stat(folder).catch(() => null))?.isDirectory()) throw new Error(`there is no folder ${folder}.`)
  return itemsIn(folder, '')
}

async function remoteFiles(client: Waybill, root: string): Promise<Map<string, WaybillFile[]>> {
  const files = new Map<string, WaybillFile[]>()
  for await (const file of client.files.list({ path: root, limit: 100 })) {
    const path = [file.path, file.original_filename].filter(Boolean).join('/')
    const relative = root === '' ? path : path.slice(root.length + 1)
    const others = files.get(relative)
    if (others === undefined) files.set(relative, [file])
    else others.push(file)
  }
  return files
}

/** Calls `work` for each entry, several at the same time, until an interruption. */
async function each<T>(run: Run, entries: readonly T[], work: (entry: T) => Promise<void>): Promise<void> {
  const remaining = entries.values()
  const workInTurn = async () => {
    for (const entry of remaining) {
      await work(entry)
      // The interrupt handler ends the process when all uploads have stopped.
      if (run.isStopping) return new Promise<void>(() => {})
    }
  }
  await Promise.all(Array.from({ length: run.options.concurrency }, workInTurn))
}

const pathOf = ({ folder, filename }: UploadItem) => [folder, filename].filter(Boolean).join('/')

async function syncItem(run: Run, item: UploadItem): Promise<void> {
  const path = pathOf(item)
  const earlier = run.remote.get(path) ?? []
  const action = earlier.length === 0 ? 'upload' : 'replace'
  try {
    if (item.problem !== null) throw item.problem
    const same = await findSame(item.path ?? '', item.sizeBytes ?? 0, earlier)
    for (const { id } of same === null ? earlier : [same]) run.settled.add(id)
    if (same !== null) run.unchanged++
    else if (run.options.dryRun) record(run, { action, path, fileId: null, error: null })
    else if (!run.isStopping) await uploadItem(run, item, earlier)
  } catch (error) {
    record(run, { action, path, fileId: null, error })
  }
}

/** Uploads a file, and then moves those that it replaces to the trash. */
async function uploadItem(run: Run, item: UploadItem, earlier: readonly WaybillFile[]): Promise<void> {
  const options = {
    path: [run.root, item.folder].filter(Boolean).join('/'),
    mimeType: mimeTypeOf(item.filename),
  }
  const sent: WaybillFile[] = []
  const send = (resume: boolean) => sendFile(run, item, { ...options, resume }, (file) => sent.push(file))
  await send(true).catch((error: unknown) => {
    // A file that has changed since its interrupted upload could otherwise never be sent: there is no --restart.
    if (!(error instanceof FileChangedError)) throw error
    return send(false)
  })
  for (const { id } of earlier) await run.client.files.trash(id)
  const fileId = sent[0]?.id ?? null
  const action = earlier.length === 0 ? 'upload' : 'replace'
  record(run, { action, path: pathOf(item), fileId, error: null })
}

/**
 * Moves the Files that are neither up to date nor replaced to the trash, unless a file has failed. Among them are the
 * earlier Files of a path whose replacement was interrupted before their deletion.
 */
async function deleteOthers(run: Run): Promise<void> {
  const others = [...run.remote].flatMap(([path, files]) =>
    files.filter(({ id }) => !run.settled.has(id)).map(({ id }) => ({ path, id })),
  )
  if (others.length > 0 && run.steps.some(({ error }) => error !== null)) {
    return run.io.printError('Nothing that the folder does not have was deleted, because a file failed.')
  }
  await each(run, others, async ({ path, id }) => {
    try {
      if (!run.options.dryRun) await run.client.files.trash(id)
      record(run, { action: 'delete', path, fileId: id, error: null })
    } catch (error) {
      record(run, { action: 'delete', path, fileId: null, error })
    }
  })
}

/** Adds a step, and prints it at once unless lines of progress would be in between. */
function record(run: Run, step: Step): void {
  run.steps.push(step)
  if (step.error !== null) run.io.fail()
  if (!run.options.json && !run.io.stderr.isTTY) printStep(run, step)
}

const DONE: Readonly<Record<Action, string>> = {
  upload: 'uploaded',
  replace: 'replaced',
  delete: 'deleted',
}

function printStep({ io, options: { dryRun } }: Run, { action, path, error }: Step): void {
  if (error !== null) io.printError(`${printable(path)}: ${errorText(io, error, KEEPS_NAMES)}`)
  else io.print(`${dryRun ? `would ${action}` : DONE[action]}  ${printable(path)}`)
}

function report(run: Run): void {
  const { io, display, options, steps, unchanged } = run
  display.end()
  if (options.json) {
    const json = steps.map(({ action, path, fileId, error }) => ({
      action,
      path,
      ...(error === null ? { file_id: fileId } : { error: errorJson(io, error, KEEPS_NAMES) }),
    }))
    io.print(JSON.stringify({ is_dry_run: options.dryRun ?? false, steps: json, unchanged }))
    return
  }
  if (io.stderr.isTTY) for (const step of steps) printStep(run, step)
  const counts = Object.entries(DONE).map(([action, done]) => {
    const count = steps.filter((step) => step.action === action && step.error === null).length
    return `${count} ${options.dryRun ? `to ${action}` : done}`
  })
  const failures = steps.filter(({ error }) => error !== null).length
  io.print([...counts, `${unchanged} unchanged`, ...(failures > 0 ? [`${failures} failed`] : [])].join(', '))
}
