import { type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'
import { redactLine } from './domain/redact.ts'

/**
 * Returns a logger that writes one JSON object a line to standard output, or readable lines to a terminal. Secrets
 * are removed from each line as it is written, at every level and whoever logs: libraries get this logger too.
 */
export async function createLogger(level: LogLevel): Promise<Logger> {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorFacts, req: requestFacts, res: responseFacts },
    hooks: { streamWrite: redactLine },
  }
  if (!process.stdout.isTTY) return pino(options, pino.destination({ dest: 1, sync: false }))
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true }))
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
