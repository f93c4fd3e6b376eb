import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { FileKind } from '@waybill/extract/file-kind.ts'
import type { ExtractedText } from '@waybill/extract/located-text.ts'
import type { OcrRequest, ReadRequest } from '@waybill/extract/message.ts'
import { ExtractionFailure } from '../text-extractor.ts'
import { type Isolation, isolatedNode } from './isolation.ts'
import type { ExtractionLimits } from './limits.ts'
import { createTextCollector } from './read-message.ts'

const ENTRY = fileURLToPath(import.meta.resolve('@waybill/extract/main.ts'))
const PACKAGE = dirname(dirname(ENTRY))
/** Interval at which the use of memory is read. It bounds what a process can exceed its limit by. */
const POLL_MS = 20
/** Longest line that a reader writes; its batches are far smaller. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
const MAX_DIAGNOSTIC_BYTES = 4 * 1024

/**
 * Reads a file in a process of its own: with an empty environment, without rights to write files, to start programs or
 * to read files other than the reader and its libraries, and with limits of memory and time.
 * Throws `ExtractionFailure`, `OcrNeeded`, what `bytes` throws, or the reason of `signal`.
 */
export async function readInProcess(
  kind: FileKind,
  ocr: OcrRequest | null,
  { bytes, sizeBytes }: { readonly bytes: AsyncIterable<Uint8Array>; readonly sizeBytes: number },
  limits: ExtractionLimits,
  isolation: Isolation,
  signal: AbortSignal,
): Promise<ExtractedText> {
  const node = isolatedNode(PACKAGE, limits.maxMemoryBytes, isolation)
  const request: Omit<ReadRequest, 'bytes'> = { kind, maxTextBytes: limits.maxTextBytes, ocr }
  const [program = '', ...args] = [...node, ENTRY, String(sizeBytes), JSON.stringify(request)]
  const child = spawn(program, args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  const watch = watchLimits(child, limits)
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  const exited = exitOf(child)
  const diagnostic = readDiagnostic(child)
  try {
    signal.throwIfAborted()
    const [text] = await Promise.all([readText(child, limits), sendBytes(child, bytes, watch.startTimer)])
    if (text !== null) return text
    signal.throwIfAborted()
    throw watch.failure() ?? exitFailure(await exited, await diagnostic, limits)
  } finally {
    watch.stop()
    signal.removeEventListener('abort', stop)
    child.kill('SIGKILL')
    await exited
  }
}

/** Ends the process when it exceeds a limit. The timer starts with the last byte of the file. */
function watchLimits(child: ChildProcess, { maxMemoryBytes, maxReadMs }: ExtractionLimits) {
  let failure: ExtractionFailure | null = null
  let timer: NodeJS.Timeout | null = null
  const end = (message: string) => {
    failure ??= new ExtractionFailure('invalid_file', message)
    child.kill('SIGKILL')
  }
  const poll = setInterval(() => {
    const resident = child.pid === undefined ? null : residentBytes(child.pid)
    if (resident !== null && resident > maxMemoryBytes) end(outOfMemory(maxMemoryBytes))
  }, POLL_MS)
  return {
    startTimer() {
      timer ??= setTimeout(() => end(tooSlow(maxReadMs)), maxReadMs)
    },
    failure: () => failure,
    stop() {
      clearInterval(poll)
      if (timer !== null) clearTimeout(timer)
    },
  }
}

function tooSlow(maxMs: number): string {
  return `Reading the file takes more than ${maxMs / 1000} seconds. Split it or save it in a simpler form.`
}

function outOfMemory(maxMemoryBytes: number): string {
  const megabytes = Math.floor(maxMemoryBytes / 1024 / 1024)
  return `Reading the file needs more than ${megabytes} MB of memory. Split it or save it in a simpler form.`
}

/** Returns the resident memory of a process; null when the system does not tell, or the process has ended. */
function residentBytes(pid: number): number | null {
  try {
    // proc_pid_status(5): the resident set, in KiB.
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) * 1024
  } catch {
    return null
  }
}

/**
 * Writes the bytes to the process, which reads no more of them when it has ended. Throws what `bytes` throws.
 */
async function sendBytes(
  { stdin }: ChildProcess,
  bytes: AsyncIterable<Uint8Array>,
  startTimer: () => void,
): Promise<void> {
  let failure: { readonly error: unknown } | null = null
  async function* source() {
    try {
      yield* bytes
    } catch (error) {
      failure = { error }
      throw error
    }
  }
  try {
    await pipeline(source(), stdin as Writable)
  } catch {
    if (failure !== null) throw (failure as { error: unknown }).error
  }
  startTimer()
}

/** Returns the text; null when the process ended before its last message. */
async function readText(
  { stdout }: ChildProcess,
  { maxTextBytes }: ExtractionLimits,
): Promise<ExtractedText | null> {
  const collector = createTextCollector(maxTextBytes)
  let pending: Buffer[] = []
  let pendingBytes = 0
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)])
      pending = []
      pendingBytes = 0
      start = end + 1
      const text = collector.take(parseLine(line))
      if (text !== null) return text
    }
    if (start === chunk.length) continue
    pending.push(chunk.subarray(start))
    pendingBytes += chunk.length - start
    if (pendingBytes > MAX_LINE_BYTES)
      throw new ExtractionFailure('server_error', 'The reader of the file sent an invalid message.')
  }
  return null
}

function parseLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return null
  }
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error: Error | null
}

function exitOf(child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>()
  child.once('error', (error) => {
    if (child.pid === undefined) resolve({ code: null, signal: null, error })
  })
  child.once('exit', (code, signal) => resolve({ code, signal, error: null }))
  return promise
}

async function readDiagnostic({ stderr }: ChildProcess): Promise<string> {
  let text = ''
  try {
    for await (const chunk of stderr as AsyncIterable<Buffer>)
      if (text.length < MAX_DIAGNOSTIC_BYTES) text += chunk.toString('utf8')
  } catch {
    // What was read so far is enough.
  }
  return text.slice(0, MAX_DIAGNOSTIC_BYTES)
}

/** Returns the failure of a process that ended by itself, without a last message. */
function exitFailure(
  exit: Exit,
  diagnostic: string,
  { maxCpuMs, maxMemoryBytes }: ExtractionLimits,
): ExtractionFailure {
  // setrlimit(2): the signal of a process that exceeds its CPU time.
  if (exit.signal === 'SIGXCPU') return new ExtractionFailure('invalid_file', tooSlow(maxCpuMs))
  // V8 aborts when the heap is full.
  if (exit.signal === 'SIGABRT' || exit.code === 134 || diagnostic.includes('heap out of memory'))
    return new ExtractionFailure('invalid_file', outOfMemory(maxMemoryBytes))
  const cause =
    exit.error ?? new Error(`exit code ${exit.code}, signal ${exit.signal}\n${withoutMessages(diagnostic)}`)
  return new ExtractionFailure('server_error', 'The reader of the file ended unexpectedly.', { cause })
}

/** Lines of Node and V8 that contain no value of a program. */
const SAFE_LINE = /^(?: {2,}at .+|FATAL ERROR: [\w :,.()-]+|Node\.js v[\d.]+)$/

/**
 * Returns the names of errors, the lines of their stacks and fatal errors of V8. The log gets this text, and messages may
 * quote the document.
 */
export function withoutMessages(diagnostic: string): string {
  return diagnostic
    .split('\n')
    .map((line) => (SAFE_LINE.test(line) ? line : (/^\w*Error\b/.exec(line)?.[0] ?? '')))
    .filter((line) => line !== '')
    .join('\n')
}
