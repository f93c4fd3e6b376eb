import type { FileKind } from '@waybill/extract/file-kind.ts'
import type { OcrOptions, OcrRequest } from '@waybill/extract/message.ts'
import { isTextSample } from '../../domain/files/content-type/sample-text.ts'
import { createGate, type Gate, type Urgency } from '../../platform/create-gate.ts'
import {
  type ExtractableFile,
  ExtractionFailure,
  OcrNeeded,
  type OcrReader,
  type TextExtractor,
} from '../text-extractor.ts'
import { chooseKind, needsProcess } from './choose-kind.ts'
import { findIsolation, type Isolation } from './isolation.ts'
import { DEFAULT_LIMITS, type ExtractionLimits, withOcr } from './limits.ts'
import { readInProcess } from './reader-process.ts'
import { createReaderThreads } from './reader-threads.ts'

/** Size of the beginning that tells text from other bytes. */
const HEAD_BYTES = 4096
/** Random bytes have twice this share of control characters. */
const MAX_CONTROL_SHARE = 0.05
const UTF32_LE_MARK = 'fffe0000'
const UTF32_BE_MARK = '0000feff'

export interface TextExtractorOptions {
  readonly limits?: Partial<ExtractionLimits>
  /** Processes that run at the same time, each with its own memory limit. */
  readonly processes?: number
  /** Worker threads that read plain text at the same time. */
  readonly threads?: number
  /** Text recognition in scanned PDF files, which then have more time; null when it is off. */
  readonly ocr?: OcrOptions | null
  /** Processes that recognize text at the same time, besides the others. */
  readonly ocrProcesses?: number | undefined
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
  const processes = await describeProcesses(limits, options)
  const threads = createReaderThreads(options.threads ?? 1, limits)
  const closing = new AbortController()

  const extract = async (file: ExtractableFile, ocrReader: OcrReader | null, signal: AbortSignal) => {
    const either = AbortSignal.any([signal, closing.signal])
    const bytes = openBytes(file, either)
    try {
      const kind = chooseKind({ ...file, isText: isTextLike(await bytes.readHead()) })
      checkSize(file, needsProcess(kind) ? limits.maxInputBytes : limits.maxTextBytes)
      const { sizeBytes } = file
      if (!needsProcess(kind)) return await threads.read(kind, () => collect(bytes.all(), sizeBytes), either)
      const { gate, ocr, limits: own, isolation } = processes[kindOfProcess(kind, ocrReader !== null)]
      return await inTurn(gate, ocrReader === 'request' ? 'patient' : 'urgent', either, () =>
        readInProcess(kind, ocr, { sizeBytes, bytes: bytes.all() }, own, isolation, either),
      )
    } finally {
      bytes.stop()
    }
  }

  return {
    isNetworkDropped: processes.others.isolation.isNetworkDropped,
    extract: (file, signal) => extract(file, null, signal),
    extractWithOcr: async (file, reader, signal) => {
      try {
        return await extract(file, reader, signal)
      } catch (error) {
        if (!(error instanceof OcrNeeded)) throw error
        throw new ExtractionFailure('server_error', 'The reader of the file sent an invalid message.')
      }
    },
    async close() {
      closing.abort(new ExtractionFailure('server_error', 'The service is stopping.'))
      await threads.close()
    },
  }
}

/** Settings of the processes of some files, which share a limit of processes. */
interface ProcessOptions {
  readonly gate: Gate
  readonly ocr: OcrRequest | null
  readonly limits: ExtractionLimits
  readonly isolation: Isolation
}

type KindOfProcess = 'others' | 'pdf' | 'scans'

function kindOfProcess(kind: FileKind, withOcr: boolean): KindOfProcess {
  if (kind !== 'pdf') return 'others'
  return withOcr ? 'scans' : 'pdf'
}

async function describeProcesses(
  limits: ExtractionLimits,
  { ocr = null, processes = 2, ocrProcesses = 1 }: TextExtractorOptions,
): Promise<Readonly<Record<KindOfProcess, ProcessOptions>>> {
  const isolation = await findIsolation(limits.maxCpuMs)
  const others = { gate: createGate(processes), ocr: null, limits, isolation }
  if (ocr === null) return { others, pdf: others, scans: others }
  const { languages, maxPages } = ocr
  const more = withOcr(limits, ocr)
  return {
    others,
    pdf: { ...others, ocr: { languages, maxPages, isDeferred: true } },
    scans: {
      gate: createGate(ocrProcesses),
      ocr: { languages, maxPages, isDeferred: false },
      limits: more,
      isolation: await findIsolation(more.maxCpuMs),
    },
  }
}

/** Does the work in its turn. Throws the reason of the signal without waiting for a turn that may be minutes away. */
async function inTurn<T>(
  gate: Gate,
  urgency: Urgency,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const turn = Promise.withResolvers<void>()
  const result = gate(async () => {
    turn.resolve()
    signal.throwIfAborted()
    return work()
  }, urgency)
  result.catch(() => {})
  await Promise.race([turn.promise, rejectionOf(signal)])
  return result
}

/** Bytes of a file, of which the beginning is read first. */
interface FileBytes {
  /** Returns at least `HEAD_BYTES` of the beginning, or all of a smaller file. */
  readHead(): Promise<Uint8Array>
  /** Yields all bytes; to be called after `readHead`. */
  all(): AsyncGenerator<Uint8Array>
  /** Stops reading, without waiting for a read that never ends. */
  stop(): void
}

/**
 * Opens the bytes of a file. They throw the reason of `signal`, and `server_error` when they are more or fewer than the
 * size of the file.
 */
function openBytes({ bytes, sizeBytes }: ExtractableFile, signal: AbortSignal): FileBytes {
  const iterator = bytes[Symbol.asyncIterator]()
  const aborted = rejectionOf(signal)
  const head: Uint8Array[] = []
  let readBytes = 0

  async function next(): Promise<Uint8Array | null> {
    const result = await Promise.race([iterator.next(), aborted])
    readBytes += result.done ? 0 : result.value.length
    if (result.done ? readBytes < sizeBytes : readBytes > sizeBytes) throw sizeMismatch()
    return result.done ? null : result.value
  }

  return {
    async readHead() {
      for (let chunk = await next(); chunk !== null; chunk = await next()) {
        head.push(chunk)
        if (readBytes >= HEAD_BYTES) break
      }
      return Buffer.concat(head)
    },
    async *all() {
      yield* head
      for (let chunk = await next(); chunk !== null; chunk = await next()) yield chunk
    },
    stop: () => void iterator.return?.().catch(() => {}),
  }
}

/** Returns a promise that rejects with the reason of the signal. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}

function sizeMismatch(): ExtractionFailure {
  return new ExtractionFailure('server_error', 'The stored bytes differ from the recorded size of the file.')
}

/** Tells if the beginning of a file is text, also with a few control characters. */
function isTextLike(head: Uint8Array): boolean {
  if (isTextSample(head)) return true
  const mark = Buffer.from(head.subarray(0, 4)).toString('hex')
  if (mark === UTF32_LE_MARK || mark === UTF32_BE_MARK) return true
  const controls = head.filter((byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d)).length
  return controls <= head.length * MAX_CONTROL_SHARE
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
    all.set(chunk, filled)
    filled += chunk.length
  }
  return all
}
