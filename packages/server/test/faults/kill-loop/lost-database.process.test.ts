import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type PostgresServer, startPostgres } from '../../postgres/postgres-server.ts'
import { runOnce, withoutPostgres } from '../../postgres/test-database.ts'
import { eventually } from '../../protocol/exchange.ts'
import { createSeededRandom } from '../../seeded-random.ts'
import { startServer, type TestServer } from '../../start-server.ts'
import { startClients } from './clients.ts'
import { createLedger } from './ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

/** More in the long mode. */
const ROUNDS = Number(process.env.LOST_DATABASE_ROUNDS ?? 2)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)

const MAX_REQUESTS_BEFORE = 60
const MAX_LATE_MS = 20

const CUT_ALL =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND client_port > 0'

describe('a service whose database is killed, or cut off, at a random moment, again and again', {
  skip: withoutPostgres,
}, () => {
  const random = createSeededRandom(SEED)
  const ledger = createLedger()
  let requests = 0
  let postgres: PostgresServer
  let server: TestServer

  before(async () => {
    postgres = await startPostgres()
    const env = { RATE_LIMIT_PER_MINUTE: '0', DATABASE_URL: `${postgres.url}/postgres` }
    server = await startServer({ env })
  })

  after(async () => {
    await server?.stop()
    await postgres?.stop()
  })

  it(`recovers in the same process, and keeps everything that it acknowledged (seed ${SEED})`, async () => {
    const kills = { 'database killed': 0, 'connections cut': 0 }
    for (let round = 1; round <= ROUNDS; round++) {
      const isKill = round % 2 === 1
      kills[isKill ? 'database killed' : 'connections cut']++
      await workUntil(isKill ? killAndRestart : () => runOnce(`${postgres.url}/postgres`, CUT_ALL))
      await eventually('the service has its database again', async () => {
        const { status } = await fetch(`${server.url}/v1/health/details`)
        return status === 200 || undefined
      })
      const url = `${postgres.url}/postgres`
      await verifyLedger(server, ledger, { kind: 'postgres', url, maxConnections: 2 })
    }
    const counts = Object.entries(kills).map(([what, count]) => `${count} times ${what}`)
    console.log(
      `lost database: ${ROUNDS} rounds, ${requests} requests, 0 losses; ${counts.join(', ')} (seed ${SEED})`,
    )
  })

  async function killAndRestart(): Promise<void> {
    await postgres.kill()
    await postgres.restart()
  }

  /** Runs random clients until enough requests run, and then causes the fault. */
  async function workUntil(fault: () => Promise<void>): Promise<void> {
    let left = random.integer(1, MAX_REQUESTS_BEFORE)
    const { promise: isTime, resolve } = Promise.withResolvers<void>()
    const onBegin = () => {
      requests++
      if (--left <= 0) resolve()
    }
    const clients = startClients(server, ledger, random, { onBegin, onAnswer: () => {} })
    await Promise.race([isTime, clients.ended])
    await setTimeout(random.integer(0, MAX_LATE_MS))
    clients.stop()
    await fault()
    await clients.ended
  }
})
