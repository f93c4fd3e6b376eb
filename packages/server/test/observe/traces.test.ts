import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { describe, it } from 'node:test'
import { URLS } from '../../src/protocols/urls.ts'
import { createClient, putObject, sendToApi, textFile } from '../api/client.ts'
import { exchange } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Collector, type Span, startCollector } from './collector.ts'

const SERVER = 2

/** Runs `work` and stops the service. Returns the received traces. */
async function traced(
  env: Record<string, string>,
  work: (app: TestApp) => Promise<void>,
): Promise<Collector> {
  const collector = await startCollector()
  const app = await startApp({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env } })
  await work(app).finally(app.stop).finally(collector.close)
  return collector
}

const serverSpan = (spans: readonly Span[], name: string): Span => {
  const [span, ...others] = spans.filter((candidate) => candidate.name === name)
  assert.ok(span && others.length === 0, `one span ${name} of ${spans.map((one) => one.name)}`)
  assert.equal(span.kind, SERVER)
  return span
}

const namesBelow = (spans: readonly Span[], parent: Span): string[] =>
  spans.filter(({ parentId }) => parentId === parent.spanId).map(({ name }) => name)

/** Sends the body only after the server has received the head. Returns the status of the answer. */
async function postInTwoParts(url: string, body: string, headers: OutgoingHttpHeaders): Promise<number> {
  const length = Buffer.byteLength(body)
  const outgoing = request(url, {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-length': length, expect: '100-continue' },
  })
  outgoing.once('continue', () => outgoing.end(body))
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response')
  incoming?.resume()
  return incoming?.statusCode ?? 0
}

describe('traces', () => {
  it('show each request with its calls, below the span of the caller', async () => {
    const traceId = randomBytes(16).toString('hex')
    const callerId = randomBytes(8).toString('hex')
    const requestId = 'a-request-of-mine'
    let status = 0
    const { spans } = await traced({}, async (app) => {
      const client = createClient(app)
      const upload = await client.storeObject(textFile())
      status = await postInTwoParts(`${app.baseUrl}/files`, JSON.stringify(upload.register), {
        traceparent: `00-${traceId}-${callerId}-01`,
        'x-request-id': requestId,
        'x-api-key': app.apiKey,
        'content-type': 'application/json',
      })
    })
    assert.equal(status, 201)

    const register = serverSpan(spans, `POST ${URLS.files}`)
    assert.equal(register.traceId, traceId)
    assert.equal(register.parentId, callerId)
    assert.equal(register.resource['service.name'], 'waybill')
    const { 'waybill.organization_id': organizationId, ...attributes } = register.attributes
    assert.match(String(organizationId), /^org_/)
    assert.deepEqual(attributes, {
      'http.request.method': 'POST',
      'http.route': URLS.files,
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
      'waybill.trace_id': requestId,
      'http.response.status_code': 201,
    })
    const calls = namesBelow(spans, register)
    for (const call of ['database.credentials.findApiKey', 'storage.stat', 'database.files.register']) {
      assert.ok(calls.includes(call), `${call} in ${calls}`)
    }

    const sent = serverSpan(spans, `PUT ${URLS.uploadSession}`)
    assert.notEqual(sent.traceId, traceId)
    assert.equal(sent.parentId, '')
    const steps = namesBelow(spans, sent).filter((name) => name.startsWith('storage.'))
    for (const step of ['storage.uploads.claim', 'storage.writer.append', 'storage.writer.finalize']) {
      assert.ok(steps.includes(step), `${step} in ${steps}`)
    }
    const call = spans.find(({ name }) => name === 'database.files.register')
    assert.equal(call?.attributes['db.system.name'], 'sqlite')
    assert.equal(call?.attributes['db.operation.name'], 'files.register')
  })

  it('contain errors, but no secret and no name', async () => {
    const secrets: string[] = []
    const { spans, bytes } = await traced({}, async (app) => {
      const client = createClient(app)
      const file = textFile('a-name-of-mine.txt')
      const upload = await client.startUpload(file)
      const id = new URL(upload.uploadUrl).searchParams.get('upload_id') ?? assert.fail()
      const stored = await putObject(upload.uploadUrl, file.bytes)
      assert.equal(stored.status, 200)
      await client.register(upload.register)
      const { download_url } = await client.content(upload.fileId)
      const token = new URL(download_url).searchParams.get('token') ?? assert.fail()
      await exchange(app.url, 'GET', download_url.slice(app.url.length))
      await sendToApi(app, 'GET', `/nowhere/${id}?token=${token}`)
      await client.get('/files/file_1')
      await client.get('/files', { credentials: { authorization: 'Bearer oak_live_wrong' } })
      secrets.push(id, token, app.apiKey, 'oak_live_wrong', file.filename)
    })
    serverSpan(spans, `GET ${URLS.download}`)
    serverSpan(spans, 'GET')
    assert.equal(serverSpan(spans, `GET ${URLS.file}`).attributes['error.type'], 'FILE_NOT_FOUND')
    assert.equal(serverSpan(spans, `GET ${URLS.files}`).attributes['error.type'], 'INVALID_API_KEY')
    const everything = Buffer.concat(bytes)
    assert.equal(secrets.length, 5)
    for (const secret of secrets) assert.ok(!everything.includes(secret), secret)
  })

  const samplings: readonly [env: Record<string, string>, flags: string, isSent: boolean][] = [
    [{}, '01', true],
    [{}, '00', false],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, '00', true],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, '01', false],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, '01', false],
  ]
  for (const [env, flags, isSent] of samplings) {
    it(`${isSent ? 'come' : 'do not come'} with ${JSON.stringify(env)} and the flags ${flags}`, async () => {
      const { spans } = await traced(env, async (app) => {
        const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags}`
        await createClient(app).get('/files', { headers: { traceparent } })
      })
      assert.equal(
        spans.some(({ name }) => name === `GET ${URLS.files}`),
        isSent,
      )
    })
  }
})
