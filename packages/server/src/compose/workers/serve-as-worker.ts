import type { Config } from '../../config.ts'
import { createLogger, exitAfterFlush } from '../../logger.ts'
import { drain } from '../drain-on-signal.ts'
import { limitYoungGeneration } from '../limit-young-generation.ts'
import { type Server, type StartOptions, startServer } from '../start-server.ts'
import { welcomeFirstStart } from '../welcome-first-start.ts'
import { divideConfig } from './divide-config.ts'
import { createCountExchange } from './share-counts.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/**
 * Serves as one of the workers of a service, until SIGTERM or the end of the supervisor. Reports a failed start to the
 * supervisor, and ends.
 */
export async function serveAsWorker(config: Config, options: StartOptions): Promise<void> {
  const logger = (await createLogger(config.logLevel)).child({ pid: process.pid })
  limitYoungGeneration()
  // The port comes from the supervisor: until then, only the channel to it keeps this process alive.
  process.channel?.ref()
  // Signals to the process group are for the supervisor, which ends the workers with SIGTERM.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  const sharedCounts = createCountExchange((counts) => send({ kind: 'counts', counts }))
  const links = { sharedCounts, wakeQueue: () => send({ kind: 'wakeQueue' }) }
  try {
    const server = await startServer(divideConfig(config), logger, { ...options, links })
    drainOnTerm(server)
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'counts') sharedCounts.receive(message.counts)
      else
        act(server, message).catch((err: unknown) => logger.error({ err }, 'the jobs could not be started'))
    })
    await welcomeFirstStart(server, config)
    const { url, address, s3Url } = server
    send({ kind: 'ready', addresses: { url, address, s3Url } })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    send({ kind: 'failed', message }, () => exitAfterFlush(1))
  }
}

async function act(server: Server, message: Exclude<ToWorker, { kind: 'counts' }>): Promise<void> {
  if (message.kind === 'startJobs') return server.startJobs()
  if (message.kind === 'wakeQueue') return server.wakeQueue()
  const report = await server.report?.().catch(() => null)
  send({ kind: 'report', id: message.id, report: report ?? null })
}

/** Sends to the supervisor. A message that cannot be sent is lost: this process is about to end. */
function send(message: FromWorker, onSent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, {}, onSent)
}

function drainOnTerm(server: Server): void {
  let isDraining = false
  process.on('SIGTERM', async () => {
    if (isDraining) return
    isDraining = true
    await drain(server)
    exitAfterFlush(0)
  })
}
