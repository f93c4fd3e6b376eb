import type { Logger } from 'pino'
import { type Config, readConfig } from './config.ts'
import { describeConfig } from './describe-config.ts'
import { operatorEvent } from './domain/audit-event.ts'
import { ServiceError } from './domain/errors.ts'
import { createLogger } from './logger.ts'
import type { Context } from './operations/context.ts'
import {
  type CreatedOrganization,
  createOrganization,
  type NewOrganization,
} from './operations/create-organization.ts'
import { recordAudit } from './operations/record-audit.ts'
import { type Server, startServer } from './server.ts'
import { welcomeText } from './welcome.ts'

const DRAIN_MS = 30_000

/**
 * `waybill serve`: starts with the settings of the environment and serves until SIGTERM or SIGINT, then
 * drains. Throws ConfigError, and whatever keeps the storage, the database or the port from being opened.
 */
export async function serve(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(environment)
  const logger = await createLogger(config.logLevel)
  const server = await startServer(config, logger)
  drainOnSignal(server, logger)
  await welcomeFirstStart(server, config)
  logger.info({ url: server.url, data: config.dataDirectory }, 'listening')
}

/** A signal may come twice, to the process and to its group; the second one must not cut the drain short. */
function drainOnSignal(server: Server, logger: Logger): void {
  let isDraining = false
  const drain = async (signal: NodeJS.Signals) => {
    if (isDraining) return
    isDraining = true
    logger.info({ signal }, 'draining')
    // A fault, or a client that never ends its request, must not keep the process.
    setTimeout(() => process.exit(1), DRAIN_MS).unref()
    await server.close()
    logger.info('stopped')
    logger.flush(() => process.exit(0))
  }
  process.on('SIGTERM', drain)
  process.on('SIGINT', drain)
  process.on('SIGHUP', drain)
}

/** An installation without any organization gets one, and its operator what a first upload needs. */
async function welcomeFirstStart({ url, context }: Server, config: Config): Promise<void> {
  if (await context.database.installation.hasOrganizations()) return
  const created = await createUnlessTaken(context, { id: 'org_default', name: 'Default' })
  if (created === null) return
  const { id } = created.organization
  await recordAudit(context, operatorEvent('createOrganization', id, id))
  process.stdout.write(
    welcomeText({
      publicUrl: config.publicUrl ?? url,
      settings: new Map(describeConfig(config)),
      organizationId: created.organization.id,
      secret: created.apiKey.secret,
    }),
  )
}

/** Null where another process, started at the same time, was first. */
async function createUnlessTaken(
  context: Context,
  organization: NewOrganization,
): Promise<CreatedOrganization | null> {
  try {
    return await createOrganization(context, organization)
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ORGANIZATION_ALREADY_EXISTS') return null
    throw error
  }
}
