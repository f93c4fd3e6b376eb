import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { createOrganization } from '../src/operations/create-organization.ts'
import { startServer } from '../src/server.ts'
import type { TestServer } from './start-server.ts'

export type InProcessServer = Omit<TestServer, 'pid' | 'kill' | 'restart'>

/**
 * Starts the server in this process, with its files in a folder of its own, on a free port of 127.0.0.1, with one new
 * organization and its key. Commands that are given the same `DATA_DIR` work on the same installation.
 */
export async function startInProcess(env: Readonly<Record<string, string>> = {}): Promise<InProcessServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waybill-test-'))
  let output = ''
  const logger = pino(
    { base: null },
    {
      write: (line) => {
        output += line
      },
    },
  )
  const settings = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, ...env }
  const server = await startServer(readConfig(settings), logger)
  const id = `org_${process.hrtime.bigint().toString(36)}`
  const { apiKey } = await createOrganization(server.context, { id, name: 'Test' })
  return {
    url: server.url,
    baseUrl: `${server.url}/v1/organizations/${id}`,
    organizationId: id,
    apiKey: apiKey.secret,
    dataDir,
    output: () => output,
    stop: async () => {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
