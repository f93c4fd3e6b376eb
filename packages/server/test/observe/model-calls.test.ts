import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { OPENAI_URLS } from '../../src/protocols/urls.ts'
import { createClient } from '../api/client.ts'
import { createStore, indexText } from '../api/vector-store-bodies.ts'
import { eventually } from '../clients/eventually.ts'
import {
  type Reply,
  type ScriptedModelServer,
  startScriptedModelServer,
} from '../models/scripted-model-server.ts'
import { send, sendOk } from '../openai/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { startCollector } from './collector.ts'
import { type Samples, sample, scrape } from './metrics-of.ts'

const MESSAGES = [{ role: 'user', content: 'hello' }]
const USAGE = { prompt_tokens: 7, completion_tokens: 5 }
const CALLS = 'waybill_model_call_duration_seconds_count'
const FIRST_TOKENS = 'waybill_model_first_token_seconds_count'
const TOKENS = 'waybill_model_tokens_total'
const ERRORS = 'waybill_model_call_errors_total'

describe('metrics of calls to model servers', () => {
  let upstream: ScriptedModelServer
  let app: TestApp
  let server = ''
  before(async () => {
    upstream = await startScriptedModelServer()
    server = new URL(upstream.url).host
    const env = { MODEL_SERVER_URL: upstream.url, CHAT_MODEL: 'tiny', MODEL_SERVER_TIMEOUT: '1' }
    const embeddings = { EMBEDDINGS_URL: upstream.url, EMBEDDINGS_MODEL: 'tiny' }
    app = await startApp({ env: { ...env, ...embeddings, METRICS_PORT: '0', MODEL_CONCURRENCY: '1' } })
  })
  after(async () => {
    await app?.stop()
    await upstream?.stop()
  })
  beforeEach(() => upstream.play())

  const chat = (body: object = {}) =>
    send(app, 'POST', '/chat/completions', { body: { messages: MESSAGES, ...body } })

  /** Returns a function that says how much a metric has grown during the work. */
  const grownBy = async (work: () => Promise<unknown>) => {
    const earlier = await scrape(app)
    await work()
    const later = await scrape(app)
    return (name: string, labels: Record<string, string>) =>
      sample(later, name, { server, ...labels }) - sample(earlier, name, { server, ...labels })
  }

  const streamed: readonly (readonly [title: string, path: string, body: object])[] = [
    ['a streamed chat', '/chat/completions', { messages: MESSAGES, stream: true }],
    ['a streamed response', '/responses', { input: 'hello', stream: true }],
    ['a response', '/responses', { input: 'hello' }],
  ]
  for (const [title, path, body] of streamed) {
    it(`count ${title} with its duration, its first token and its tokens`, async () => {
      upstream.play({ kind: 'text', pieces: ['Hel', 'lo'], usage: USAGE })
      const grown = await grownBy(() => send(app, 'POST', path, { body }))
      assert.equal(grown(CALLS, { operation: 'chat', outcome: 'ok' }), 1)
      assert.equal(grown(FIRST_TOKENS, { operation: 'chat' }), 1)
      assert.equal(grown(TOKENS, { operation: 'chat', type: 'input' }), 7)
      assert.equal(grown(TOKENS, { operation: 'chat', type: 'output' }), 5)
    })
  }

  const whole: readonly (readonly [path: string, body: object, operation: string])[] = [
    ['/chat/completions', { messages: MESSAGES }, 'chat'],
    ['/completions', { prompt: 'hello' }, 'text_completion'],
  ]
  for (const [path, body, operation] of whole) {
    it(`count the tokens of ${path} without a stream, which has no first token`, async () => {
      upstream.play({ kind: 'status', status: 200, body: { choices: [], usage: USAGE } })
      const grown = await grownBy(() => send(app, 'POST', path, { body }))
      assert.equal(grown(CALLS, { operation, outcome: 'ok' }), 1)
      assert.equal(grown(FIRST_TOKENS, { operation }), 0)
      assert.equal(grown(TOKENS, { operation, type: 'input' }), 7)
      assert.equal(grown(TOKENS, { operation, type: 'output' }), 5)
    })
  }

  it('count embeddings: those of clients, of indexing and of searches', async () => {
    const labels = { operation: 'embeddings' }
    const ofClient = await grownBy(() => send(app, 'POST', '/embeddings', { body: { input: 'hello' } }))
    assert.equal(ofClient(CALLS, { ...labels, outcome: 'ok' }), 1)
    assert.equal(ofClient(TOKENS, { ...labels, type: 'input' }), 3)
    const client = createClient(app)
    const store = await createStore(client)
    const ofIndexing = await grownBy(() => indexText(client, store.id, 'a text'))
    assert.equal(ofIndexing(CALLS, { ...labels, outcome: 'ok' }), 1)
    assert.equal(ofIndexing(TOKENS, { ...labels, type: 'input' }), 3)
    const search = `/vector_stores/${store.id}/search`
    const ofSearch = await grownBy(() => sendOk(app, 'POST', search, { body: { query: 'text' } }))
    assert.equal(ofSearch(CALLS, { ...labels, outcome: 'ok' }), 1)
  })

  const refusal = (status: number): Reply => ({ kind: 'status', status, body: {} })
  const FAULTS: readonly (readonly [title: string, reply: Reply, code: string])[] = [
    ['400', refusal(400), 'MODEL_REQUEST_REFUSED'],
    ['401', refusal(401), 'MODEL_SERVER_ERROR'],
    ['404', refusal(404), 'MODEL_NOT_FOUND'],
    ['429', refusal(429), 'RATE_LIMIT_EXCEEDED'],
    ['silence', { kind: 'stall' }, 'MODEL_SERVER_TIMEOUT'],
    [
      'half a stream',
      { kind: 'raw', text: 'data: {"choices":[]}\n\n', breaksOff: true },
      'MODEL_SERVER_ERROR',
    ],
    ['an end without a reason', { kind: 'raw', text: 'data: {"choices":[]}\n\n' }, 'MODEL_SERVER_ERROR'],
  ]
  for (const [title, reply, code] of FAULTS) {
    it(`count ${title} of the model server as ${code}`, async () => {
      upstream.play(reply)
      const body = { input: 'hello', stream: true }
      const grown = await grownBy(() => send(app, 'POST', '/responses', { body }))
      assert.equal(grown(ERRORS, { operation: 'chat', code }), 1)
      assert.equal(grown(CALLS, { operation: 'chat', outcome: 'error' }), 1)
    })
  }

  it('count a passed stream that breaks off as an error', async () => {
    upstream.play({ kind: 'raw', text: 'data: {"choices":[]}\n\n', breaksOff: true })
    const grown = await grownBy(() => chat({ stream: true }).catch(() => null))
    assert.equal(grown(ERRORS, { operation: 'chat', code: 'MODEL_SERVER_ERROR' }), 1)
  })

  for (const [path, body] of [
    ['/chat/completions', { messages: MESSAGES, stream: true }],
    ['/responses', { input: 'hello', stream: true }],
  ] as const) {
    it(`show a call of ${path} and its slot while it runs, and count it as cancelled`, async () => {
      upstream.play({ kind: 'stall' })
      const earlier = await scrape(app)
      const leaving = new AbortController()
      const headers = { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' }
      const request = { method: 'POST', headers, body: JSON.stringify(body), signal: leaving.signal }
      const asked = fetch(`${app.url}/v1${path}`, request).catch(() => null)
      const inFlight = (now: Samples) =>
        sample(now, 'waybill_model_calls_in_flight', { server, operation: 'chat' })
      await eventually('the call runs', async () => inFlight(await scrape(app)) === 1)
      assert.equal((await chat()).status, 429)
      const during = await scrape(app)
      assert.equal(sample(during, 'waybill_model_slots_taken'), 1)
      const refusals = (now: Samples) => sample(now, 'waybill_model_slot_refusals_total')
      assert.equal(refusals(during), refusals(earlier) + 1)
      leaving.abort()
      await asked
      const labels = { operation: 'chat', outcome: 'cancelled' }
      const later = await eventually('the call is over', async () => {
        const now = await scrape(app)
        return inFlight(now) === 0 && sample(now, 'waybill_model_slots_taken') === 0 && now
      })
      assert.equal(sample(later, CALLS, labels), sample(earlier, CALLS, labels) + 1)
    })
  }

  it('have no more series after many different names of models', async () => {
    const seriesNow = async () =>
      [...(await scrape(app)).keys()].filter((key) => key.startsWith('waybill_model'))
    const series = await seriesNow()
    for (let request = 0; request < 20; request++) await chat({ model: randomBytes(6).toString('hex') })
    assert.deepEqual(await seriesNow(), series)
  })
})

describe('traces of calls to model servers', () => {
  it('are spans below the request, with the names of the conventions for generative AI', async () => {
    const upstream = await startScriptedModelServer()
    const collector = await startCollector()
    const env = { MODEL_SERVER_URL: upstream.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
    const app = await startApp({ env })
    upstream.play(
      { kind: 'text', pieces: ['ok'], usage: USAGE },
      { kind: 'status', status: 404, body: { error: { message: 'no such model' } } },
    )
    const body = { model: 'tiny', input: 'hello', stream: true }
    await send(app, 'POST', '/responses', { body })
    await send(app, 'POST', '/chat/completions', { body: { model: 'unknown', messages: MESSAGES } })
    await send(app, 'POST', '/embeddings', { body: { model: 'tiny', input: 'hello' } })
    await app.stop().finally(collector.close)
    await upstream.stop()

    const parentOf = (route: string) => collector.spans.find(({ name }) => name === `POST ${route}`)?.spanId
    const common = {
      'gen_ai.provider.name': 'openai',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(upstream.url).port),
    }
    const spans = collector.spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes)
    const named = Object.fromEntries(spans.map((span) => [span.name, span]))
    assert.deepEqual(Object.keys(named).toSorted(), ['chat', 'chat tiny', 'embeddings tiny'])

    const streamed = named['chat tiny']
    const { 'gen_ai.response.time_to_first_chunk': seconds, ...attributes } = streamed?.attributes ?? {}
    assert.ok(typeof seconds === 'number' && seconds > 0 && seconds < 60, `${seconds}`)
    assert.deepEqual(attributes, {
      ...common,
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.stream': true,
      'gen_ai.request.model': 'tiny',
      'gen_ai.usage.input_tokens': 7,
      'gen_ai.usage.output_tokens': 5,
    })
    assert.equal(streamed?.kind, 3)
    assert.equal(streamed?.parentId, parentOf(OPENAI_URLS.responses))
    assert.deepEqual(named.chat?.attributes, {
      ...common,
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.stream': false,
      'error.type': 'MODEL_NOT_FOUND',
    })
    assert.equal(named.chat?.parentId, parentOf(OPENAI_URLS.chatCompletions))
    assert.equal(named['embeddings tiny']?.parentId, parentOf(OPENAI_URLS.embeddings))
    assert.equal(named['embeddings tiny']?.attributes['gen_ai.usage.input_tokens'], 3)
  })
})
