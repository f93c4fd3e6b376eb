import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { isTextSample } from '../../domain/files/content-type/sample-text.ts'
import { createGate } from '../../platform/create-gate.ts'
import { type ExtractableFile, ExtractionFailure, type TextExtractor } from '../text-extractor.ts'
import { chooseKind, needsProcess } from './choose-kind.ts'
import { DEFAULT_LIMITS, type ExtractionLimits } from './limits.ts'
import { type Isolation, readInProcess } from './reader-process.ts'
import { createReaderThreads } from './reader-threads.ts'

export interface TextExtractorOptions {
  readonly limits?: Partial<ExtractionLimits>
  /** Processes that run at the same time, each with its own memory limit. */
  readonly processes?: number
  /** Worker threads that read plain text at the same time. */
  readonly threads?: number
}

/** Text extractor and what it found about the system. */
export interface OpenTextExtractor extends TextExtractor {
  /** True when the processes that read files have no network. */
  readonly isNetworkDropped: boolean
}

/**
 * Returns an extractor that reads formats with libraries in a process per file, and plain text in worker threads. It
 * writes no file.
 */
export async function openTextExtractor(options: TextExtractorOptions = {}): Promise<OpenTextExtractor> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const isolation = await networkIsolation()
  const gate = createGate(options.processes ?? 2)
  const threads = createReaderThreads(options.threads ?? 1, limits)
  const closing = new AbortController()

  return {
    isNetworkDropped: isolation !== null,
    async extract(file, signal) {
      const either = AbortSignal.any([signal, closing.signal])
      const { head, bytes, stop } = await splitHead(file)
      try {
        const kind = chooseKind({ ...file, isText: isTextSample(head) })
        checkSize(file, needsProcess(kind) ? limits.maxInputBytes : limits.maxTextBytes)
        if (!needsProcess(kind)) return await threads.read(kind, await collect(bytes, file.sizeBytes), either)
        return await gate(() => readInProcess(kind, { ...file, bytes }, limits, isolation, either))
      } finally {
        await stop()
      }
    },
    async close() {
      closing.abort(new ExtractionFailure('server_error', 'The service is stopping.'))
      await threads.close()
    },
  }
}

/** Returns the beginning of a file, all bytes including it, and a function that stops reading them. */
async function splitHead({ bytes }: ExtractableFile) {
  const iterator = bytes[Symbol.asyncIterator]()
  const first = await iterator.next()
  async function* all(): AsyncGenerator<Uint8Array> {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value
  }
  const stop = async () => {
    await iterator.return?.()
  }
  return { head: first.done ? new Uint8Array() : first.value, bytes: all(), stop }
}

function checkSize({ sizeBytes }: ExtractableFile, maxBytes: number): void {
  if (sizeBytes <= maxBytes) return
  const megabytes = Math.floor(maxBytes / 1024 / 1024)
  throw new ExtractionFailure(
    'invalid_file',
    `The file is over the limit of ${megabytes} MiB for files of its type. Split it and upload the pieces.`,
  )
}

async function collect(
  bytes: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(sizeBytes)
  let filled = 0
  for await (const chunk of bytes) {
    if (filled + chunk.length > sizeBytes) throw sizeMismatch()
    all.set(chunk, filled)
    filled += chunk.length
  }
  if (filled !== sizeBytes) throw sizeMismatch()
  return all
}

function sizeMismatch(): ExtractionFailure {
  return new ExtractionFailure('server_error', 'The stored bytes differ from the recorded size of the file.')
}

/** Command of util-linux that starts a program in a new network namespace, which has no interface. */
const UNSHARE = ['unshare', '--user', '--net', '--']

/** Returns the command that drops the network; null when the system does not permit it to this user. */
async function networkIsolation(): Promise<Isolation> {
  if (process.platform !== 'linux') return null
  const [program = '', ...args] = UNSHARE
  try {
    await promisify(execFile)(program, [...args, 'true'], { env: {}, timeout: 5_000 })
    return UNSHARE
  } catch {
    return null
  }
}
