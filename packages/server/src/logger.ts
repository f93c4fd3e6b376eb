import { type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'

/** One JSON object a line on standard output, or lines for the eye on a terminal. */
export async function createLogger(level: LogLevel): Promise<Logger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (!process.stdout.isTTY) return pino(options, pino.destination({ dest: 1, sync: false }))
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true }))
}
