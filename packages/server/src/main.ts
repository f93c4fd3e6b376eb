import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
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
  limitYoungGeneration()
  const server = await startServer(config, logger, options)
  drainOnSignal(server, logger)
  await welcomeFirstStart(server, config).catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  logger.info({ url: server.url, data: config.dataDirectory }, 'listening')
}

/** Size up to which V8's young generation may grow. */
const YOUNG_GENERATION_BYTES = 16 * 1024 * 1024
const YOUNG_GENERATION_CHECK_MS = 250

/**
 * Limits V8's young generation. Many slow connections would let it grow to 32 MiB without any benefit, because their
 * objects live too long for it. V8 reads its own limit only at its start, and the growth factor before each growth. In
 * idle times V8 shrinks the young generation to 2 MiB. It must then be able to grow again: with 2 MiB, the garbage
 * collector runs ten times as often, and a list of files takes 1.2 times the processor time.
 */
function limitYoungGeneration(): void {
  let mayGrow = true
  const check = () => {
    const { space_size: bytes = 0 } =
      getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space') ?? {}
    if (mayGrow === bytes < YOUNG_GENERATION_BYTES) return
    mayGrow = !mayGrow
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
  }
  setInterval(check, YOUNG_GENERATION_CHECK_MS).unref()
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
