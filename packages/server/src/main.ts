import type { StartOptions } from './compose/start-server.ts'
import { readConfig } from './config.ts'

/**
 * Runs `waybill serve`: starts with the settings of the environment and serves until SIGTERM, SIGINT or SIGHUP, then
 * drains. Throws ConfigError for an invalid setting, and an Error when the database looks lost or when the storage, the
 * database or the port cannot be opened.
 */
export async function serve(environment: NodeJS.ProcessEnv, options: StartOptions = {}): Promise<void> {
  const config = readConfig(environment)
  // A process that supervises workers loads nothing of the service, and one that serves alone nothing of workers.
  if (config.workers === 1) {
    const { serveAlone } = await import('./compose/serve-alone.ts')
    return serveAlone(config, options)
  }
  const { default: cluster } = await import('node:cluster')
  if (cluster.isPrimary) {
    const { superviseWorkers } = await import('./compose/workers/supervise-workers.ts')
    return superviseWorkers(config)
  }
  const { serveAsWorker } = await import('./compose/workers/serve-as-worker.ts')
  return serveAsWorker(config, options)
}
