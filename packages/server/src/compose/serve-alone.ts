import type { Config } from '../config.ts'
import { createLogger } from '../logger.ts'
import { drainOnSignal, endOnSignal } from './drain-on-signal.ts'
import { limitYoungGeneration } from './limit-young-generation.ts'
import { logAddresses } from './listen.ts'
import { type StartOptions, startServer } from './start-server.ts'
import { welcomeFirstStart } from './welcome-first-start.ts'

/** Serves in this process alone, until a signal. Throws as `startServer` does. */
export async function serveAlone(config: Config, options: StartOptions): Promise<void> {
  const logger = await createLogger(config.logLevel)
  limitYoungGeneration()
  const started = endOnSignal()
  const server = await startServer(config, logger, options)
  started()
  drainOnSignal(server, logger)
  logAddresses(config, server, logger)
  await welcomeFirstStart(server, config).catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  logger.info({ url: server.url, data: config.dataDirectory }, 'listening')
}
