import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { sample, scrape } from '../observe/metrics-of.ts'
import { type PostgresServer, startPostgres } from '../postgres/postgres-server.ts'
import { withoutPostgres } from '../postgres/test-database.ts'
import { eventually } from '../protocol/exchange.ts'
import { startServer, type TestServer } from '../start-server.ts'

const BYTES = Buffer.alloc(300_000, 'a')

describe('a service on PostgreSQL', { skip: withoutPostgres }, () => {
  let postgres: PostgresServer
  let server: TestServer

  before(async () => {
    postgres = await startPostgres({ settings: ['fsync=off'] })
    const env = { DATABASE_URL: `${postgres.url}/postgres`, DATABASE_CONNECTIONS: '2', METRICS_PORT: '0' }
    server = await startServer({ env })
  })

  after(async () => {
    await server?.stop()
    await postgres?.stop()
  })

  const headers = () => ({ 'X-API-Key': server.apiKey })
  const get = (path: string) => fetch(`${server.baseUrl}${path}`, { headers: headers() })
  const post = (path: string, body: object) =>
    fetch(`${server.baseUrl}${path}`, {
      method: 'POST',
      headers: { ...headers(), 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })

  async function open(): Promise<{ upload_url: string; gcs_path: string }> {
    const facts = { filename: 'a.txt', file_size: BYTES.length, mime_type: 'text/plain' }
    return (await (await post('/files/upload-url', facts)).json()) as never
  }

  function isBack(): Promise<true> {
    return eventually('the service has its database again', async () =>
      (await get('/files')).status === 200 ? true : undefined,
    )
  }

  async function assertUnavailable(answer: Response): Promise<void> {
    const text = await answer.text()
    assert.equal(answer.status, 503, text)
    assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  }

  it('answers 503 while its database is unavailable, and recovers by itself', async () => {
    const { upload_url, gcs_path } = await open()
    await postgres.kill()
    const answers = await Promise.all([
      get('/files'),
      post('/files/upload-url', { filename: 'b.txt', file_size: 1, mime_type: 'text/plain' }),
      fetch(upload_url, { method: 'PUT', body: BYTES }),
    ])
    for (const answer of answers) await assertUnavailable(answer)
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200)
    await postgres.restart()
    await isBack()
    assert.equal((await fetch(upload_url, { method: 'PUT', body: BYTES })).status, 200)
    const facts = { filename: 'a.txt', gcs_path, file_size: BYTES.length, mime_type: 'text/plain' }
    assert.equal((await post('/files', facts)).status, 201)
  })

  it('survives the loss of a connection during a transaction', async () => {
    const blocker = new Client(`${postgres.url}/postgres`)
    await blocker.connect()
    await blocker.query('BEGIN; SELECT 1 FROM organizations FOR UPDATE')
    const changing = post('/api-keys', { key_name: 'Cut off' })
    await eventually('the change waits at the lock', async () => {
      const { rows } = await blocker.query(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'waybill' AND wait_event_type = 'Lock'",
      )
      return rows.length > 0 || undefined
    })
    blocker.on('error', () => {})
    await postgres.kill()
    await assertUnavailable(await changing)
    await postgres.restart()
    await isBack()
    assert.equal((await post('/api-keys', { key_name: 'Afterwards' })).status, 201)
  })

  it('exports metrics of its connections and of failed requests', async () => {
    const samples = await scrape(server)
    const connections = ['idle', 'busy'].map((state) =>
      sample(samples, 'waybill_database_connections', { state }),
    )
    const [idle = 0, busy = 0] = connections
    assert.ok(idle + busy >= 1 && idle + busy <= 2, String(connections))
    assert.ok(sample(samples, 'waybill_errors_total', { code: 'SERVICE_UNAVAILABLE' }) >= 3)
  })

  it('answers 503 when all connections are in use for too long, and recovers when they are free', async () => {
    const blocker = new Client(`${postgres.url}/postgres`)
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE files IN ACCESS EXCLUSIVE MODE')
    // Any two of them get a connection and wait for the lock.
    const asked = [get('/files'), get('/files'), get('/files')]
    await assertUnavailable(await Promise.race(asked))
    await blocker.query('ROLLBACK')
    await blocker.end()
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [200, 200, 503])
    await isBack()
  })
})
