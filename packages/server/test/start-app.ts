import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { operatorEvent } from '../src/domain/audit-event.ts'
import { createLineLogger } from '../src/logger.ts'
import type { Context } from '../src/operations/context.ts'
import { createOrganization } from '../src/operations/create-organization.ts'
import { recordAudit } from '../src/operations/record-audit.ts'
import { startServer } from '../src/server.ts'
import { databaseOf } from './postgres/database-of.ts'
import type { TestServer } from './start-server.ts'

/** The service in the process of the test, with one new organization and its key. */
export interface TestApp
  extends Pick<
    TestServer,
    'url' | 'baseUrl' | 'organizationId' | 'apiKey' | 'dataDir' | 'output' | 'addOrganization' | 'stop'
  > {
  /** Lets a test do what the operator's commands do, and look at records and bytes. */
  readonly context: Context
}

export interface AppOptions {
  /** Settings, as in the environment of a process. */
  readonly env?: Record<string, string>
  /** True for bytes and records in `dataDir`; otherwise they are in memory. */
  readonly isOnDisk?: boolean
}

/**
 * Starts the service as `waybill serve` composes it, on a free port of 127.0.0.1 and in this process. TEST_DATABASE
 * and TEST_STORAGE choose other backends for a whole run. A test that needs a process of its own, because it
 * kills it, measures it or runs the command line beside it, calls `startServer` of start-server.ts.
 */
export async function startApp({ env = {}, isOnDisk = false }: AppOptions = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waybill-test-'))
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
    await rm(dataDir, { recursive: true, force: true })
    await databaseOf(dataDir).remove()
  }
  const server = await startServer(config, logger).catch(async (error) => {
    await removeData()
    throw error
  })
  const addOrganization = (id: string, name = 'Second') => addOrganizationTo(server.context, id, name)
  const id = `org_${process.hrtime.bigint().toString(36)}`
  const { organizationId, apiKey } = await addOrganization(id, 'Test')
  return {
    url: server.url,
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

/** Does what `waybill organizations create` does. */
async function addOrganizationTo(context: Context, id: string, name: string) {
  const { organization, apiKey } = await createOrganization(context, { id, name })
  await recordAudit(context, operatorEvent('createOrganization', organization.id, organization.id))
  return { organizationId: organization.id, apiKey: apiKey.secret }
}
