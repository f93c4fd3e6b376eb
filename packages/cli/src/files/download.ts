import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ChecksumError, crc32c, type Download, type Waybill, type WaybillFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { createDisplay, type Display, type FileLine } from './display.ts'
import { errorJson, errorText } from './error-text.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'

export interface DownloadCommandOptions {
  readonly output?: string
  readonly force?: boolean
  /** Files downloaded at the same time. */
  readonly concurrency: number
  /** Bytes per second of all files together; absent for no limit. */
  readonly limitRate?: number
  readonly json?: boolean
}

/** State of one run of the command. */
interface Run {
  readonly io: CommandIo
  readonly client: Waybill
  readonly options: DownloadCommandOptions
  readonly display: Display
  readonly signal: AbortSignal
  /** Paths that files of this run have. */
  readonly targets: Set<string>
}

type Outcome =
  | { readonly path: string; readonly file: WaybillFile }
  | { readonly id: string; readonly error: unknown }

/**
 * Downloads files, each into a `.part` file next to its target, which is renamed when it is complete and verified. An
 * interruption does not remove the parts, so that the same command can resume. Of several files, it continues with the
 * others when one fails, and then sets the exit code to 1.
 */
export async function download(
  io: CommandIo,
  fileIds: readonly string[],
  options: DownloadCommandOptions,
): Promise<void> {
  const ids = [...new Set(fileIds)]
  const { output, limitRate, json = false } = options
  const [only = ''] = ids
  if (ids.length > 1) await checkFolder(output)
  const client = await openClient(io, { retriesLong: true, maxBytesPerSecond: limitRate })
  if (output === '-') {
    const { body } = await client.files.download(only)
    for await (const piece of body) await writeToStdout(io, piece)
    return
  }
  const controller = new AbortController()
  const display = createDisplay(io, json, ids.length)
  const run = { io, client, options, display, signal: controller.signal, targets: new Set<string>() }
  let isInterrupted = false
  const stopListening = onInterrupt(async () => {
    isInterrupted = true
    controller.abort()
  })
  const outcomes = await downloadAll(run, ids)
  stopListening()
  display.end()
  if (isInterrupted && outcomes.some((outcome) => 'error' in outcome)) {
    io.printError('Interrupted. Run the same command again to resume.')
    process.exit(INTERRUPTED)
  }
  report(run, outcomes)
}

/** Refuses an output that cannot take several files. */
async function checkFolder(output: string | undefined): Promise<void> {
  if (output === undefined || output.endsWith('/')) return
  if (output !== '-' && (await stat(output).catch(() => null))?.isDirectory()) return
  throw new Error(
    'several files need a folder: use --output with an existing folder or a path that ends in /.',
  )
}

/** Downloads the files, several at the same time. Returns an outcome for each, in the same order. */
async function downloadAll(run: Run, ids: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const remaining = ids.entries()
  const work = async () => {
    for (const [index, id] of remaining) {
      outcomes[index] = await downloadOne(run, id).catch((error: unknown) => ({ id, error }))
    }
  }
  await Promise.all(Array.from({ length: run.options.concurrency }, work))
  return outcomes
}

async function downloadOne(run: Run, id: string): Promise<Outcome> {
  const { client, options, display, signal } = run
  signal.throwIfAborted()
  const file = await client.files.get(id, { signal })
  const target = await targetOf(file, options)
  if (run.targets.has(target)) throw new Error(`${target} is another file of this command.`)
  run.targets.add(target)
  const part = `${target}.${file.id}.part`
  try {
    const stored = await readPart(part)
    // A part larger than the file cannot be the beginning of it.
    const isTooLarge = stored.offset > file.file_size
    if (isTooLarge) await rm(part)
    const start = isTooLarge ? { offset: 0, crc32c: 0 } : stored
    const content = await client.files.download(id, { signal, from: start })
    await writePart(part, content, start.offset, display.file(file.original_filename, file.file_size))
    await rename(part, target)
    return { path: target, file }
  } catch (error) {
    if (error instanceof ChecksumError) await rm(part, { force: true })
    throw error
  }
}

