import { fstatSync, writeSync } from 'node:fs'
import { type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'
import { formatIsoTime } from './platform/iso-time.ts'
import { redactLine } from './platform/redact.ts'

/** Buffer limit for a stalled reader of the output; lines beyond it are lost. */
const MAX_WAITING_BYTES = 1024 * 1024
/** Time to flush the last lines when the process exits. */
const FLUSH_MS = 1000
const STDOUT_FD = 1

/**
 * Returns a logger that writes one JSON object per line to standard output, or readable lines to a terminal. Secrets
 * are removed from every line, at every level, also from lines of libraries, which use this logger too. A line that
 * cannot be written is lost: a closed or stalled reader or a full disk neither stops nor blocks the server.
 */
export async function createLogger(level: LogLevel): Promise<Logger> {
  if (!process.stdout.isTTY) return createLineLogger(level, lineWriter())
  const { prettyFactory } = await import('pino-pretty')
  const format = prettyFactory({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true })
  const write = lineWriter()
  return createLineLogger(level, (line) => write(format(line)))
}

/** Returns the logger of `createLogger` with each line, a JSON object, passed to `write`. */
export function createLineLogger(level: LogLevel, write: (line: string) => void): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${formatIsoTime(Date.now())}"`,
    serializers: { err: errorFacts, req: requestFacts, res: responseFacts },
    hooks: { streamWrite: redactLine },
  }
  return pino(options, { write })
}

/**
 * Returns a function that writes a line. Lines of one turn of the event loop are written together, because a system call
 * costs more than formatting a line. pino's own destination is not used: at exit it retries a failing write forever.
 */
function lineWriter(): (line: string) => void {
  const { stdout } = process
  stdout.on('error', () => {})
  const write = fstatSync(STDOUT_FD).isFile() ? writeToFile : (lines: string) => stdout.write(lines)
  let waiting = ''
  const flush = () => {
    const lines = waiting
    waiting = ''
    if (lines !== '') write(lines)
  }
  process.once('exit', flush)
  return (line) => {
    if (stdout.writableLength + waiting.length >= MAX_WAITING_BYTES) return
    if (waiting === '') setImmediate(flush)
    waiting += line
  }
}

/** Writes to standard output without its stream, which ends at its first error: a full disk may have space later. */
function writeToFile(lines: string): void {
  try {
    writeSync(STDOUT_FD, lines)
  } catch {
    // The lines are lost.
  }
}

/** Exits with `code` when standard output is flushed, or after `FLUSH_MS`. */
export function exitAfterFlush(code: number): void {
  const exit = () => process.exit(code)
  setTimeout(exit, FLUSH_MS)
  // Lines that are waiting are written in the same phase of the event loop, before this.
  setImmediate(() => process.stdout.write('', exit))
}

/** Returns the stack and the primitive fields of an error, without attached objects such as a request. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const facts = Object.entries(pino.stdSerializers.err(error))
  return Object.fromEntries(facts.filter(([, value]) => typeof value !== 'object'))
}

function requestFacts({ method, url }: { method?: string; url?: string }): object {
  return { method, path: url?.split('?', 1)[0] }
}

function responseFacts({ statusCode }: { statusCode?: number }): object {
  return { status: statusCode }
}
