import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createClient } from '../api/client.ts'
import { eventually } from '../clients/eventually.ts'
import { type PostgresServer, startPostgres } from '../postgres/postgres-server.ts'
import { runOnce, withoutPostgres } from '../postgres/test-database.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { type Acknowledged, type DeliveryLedger, startLedger } from './delivery-ledger.ts'

/** More in the long mode, and then on a server of its own that is killed. */
const ROUNDS = Number(process.env.EVENT_ROUNDS ?? 0)
const SEED = Number(process.env.EVENT_SEED ?? Date.now() % 1_000_000)

const CLIENTS = 6
const MAX_CHANGES_BEFORE = 60
const MAX_LATE_MS = 30
const CUT_ALL =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND client_port > 0'
const END_LEASES = "UPDATE webhook_deliveries SET lease_until_ms = 0 WHERE state = 'running'"

const FAULTS = ['service killed', 'database killed', 'connections cut'] as const

describe('events and deliveries while the service and its database are killed at random moments', {
  skip: ROUNDS === 0 ? 'runs in the long mode' : withoutPostgres,
}, () => {
  const random = createSeededRandom(SEED)
  const acknowledged: Acknowledged[] = []
  let ledger: DeliveryLedger
  let postgres: PostgresServer
  let server: TestServer

  before(async () => {
    ledger = await startLedger()
    postgres = await startPostgres()
    const limits = { RATE_LIMIT_PER_MINUTE: '0', WEBHOOK_ALLOW_PRIVATE: 'true' }
    server = await startServer({ env: { ...limits, DATABASE_URL: `${postgres.url}/postgres` } })
    const types = ['file.created', 'file.deleted']
    await createClient(server).post('/webhooks', { url: ledger.url, types })
  })
  after(async () => {
    await server?.stop()
    await postgres?.stop()
    ledger?.close()
  })

  it(`loses none and invents none (seed ${SEED})`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const fault = FAULTS[round % FAULTS.length] ?? 'service killed'
      await workUntil(random.integer(1, MAX_CHANGES_BEFORE), () => cause(fault))
      await eventually('the service has its database again', async () => {
        const { status } = await fetch(`${server.url}/v1/health/details`)
        return status === 200
      })
    }
    await runOnce(`${postgres.url}/postgres`, END_LEASES)
    const events = await ledger.verify(createClient(server), acknowledged)
    console.log(
      `killed events: ${ROUNDS} rounds, ${events} events, 0 losses, ${ledger.repeats()} repeats (seed ${SEED})`,
    )
  })

  async function cause(fault: (typeof FAULTS)[number]): Promise<void> {
    if (fault === 'connections cut') return runOnce(`${postgres.url}/postgres`, CUT_ALL)
    if (fault === 'database killed') {
      await postgres.kill()
      return postgres.restart()
    }
    await server.kill('SIGKILL')
    await runOnce(`${postgres.url}/postgres`, END_LEASES)
    server = await server.restart()
  }

  /** Uploads and deletes files at the same time, until so many changes were answered, and then causes the fault. */
  async function workUntil(changes: number, fault: () => Promise<void>): Promise<void> {
    let [left, isStopped] = [changes, false]
    const { promise: isTime, resolve } = Promise.withResolvers<void>()
    const note = (change: Acknowledged) => {
      acknowledged.push(change)
      if (--left <= 0) resolve()
    }
    const work = async () => {
      while (!isStopped) {
        const id = await upload(server)
        if (id === null) continue
        note({ type: 'file.created', fileId: id })
        if (random.integer(0, 1) === 1 && (await remove(server, id)))
          note({ type: 'file.deleted', fileId: id })
      }
    }
    const clients = Array.from({ length: CLIENTS }, work)
    await isTime
    await setTimeout(random.integer(0, MAX_LATE_MS))
    const faulty = fault()
    isStopped = true
    await Promise.all([faulty, ...clients])
  }
})

/** Returns the id of the new file; null when no answer says that it exists. */
async function upload({ baseUrl, apiKey }: TestServer): Promise<string | null> {
  const form = new FormData()
  form.append('file', new Blob(['a note'], { type: 'text/plain' }), 'note.txt')
  const headers = { 'x-api-key': apiKey }
  const answer = await fetch(`${baseUrl}/files/upload`, { method: 'POST', headers, body: form }).catch(
    () => null,
  )
  if (answer?.status !== 201) return null
  const body = await answer.json().catch(() => null)
  return body === null ? null : (body as { readonly id: string }).id
}

async function remove({ baseUrl, apiKey }: TestServer, id: string): Promise<boolean> {
  const answer = await fetch(`${baseUrl}/files/${id}`, {
    method: 'DELETE',
    headers: { 'x-api-key': apiKey },
  }).catch(() => null)
  return answer?.ok ?? false
}