/** Prints the outcomes. Throws the error of a single file. */
function report({ io, options: { json } }: Run, outcomes: readonly Outcome[]): void {
  const [only] = outcomes
  if (outcomes.length === 1 && only && 'error' in only) throw only.error
  const failures = outcomes.filter((outcome) => 'error' in outcome)
  if (failures.length > 0) io.fail()
  if (json) {
    const all = outcomes.map((outcome) => toJson(io, outcome))
    io.print(JSON.stringify(outcomes.length === 1 ? all[0] : all))
  }
  for (const outcome of json ? [] : outcomes) {
    if ('error' in outcome) io.printError(`${outcome.id}: ${errorText(io, outcome.error)}`)
    else io.print(printable(outcome.path))
  }
}

function toJson(io: CommandIo, outcome: Outcome) {
  return 'error' in outcome ? { id: outcome.id, error: errorJson(io, outcome.error) } : outcome
}

function writeToStdout(io: CommandIo, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    io.stdout.write(piece, (error) => (error ? reject(error) : resolve()))
  })
}

/**
 * Returns the path to write to. The file's name comes from another user: only its last component is used, so that it
 * cannot lead out of the folder. Throws when the path exists and `force` is not set, when it is not a regular file, or
 * when its folder does not exist.
 */
async function targetOf(
  file: WaybillFile,
  { output, force }: Pick<DownloadCommandOptions, 'output' | 'force'>,
): Promise<string> {
  const name = printable(basename(file.original_filename.replaceAll('\\', '_')))
  if (output?.endsWith('/')) await makeFolder(output)
  const isFolder = output !== undefined && (await stat(output).catch(() => null))?.isDirectory()
  const target = output === undefined ? name : isFolder ? join(output, name) : output
  const folder = await stat(dirname(target)).catch(() => null)
  if (!folder?.isDirectory()) throw new Error(`there is no folder ${dirname(target)}: create it first.`)
  return overwritable(target, force ?? false)
}

/** Returns the path of the file to replace, which is that of its target for a symbolic link: the link stays. */
async function overwritable(target: string, isForced: boolean): Promise<string> {
  const entry = await lstat(target).catch(() => null)
  if (entry === null) return target
  const found = await stat(target).catch(() => null)
  // A rename would replace a device, and a link to nothing, by a file.
  if (!found?.isFile())
    throw new Error(
      `${target} is not a regular file: use --output for another path, or - for standard output.`,
    )
  if (!isForced)
    throw new Error(`${target} exists already: use --force to overwrite it, or --output for another path.`)
  return entry.isSymbolicLink() ? realpath(target) : target
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const isFile = error.code === 'ENOTDIR' || error.code === 'EEXIST'
    throw isFile ? new Error(`cannot create the folder ${path}: a file has this path or part of it.`) : error
  })
}

/** Returns the size of the part of an earlier attempt, and its CRC-32C. Both are 0 when there is none. */
async function readPart(part: string): Promise<{ offset: number; crc32c: number }> {
  const stored = { offset: 0, crc32c: 0 }
  if ((await stat(part).catch(() => null)) === null) return stored
  for await (const piece of createReadStream(part, { highWaterMark: 1024 * 1024 })) {
    stored.offset += piece.byteLength
    stored.crc32c = crc32c(piece, stored.crc32c)
  }
  return stored
}

async function writePart(
  part: string,
  { file, body }: Download,
  offset: number,
  line: FileLine,
): Promise<void> {
  const handle = await open(part, offset === 0 ? 'w' : 'a')
  const startMs = performance.now()
  let bytes = offset
  try {
    for await (const piece of body) {
      await handle.writeFile(piece)
      bytes += piece.byteLength
      const bytesPerSecond = ((bytes - offset) / (performance.now() - startMs)) * 1000
      const secondsLeft = (file.file_size - bytes) / bytesPerSecond
      line.update({
        state: 'downloading',
        sentBytes: bytes,
        totalBytes: file.file_size,
        bytesPerSecond,
        secondsLeft,
      })
    }
    await handle.sync()
  } finally {
    await handle.close()
    line.end()
  }
}
