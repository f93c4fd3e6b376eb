import type { Logger } from 'pino'
import { type Config, readConfig } from './config.ts'
import { createLogger } from './logger.ts'
import { createOrganization } from './operations/create-organization.ts'
import { type Server, startServer } from './server.ts'
import { welcomeText } from './welcome.ts'

const DRAIN_MS = 30_000

/**
 * `waybill serve`: starts with the settings of the environment and serves until SIGTERM or SIGINT, then
 * drains. Throws ConfigError, and whatever keeps the storage, the database or the port from being opened.
 */
export async function serve(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(environment)
  const logger = createLogger(config.logLevel)
  const server = await startServer(config, logger)
  await welcomeFirstStart(server, config)
  logger.info({ url: server.url, data: config.dataDirectory }, 'listening')
  drainOnSignal(server, logger)
}

function drainOnSignal(server: Server, logger: Logger): void {
  const drain = async (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'draining')
    // A fault, or a client that never ends its request, must not keep the process.
    setTimeout(() => process.exit(1), DRAIN_MS).unref()
    await server.close()
    logger.info('stopped')
    logger.flush(() => process.exit(0))
  }
  process.once('SIGTERM', drain)
  process.once('SIGINT', drain)
}

/** An installation without any organization gets one, and its operator what a first upload needs. */
async function welcomeFirstStart({ url, context }: Server, config: Config): Promise<void> {
  if (await context.database.installation.hasOrganizations()) return
  const { organization, apiKey } = await createOrganization(context, { id: 'org_default', name: 'Default' })
  process.stdout.write(
    welcomeText({
      publicUrl: config.publicUrl ?? url,
      dataDirectory: config.dataDirectory,
      organizationId: organization.id,
      secret: apiKey.secret,
    }),
  )
}
