import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createApi } from '../clients/api.ts'
import { eventually, within } from '../clients/eventually.ts'
import {
  createRandomFile,
  createScratchFolder,
  MIB,
  type RandomFile,
  sha256Of,
} from '../clients/random-file.ts'
import {
  acknowledgedBytes,
  finishUpload,
  openUpload,
  rangeHeaders,
  send,
  storedBytes,
} from '../clients/session.ts'
import { operatorUrl, sample, scrape } from '../observe/metrics-of.ts'
import { runWaybill } from '../start-server.ts'
import { openGet, startWorkers, type TestWorkers } from './start-workers.ts'

/** Much more than the system buffers of a connection hold. */
const MORE_THAN_BUFFERS_BYTES = 20 * MIB

describe('a service with two workers', () => {
  let service: TestWorkers
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => service)
  const pair = () => service.workers() as [number, number]
  const health = async () => {
    const answer = await fetch(`${operatorUrl(service)}/v1/health/details`)
    // biome-ignore lint/suspicious/noExplicitAny: JSON has the shape that the test asserts
    return (await answer.json()) as any
  }
  const jobsWorker = () => service.linesOf('a worker runs the jobs').at(-1)?.worker

  before(async () => {
    service = await startWorkers(2, { METRICS_PORT: '0', S3_LISTEN: '127.0.0.1:0' })
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'shared', MORE_THAN_BUFFERS_BYTES + 2 * MIB)
  })
  after(async () => {
    await service?.stop()
    await folder?.remove()
  })

  it('creates one organization, and says once how to begin and where it listens', () => {
    for (const text of ['Waybill runs at', '"msg":"listening"', '"msg":"serving clients of S3"']) {
      assert.equal(service.output().split(text).length - 1, 1, text)
    }
    assert.equal(new Set(pair()).size, 2)
  })

  it('takes the chunks of one upload in both workers', async () => {
    const ticket = await api.uploadUrl('chunks.bin', file.sizeBytes)
    const agents = await Promise.all(pair().map((worker) => service.connectTo(worker)))
    for (const [index, agent] of agents.entries()) {
      const [start, end] = [index * MIB, (index + 1) * MIB]
      const headers = rangeHeaders(start, end, file.sizeBytes)
      const answer = await send({ url: ticket.upload_url, headers, agent }, file.read(start, end))
      assert.equal(acknowledgedBytes(answer), end)
      agent.destroy()
    }
    await finishUpload(ticket.upload_url, file, 2 * MIB)
    await api.assertArrived(ticket, 'chunks.bin', file)
  })

  it('adds up the requests of both workers', async () => {
    const counted = async () =>
      sample(await scrape(service), 'waybill_http_requests_total', { route: '/v1/health', status: '200' })
    const before = await counted()
    for (const worker of pair()) (await service.connectTo(worker)).destroy()
    const asked = service.linesOf('request').filter(({ path }) => path === '/v1/health').length
    assert.ok(before < asked)
    assert.equal(await counted(), asked)
  })

  it('replaces a worker that was killed, whose uploads go on', async () => {
    const [killed, other] = pair()
    const before = await scrape(service)
    const ticket = await api.uploadUrl('resumed.bin', file.sizeBytes)
    const agent = await service.connectTo(killed)
    const headers = rangeHeaders(0, file.sizeBytes, file.sizeBytes)
    const upload = openUpload({ url: ticket.upload_url, headers, agent })
    await upload.write(file.read(0, MORE_THAN_BUFFERS_BYTES))
    process.kill(killed, 'SIGKILL')
    await within('the connection is closed', upload.closed)
    const offset = await storedBytes(ticket.upload_url)
    await finishUpload(ticket.upload_url, file, offset)
    await api.assertArrived(ticket, 'resumed.bin', file)
    const [first, second] = await eventually('another worker serves', () => pair().length === 2 && pair())
    assert.equal(first, other)
    assert.notEqual(second, killed)
    const after = await scrape(service)
    assert.equal(sample(after, 'waybill_worker_restarts_total'), 1)
    assert.equal(sample(after, 'waybill_workers'), 2)
    for (const [name, value] of before) {
      if (name.startsWith('waybill_http_requests_total')) assert.ok((after.get(name) ?? 0) >= value, name)
    }
  })

  it('runs the jobs in one worker, and in another one when that one ends', async () => {
    assert.equal(service.linesOf('a worker runs the jobs').length, 2)
    const killed = jobsWorker() ?? assert.fail('no worker has the jobs')
    const killedAt = new Date().toISOString()
    process.kill(killed, 'SIGKILL')
    await eventually('the other worker has the jobs', () => jobsWorker() !== killed)
    await eventually('its jobs run', async () => (await health()).jobs?.fileIndex?.last_success_at > killedAt)
    await eventually('two workers serve', async () => (await health()).workers.serving === 2)
  })

  it('finishes the downloads of both workers when it stops, and takes no more requests', async () => {
    const { body } = await api.call('GET', '/files')
    const url = await api.downloadUrl(body.files[0].id)
    const downloads = await Promise.all(
      pair().map(async (worker) => openGet(url, await service.connectTo(worker))),
    )
    service.signal('SIGTERM')
    // A signal to the process group arrives twice.
    service.signal('SIGINT')
    await eventually('the port is closed', () =>
      fetch(service.url).then(
        () => false,
        () => true,
      ),
    )
    for (const download of downloads) assert.equal(await within('it ends', sha256Of(download)), file.sha256)
    assert.equal(await within('the service ends', service.ended), 0)
    assert.equal(service.linesOf('draining').length, 1)
    assert.equal(service.linesOf('stopped').length, 1)
  })
})

it('ends all workers at once on a later signal', async () => {
  const service = await startWorkers(2)
  const [stopped = 0] = service.workers()
  process.kill(stopped, 'SIGSTOP')
  service.signal('SIGTERM')
  await eventually('it drains', () => service.linesOf('draining').length === 1)
  const exit = service.ended.then((code) => ({ code }))
  const code = await eventually('it ends', () => {
    service.signal('SIGTERM')
    return Promise.race([exit, delay(100, undefined)])
  })
  assert.deepEqual(code, { code: 1 })
  await assert.rejects(fetch(service.url))
  await service.stop()
})

it('ends with the error of a worker that cannot start', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const folder = await createScratchFolder()
  try {
    const env = { HOST: '127.0.0.1', PORT: String(port), WORKERS: '2' }
    await assert.rejects(runWaybill(folder.path, ['serve'], env), ({ code, stderr }) => {
      assert.equal(code, 1)
      assert.match(
        stderr,
        /^waybill: HOST and PORT \(127.0.0.1:\d+\) cannot be used: another program uses this port/,
      )
      return true
    })
  } finally {
    taken.close()
    await folder.remove()
  }
})
