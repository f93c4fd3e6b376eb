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

const DRAIN_MS = 30_000

/**
 * `waybill serve`: starts with the settings of the environment and serves until SIGTERM or SIGINT, then
 * drains. Throws ConfigError, and when the database looks lost or the storage, database or port cannot be opened.
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
 * Keeps V8's young generation at the size that loading the program has brought it to. It would grow to 64 MiB under
 * many slow connections, which live long enough to look like a reason for it.
 */
function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** A signal may come twice, to the process and to its group; the second one must not cut the drain short. */
function drainOnSignal(server: Server, logger: Logger): void {
  let isDraining = false
  const drain = async (signal: NodeJS.Signals) => {
    if (isDraining) return
    isDraining = true
    logger.info({ signal }, 'draining')
    // A fault, or a client that never ends its request, must not keep the process.
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
 * Creates an organization when there is none, and tells the operator how to make a first upload. The key is printed
 * on a terminal only. Any other output may be stored or forwarded, so the key is then written to a file.
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

/** Null where another process, started at the same time, was first. */
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
