import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { URLS } from '../../src/protocols/urls.ts'
import { createClient, sendToApi, textFile } from '../api/client.ts'
import { exchange } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { openUpload } from '../clients/session.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { operatorUrl, type Samples, sample, scrape } from './metrics-of.ts'

const SIZE_BYTES = 1_000_000
const REQUESTS = 'waybill_http_requests_total'

describe('a server with METRICS_PORT', () => {
  let server: TestApp
  let samples: Samples
  let fileId = ''
  let objectPath = ''
  const file = { filename: 'a.bin', mimeType: 'application/octet-stream', bytes: randomBytes(SIZE_BYTES) }

  before(async () => {
    server = await startApp({
      isOnDisk: true,
      env: { METRICS_PORT: '0', RATE_LIMIT_PER_MINUTE: '0' },
    })
    const client = createClient(server)
    fileId = (await client.uploadFile(file)).id
    objectPath = await onlyObject(server.dataDir)
    await client.startUpload(textFile())
    const { download_url } = await client.content(fileId)
    const downloaded = await exchange(server.url, 'GET', download_url.slice(server.url.length))
    assert.deepEqual(downloaded.bytes, file.bytes)
    await client.get('/files/file_1')
    samples = await scrape(server)
  })
  after(() => server.stop())

  it('counts requests by route, method and status, with their durations', () => {
    for (const [method, route, status, requests] of [
      ['POST', URLS.uploadUrl, '200', 2],
      ['PUT', URLS.uploadSession, '200', 1],
      ['POST', URLS.files, '201', 1],
      ['GET', URLS.download, '200', 1],
      ['GET', URLS.file, '404', 1],
    ] as const) {
      assert.equal(sample(samples, REQUESTS, { method, route, status }), requests, `${method} ${route}`)
      const durations = sample(samples, 'waybill_http_request_duration_seconds_count', { method, route })
      assert.equal(durations, requests)
    }
    assert.equal(sample(samples, 'waybill_http_requests_in_flight'), 0)
    assert.equal(sample(samples, 'waybill_errors_total', { code: 'FILE_NOT_FOUND' }), 1)
  })

  it('counts received and sent bytes by route', () => {
    const received = sample(samples, 'waybill_http_received_bytes_total', { route: URLS.uploadSession })
    const sent = sample(samples, 'waybill_http_sent_bytes_total', { route: URLS.download })
    for (const bytes of [received, sent])
      assert.ok(bytes > SIZE_BYTES && bytes < SIZE_BYTES + 5000, `${bytes}`)
  })

  it('counts the bytes of an upload while it runs', async () => {
    const bytes = randomBytes(4 * SIZE_BYTES)
    const { uploadUrl } = await createClient(server).startUpload({ ...file, bytes })
    const headers = { 'content-length': bytes.length }
    const upload = openUpload({ url: uploadUrl, headers })
    await upload.write(
      (async function* () {
        yield bytes.subarray(0, 3 * SIZE_BYTES)
      })(),
    )
    await eventually('what has come is counted', async () => {
      const now = await scrape(server)
      const received = sample(now, 'waybill_http_received_bytes_total', { route: URLS.uploadSession })
      return received > 4 * SIZE_BYTES && sample(now, 'waybill_http_requests_in_flight') === 1
    })
    upload.cut()
    await eventually('the broken request is counted', async () => {
      const labels = { method: 'PUT', route: URLS.uploadSession, status: 'none' }
      return sample(await scrape(server), REQUESTS, labels) === 1
    })
  })

  it('shows the durations of syncs, the sessions, the last runs of jobs, and the state of the process', () => {
    for (const kind of ['file', 'folder']) {
      assert.ok(sample(samples, 'waybill_storage_sync_duration_seconds_count', { kind }) > 0, kind)
    }
    assert.equal(sample(samples, 'waybill_upload_sessions', { state: 'open' }), 1)
    assert.equal(sample(samples, 'waybill_upload_sessions', { state: 'ended' }), 0)
    for (const job of ['expire', 'sweep', 'scrub']) {
      assert.ok(samples.has(`waybill_job_age_seconds{job="${job}"}`), job)
      assert.equal(samples.get(`waybill_job_failures_total{job="${job}"}`), 0)
    }
    assert.equal(sample(samples, 'waybill_damaged_reads_total'), 0)
    assert.ok(samples.has('nodejs_eventloop_lag_p99_seconds'))
    assert.ok(sample(samples, 'process_resident_memory_bytes') > 0)
    assert.ok([...samples.keys()].some((key) => key.startsWith('waybill_info{version=')))
  })

  it('counts refusals because of limits', async () => {
    const wrongKeys = Array.from({ length: 110 }, () =>
      sendToApi(server, 'GET', `/v1/organizations/${server.organizationId}/files`, {
        credentials: { 'x-api-key': 'oak_live_wrong' },
      }),
    )
    await Promise.all(wrongKeys)
    const now = await scrape(server)
    assert.equal(sample(now, 'waybill_errors_total', { code: 'INVALID_API_KEY' }), 100)
    assert.equal(sample(now, 'waybill_errors_total', { code: 'RATE_LIMIT_EXCEEDED' }), 10)
  })

  it('counts damaged reads', async () => {
    await flipFirstBit(objectPath)
    const { download_url } = await createClient(server).content(fileId)
    await fetch(download_url)
      .then((answer) => answer.arrayBuffer())
      .catch(() => {})
    await eventually('the read is counted', async () => {
      return sample(await scrape(server), 'waybill_damaged_reads_total') >= 1
    })
  })

  it('has no more series after thousands of different URLs', async () => {
    await sendRandomRequests(server, 1000)
    const series = [...(await scrape(server)).keys()].filter((key) => key.startsWith('waybill_'))
    await sendRandomRequests(server, 1000)
    const after = [...(await scrape(server)).keys()].filter((key) => key.startsWith('waybill_'))
    assert.deepEqual(after, series)
    const known: ReadonlySet<string | undefined> = new Set([...Object.values(URLS), 'none'])
    for (const key of series) {
      const route = /route="([^"]*)"/.exec(key)?.[1]
      assert.ok(route === undefined || known.has(route), key)
    }
  })

  it('serves metrics only on their port, and nothing else there', async () => {
    assert.equal((await fetch(`${server.url}/metrics`)).status, 404)
    const operator = operatorUrl(server)
    assert.notEqual(new URL(operator).port, new URL(server.url).port)
    assert.equal((await fetch(`${operator}/v1/health`)).status, 404)
    assert.equal((await fetch(`${operator}/metrics`, { method: 'POST' })).status, 405)
    assert.equal((await fetch(`${operator}/metrics`, { method: 'HEAD' })).status, 200)
  })

  it('has all metrics described in docs/operations.md', async () => {
    const page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
    const text = await (await fetch(`${operatorUrl(server)}/metrics`)).text()
    const names = [...text.matchAll(/^# TYPE (waybill_\w+) /gm)].map(([, name]) => name)
    assert.ok(names.length > 10)
    for (const name of names) assert.ok(page.includes(`| \`${name}\` |`), name)
  })

  it('contains no secret and no name', async () => {
    const text = await (await fetch(`${operatorUrl(server)}/metrics`)).text()
    for (const secret of [server.apiKey, server.organizationId, server.dataDir])
      assert.ok(!text.includes(secret))
  })

  it('does not start when it cannot serve metrics, and reports the reason', async () => {
    const { port } = new URL(operatorUrl(server))
    const starting = startApp({ env: { METRICS_PORT: port } })
    await assert.rejects(
      starting,
      /METRICS_HOST and METRICS_PORT \(127\.0\.0\.1:\d+\) cannot be used: .*EADDRINUSE/,
    )
  })
})

