import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logAddresses } from '../src/compose/listen.ts'
import { startServer } from '../src/compose/start-server.ts'
import { readConfig } from '../src/config.ts'
import { operatorCaller } from '../src/domain/access/caller.ts'
import { createLineLogger } from '../src/logger.ts'
import type { Context } from '../src/operations/context.ts'
import { createOrganization } from '../src/operations/organizations/create-organization.ts'
import { databaseOf } from './postgres/database-of.ts'
import type { TestServer } from './start-server.ts'

/** Service in the process of the test, with one new organization and its key. */
export interface TestApp
  extends Pick<
    TestServer,
    'url' | 'baseUrl' | 'organizationId' | 'apiKey' | 'dataDir' | 'output' | 'addOrganization' | 'stop'
  > {
  /** For tests that act as the operator, or inspect records and bytes. */
  readonly context: Context
  /** Base URL for clients of S3; null unless `S3_LISTEN` is set. */
  readonly s3Url: string | null
}

export interface AppOptions {
  /** Settings, as environment variables. */
  readonly env?: Record<string, string>
  /** True for bytes and records in a new folder; otherwise they are in memory. */
  readonly isOnDisk?: boolean
  /** Folder of an existing installation on disk; kept after `stop`. */
  readonly dataDir?: string
}

/**
 * Starts the service as `waybill serve` composes it, on a free port of 127.0.0.1 and in this process. TEST_DATABASE
 * and TEST_STORAGE choose other backends for a complete run. A test that needs a separate process, because it
 * kills it, measures it or runs the command line beside it, calls `startServer` of start-server.ts.
 */
export async function startApp(options: AppOptions = {}): Promise<TestApp> {
  const { env = {}, isOnDisk = options.dataDir !== undefined } = options
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'waybill-test-')))
  const isInMemory = !isOnDisk && process.env.TEST_STORAGE !== 'disk'
  const lines: string[] = []
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    ...(isInMemory && { STORAGE_URL: 'memory:', DATABASE_URL: 'sqlite::memory:' }),
    ...(await databaseOf(dataDir).create()),
    ...env,
  })
  const logger = createLineLogger(config.logLevel, (line) => lines.push(line))
  const removeData = async () => {
    if (options.dataDir !== undefined) return
    await rm(dataDir, { recursive: true, force: true })
    await databaseOf(dataDir).remove()
  }
  const server = await startServer(config, logger).catch(async (error) => {
    await removeData()
    throw error
  })
  logAddresses(config, server, logger)
  const addOrganization = (id: string, name = 'Second') => addOrganizationTo(server.context, id, name)
  const id = `org_${process.hrtime.bigint().toString(36)}`
  const { organizationId, apiKey } = await addOrganization(id, 'Test')
  return {
    url: server.url,
    s3Url: server.s3Url,
    baseUrl: `${server.url}/v1/organizations/${organizationId}`,
    organizationId,
    apiKey,
    dataDir,
    context: server.context,
    output: () => lines.join(''),
    addOrganization,
    stop: async () => {
      await server.close()
      await removeData()
    },
  }
}

/** Creates an organization as `waybill organizations create` does. */
export async function addOrganizationTo(context: Context, id: string, name: string) {
  const { organization, apiKey } = await createOrganization(context, operatorCaller(null), { id, name })
  return { organizationId: organization.id, apiKey: apiKey.secret }
}
