import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Server, startServer } from '../../src/compose/start-server.ts'
import { divideConfig } from '../../src/compose/workers/divide-config.ts'
import { createCountExchange } from '../../src/compose/workers/share-counts.ts'
import type { SharedCount } from '../../src/compose/workers/worker-messages.ts'
import { readConfig } from '../../src/config.ts'
import { createLineLogger } from '../../src/logger.ts'
import { eventually } from '../clients/eventually.ts'
import { addOrganizationTo } from '../start-app.ts'

const LIMIT = 5

describe('two workers in one process', () => {
  let folder: string
  let one: Server
  let other: Server
  let path: string
  let headers: Record<string, string>
  const told: SharedCount[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-limits-'))
    const config = readConfig({
      ...{ HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, METRICS_PORT: '0', WORKERS: '2' },
      RATE_LIMIT_PER_MINUTE: String(LIMIT),
    })
    const logger = createLineLogger('silent', () => {})
    const ofOther = createCountExchange(() => {})
    const ofOne = createCountExchange((counts) => {
      ofOther.receive(counts)
      told.push(...counts)
    })
    const start = (sharedCounts: typeof ofOne) =>
      startServer(config, logger, { links: { sharedCounts, wakeQueue: () => {} } })
    one = await start(ofOne)
    other = await start(ofOther)
    const { organizationId, apiKey } = await addOrganizationTo(one.context, 'org_limits', 'Limits')
    path = `/v1/organizations/${organizationId}/files`
    headers = { 'x-api-key': apiKey }
  })
  after(async () => {
    await one?.close()
    await other?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('count the requests of a key together', async () => {
    for (let request = 0; request < LIMIT; request++) {
      assert.equal((await fetch(`${one.url}${path}`, { headers })).status, 200)
    }
    const toldRequests = () => told.reduce((sum, { count }) => sum + count, 0)
    await eventually('the other worker knows all', () => toldRequests() === LIMIT)
    const refused = await fetch(`${other.url}${path}`, { headers })
    assert.equal(refused.status, 429)
    assert.match(await refused.text(), /RATE_LIMIT_EXCEEDED/)
  })

  it('run jobs only where they are started', async () => {
    const jobsOf = async ({ report }: Server) => Object.keys(Object((await report?.())?.health.body.jobs))
    assert.deepEqual(await jobsOf(one), [])
    await one.startJobs()
    assert.ok((await jobsOf(one)).includes('sweep'))
    assert.deepEqual(await jobsOf(other), [])
  })
})

it('divides the limits of what happens at the same time', () => {
  const config = readConfig({
    ...{ WORKERS: '4', MAX_CONNECTIONS_PER_ADDRESS: '10', MODEL_CONCURRENCY: '16' },
    DATABASE_URL: 'postgres://db/files',
    DATABASE_CONNECTIONS: '5',
  })
  const { maxConnectionsPerAddress, models, database, requestsPerMinute } = divideConfig(config)
  assert.equal(maxConnectionsPerAddress, 3)
  assert.equal(models.slotsPerOrganization, 4)
  assert.equal(database.kind === 'postgres' && database.maxConnections, 2)
  assert.equal(requestsPerMinute, config.requestsPerMinute)
})