/** Sends requests with all methods and paths, each with a new random part. */
async function sendRandomRequests(server: TestApp, requests: number): Promise<void> {
  const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PROPFIND', 'M-SEARCH', 'OPTIONS']
  const random = () => randomBytes(6).toString('hex')
  const paths = [
    () => `/${random()}`,
    () => `/v1/organizations/${random()}/files/${random()}`,
    () => `/v1/organizations/${random()}/files/uploads/${random()}?${random()}=${random()}`,
    () => `/v1/organizations/${random()}/${random()}/%20%22${random()}`,
    () => `${URLS.uploadSession}?upload_id=${random()}`,
  ]
  for (let sent = 0; sent < requests; sent++) {
    const method = methods[sent % methods.length] ?? assert.fail()
    const path = paths[sent % paths.length] ?? assert.fail()
    await exchange(server.url, method, path())
  }
}

async function onlyObject(dataDir: string): Promise<string> {
  const entries = await readdir(join(dataDir, 'objects'), { recursive: true })
  const [name, ...others] = entries.filter((entry) => entry.endsWith('.object'))
  assert.ok(name !== undefined && others.length === 0)
  return join(dataDir, 'objects', name)
}

async function flipFirstBit(path: string): Promise<void> {
  await using handle = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await handle.read(byte, 0, 1, 0)
  byte.writeUInt8(byte.readUInt8() ^ 1)
  await handle.write(byte, 0, 1, 0)
}
