import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ChecksumError, crc32c, type Download, type WaybillFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { createDisplay, type FileLine } from './display.ts'
import { INTERRUPTED, onInterrupt } from './on-interrupt.ts'
import { printable } from './printable.ts'

export interface DownloadCommandOptions {
  readonly output?: string
  readonly force?: boolean
  readonly json?: boolean
}

/**
 * Downloads into a `.part` file next to the target, and renames it when it is complete and verified. An interruption
 * does not remove the part, so that the same command can resume.
 */
export async function download(
  io: CommandIo,
  fileId: string,
  options: DownloadCommandOptions,
): Promise<void> {
  const client = await openClient(io, { retriesLong: true })
  const controller = new AbortController()
  const { signal } = controller
  if (options.output === '-') {
    const { body } = await client.files.download(fileId)
    for await (const piece of body) await writeToStdout(io, piece)
    return
  }
  const file = await client.files.get(fileId)
  const target = await targetOf(file, options)
  const part = `${target}.${file.id}.part`
  const display = createDisplay(io, options.json ?? false, 1)
  let isInterrupted = false
  const stopListening = onInterrupt(async () => {
    isInterrupted = true
    controller.abort()
  })
  try {
    const stored = await readPart(part)
    // A part larger than the file cannot be the beginning of it.
    const isTooLarge = stored.offset > file.file_size
    if (isTooLarge) await rm(part)
    const start = isTooLarge ? { offset: 0, crc32c: 0 } : stored
    const content = await client.files.download(fileId, { signal, from: start })
    await writePart(part, content, start.offset, display.file(file.original_filename, file.file_size))
    await rename(part, target)
  } catch (error) {
    if (error instanceof ChecksumError) await rm(part, { force: true })
    if (!isInterrupted) throw error
    display.end()
    io.printError('Interrupted. Run the same command again to resume.')
    process.exit(INTERRUPTED)
  } finally {
    stopListening()
    display.end()
  }
  io.print(options.json ? JSON.stringify({ path: target, file }) : printable(target))
}

function writeToStdout(io: CommandIo, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    io.stdout.write(piece, (error) => (error ? reject(error) : resolve()))
  })
}

/**
 * Returns the path to write to. The file's name comes from another user: only its last component is used, so that it
 * cannot lead out of the folder. Throws when the path exists and `force` is not set, or when its folder does not exist.
 */
async function targetOf(file: WaybillFile, { output, force }: DownloadCommandOptions): Promise<string> {
  const name = printable(basename(file.original_filename.replaceAll('\\', '_')))
  if (output?.endsWith('/')) await makeFolder(output)
  const isFolder = output !== undefined && (await stat(output).catch(() => null))?.isDirectory()
  const target = output === undefined ? name : isFolder ? join(output, name) : output
  const folder = await stat(dirname(target)).catch(() => null)
  if (!folder?.isDirectory()) throw new Error(`there is no folder ${dirname(target)}: create it first.`)
  const exists = (await stat(target).catch(() => null)) !== null
  if (exists && !force)
    throw new Error(`${target} exists already: use --force to overwrite it, or --output for another path.`)
  return target
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
