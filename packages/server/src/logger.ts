import { fstatSync, writeSync } from 'node:fs'
import { type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'
import { redactLine } from './domain/redact.ts'

/** Bytes that wait for a stalled reader of the output; lines beyond them are lost. */
const MAX_WAITING_BYTES = 1024 * 1024
/** Time that the last lines get at the end of the process. */
const FLUSH_MS = 1000
const STDOUT_FD = 1

/**
 * Returns a logger that writes one JSON object a line to standard output, or readable lines to a terminal. Secrets
 * are removed from each line as it is written, at every level and whoever logs: libraries get this logger too. A line
 * that cannot be written is lost: a reader that is gone or stalled, or a full disk, neither stops nor holds the server.
 */
export async function createLogger(level: LogLevel): Promise<Logger> {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorFacts, req: requestFacts, res: responseFacts },
    hooks: { streamWrite: redactLine },
  }
  if (!process.stdout.isTTY) return pino(options, { write: lineWriter() })
  const { prettyFactory } = await import('pino-pretty')
  const format = prettyFactory({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true })
  const write = lineWriter()
  return pino(options, { write: (line) => write(format(line)) })
}

/** Not a destination of pino: at the end of the process it retries a failing write for ever. */
function lineWriter(): (line: string) => void {
  const { stdout } = process
  stdout.on('error', () => {})
  if (!fstatSync(STDOUT_FD).isFile()) {
    return (line) => {
      if (stdout.writableLength < MAX_WAITING_BYTES) stdout.write(line)
    }
  }
  // A stream would end with its first error, and a full disk has room again later.
  return (line) => {
    try {
      writeSync(STDOUT_FD, line)
    } catch {
      // The line is lost.
    }
  }
}

/** Ends the process with `code` as soon as standard output is written, or after `FLUSH_MS` without it. */
export function exitAfterFlush(code: number): void {
  const exit = () => process.exit(code)
  setTimeout(exit, FLUSH_MS)
  process.stdout.write('', exit)
}

/** The stack and the plain facts of an error. What hangs on it, such as a request or a connection, stays out. */
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
