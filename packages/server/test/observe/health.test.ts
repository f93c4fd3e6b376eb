import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import { createHealthCheck } from '../../src/operations/health/create-health-check.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { operatorUrl } from './metrics-of.ts'

interface Details {
  readonly status: string
  readonly components: readonly object[]
  readonly dependencies: Readonly<Record<string, { kind: string; status: string; delay_ms: number }>>
  readonly version?: string
  readonly uptime_seconds?: number
  readonly queues?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly jobs?: Readonly<Record<string, { last_success_at: string | null; failures: number }>>
}

async function detailsOf(origin: string): Promise<{ status: number; body: Details }> {
  const answer = await fetch(`${origin}/v1/health/details`)
  return { status: answer.status, body: (await answer.json()) as Details }
}

describe("the details of a server's health", () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ isOnDisk: true, env: { METRICS_PORT: '0' } })
  })
  after(() => server.stop())

  it('show each dependency and its duration to every client', async () => {
    const { status, body } = await detailsOf(server.url)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['status', 'dependencies', 'components'])
    const components = Object.entries(body.dependencies).map(([name, fields]) => ({ name, ...fields }))
    assert.deepEqual(body.components, components)
    assert.deepEqual(
      Object.entries(body.dependencies).map(([name, { kind, status }]) => [name, kind, status]),
      [
        ['database', 'sqlite', 'ok'],
        ['storage', 'disk', 'ok'],
      ],
    )
    for (const { delay_ms } of Object.values(body.dependencies)) assert.ok(delay_ms >= 0)
  })

  it('show the version, the uptime, the jobs and the queues only to the operator', async () => {
    const { status, body } = await detailsOf(operatorUrl(server))
    assert.equal(status, 200)
    assert.match(body.version ?? '', /^\d+\.\d+\.\d+$/)
    assert.ok((body.uptime_seconds ?? -1) >= 0)
    assert.deepEqual(Object.keys(body.jobs ?? {}), [
      'expire',
      'trash',
      'register',
      'fileIndex',
      'events',
      'vectorStores',
      'sweep',
      'scrub',
    ])
    assert.deepEqual(body.jobs?.scrub, { last_success_at: null, failures: 0 })
    assert.deepEqual(body.queues, {
      'index-file': { running: 0, finished: 0, retried: 0, given_up: 0, interrupted: 0 },
      'ocr-file': { running: 0, finished: 0, retried: 0, given_up: 0, interrupted: 0 },
    })
  })

  it('are 503 with the unavailable dependency, and 200 after its recovery', async () => {
    const objects = join(server.dataDir, 'objects')
    await rename(objects, `${objects}-away`)
    for (const origin of [server.url, operatorUrl(server), server.url]) {
      const { status, body } = await detailsOf(origin)
      assert.equal(status, 503)
      assert.equal(body.status, 'down')
      assert.equal(body.dependencies.storage?.status, 'down')
      assert.equal(body.dependencies.database?.status, 'ok')
      assert.ok(!JSON.stringify(body).includes(server.dataDir))
    }
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200)
    await rename(`${objects}-away`, objects)
    assert.equal((await detailsOf(server.url)).status, 200)
    const reasons = server
      .output()
      .split('\n')
      .filter((line) => line.includes('a dependency is down'))
    // Once for each of the two ports, although they were requested more often.
    assert.equal(reasons.length, 2)
    assert.match(reasons[0] ?? '', /"dependency":"storage"/)
  })
})

it('reports a storage that does not answer as down', async () => {
  const storage = await openStorage({ kind: 'memory' })
  const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
  const checkHealth = createHealthCheck({
    storage: { ...storage, check: () => new Promise(() => {}) },
    database,
    log: { warn: () => {} },
  })
  const health = await checkHealth()
  assert.deepEqual(
    health.map(({ name, isUp }) => [name, isUp]),
    [
      ['database', true],
      ['storage', false],
    ],
  )
  await database.close()
})
