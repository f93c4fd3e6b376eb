import { setFlagsFromString } from 'node:v8'
import type { Logger } from 'pino'
import { writeKeyFile } from './compose/first-key.ts'
import { type Server, type StartOptions, startServer } from './compose/start-server.ts'
import { welcomeText } from './compose/welcome.ts'
import { type Config, readConfig } from './config.ts'
import { describeConfig } from './describe-config.ts'
import { createSecret } from './domain/access/api-key.ts'
import { operatorCaller } from './domain/access/caller.ts'
import { ServiceError } from './domain/errors.ts'
import { createLogger, exitAfterFlush } from './logger.ts'
import type { Context } from './operations/context.ts'
import {
  type CreatedOrganization,
  createOrganization,
  type NewOrganization,
} from './operations/organizations/create-organization.ts'

/** Time limit of a graceful shutdown. */
const DRAIN_MS = 30_000

/**
 * Runs `waybill serve`: starts with the settings of the environment and serves until SIGTERM, SIGINT or SIGHUP, then
 * drains. Throws ConfigError for an invalid setting, and an Error when the database looks lost or when the storage, the
 * database or the port cannot be opened.
 */
export async function serve(environment: NodeJS.ProcessEnv, options: StartOptions = {}): Promise<void> {
  const config = readConfig(environment)
  const logger = await createLogger(config.logLevel)
  keepYoungGeneration()
  const server = await startServer(config, logger, options)
  drainOnSignal(server, logger)
  await welcomeFirstStart(server, config).catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  logger.info({ url: server.url, data: config.dataDirectory }, 'listening')
}

/**
 * Stops V8 from growing its young generation after the program is loaded. Many slow connections would let it grow to
 * 64 MiB without any benefit, because their objects live too long for it.
 */
function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** Drains on the first signal. A second one, such as that to the process group, must not cut the drain short. */
function drainOnSignal(server: Server, logger: Logger): void {
  let isDraining = false
  const drain = async (signal: NodeJS.Signals) => {
    if (isDraining) return
    isDraining = true
    logger.info({ signal }, 'draining')
    // Exits even if an error or a client that never ends its request blocks the drain.
    setTimeout(() => exitAfterFlush(1), DRAIN_MS).unref()
    await server.close()
    logger.info('stopped')
    exitAfterFlush(0)
  }
  process.on('SIGTERM', drain)
  process.on('SIGINT', drain)
  process.on('SIGHUP', drain)
}

/**
 * Creates an organization when there is none, and prints how to upload a first file. Prints the key only on a terminal.
 * Any other output may be stored or forwarded, so the key is then written to a file.
 */
async function welcomeFirstStart({ url, context }: Server, config: Config): Promise<void> {
  if (await context.database.installation.hasOrganizations()) return
  const secret = createSecret()
  const file = process.stdout.isTTY ? null : await writeKeyFile(config.dataDirectory, secret)
  const created = await createUnlessTaken(context, { id: 'org_default', name: 'Default', secret })
  if (created === null) return file?.remove()
  await file?.publish()
  process.stdout.write(
    welcomeText({
      publicUrl: config.publicUrl ?? url,
      settings: new Map(describeConfig(config)),
      organizationId: created.organization.id,
      key: file ?? { secret },
    }),
  )
}

/** Creates the organization; returns null when another process, started at the same time, was first. */
async function createUnlessTaken(
  context: Context,
  organization: NewOrganization,
): Promise<CreatedOrganization | null> {
  try {
    return await createOrganization(context, operatorCaller(null), organization)
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ORGANIZATION_ALREADY_EXISTS') return null
    throw error
  }
}
