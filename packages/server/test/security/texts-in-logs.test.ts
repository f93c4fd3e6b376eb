import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it } from 'node:test'
import { createClient } from '../api/client.ts'
import { addText, createStore, indexText, settled } from '../api/vector-store-bodies.ts'
import { type Reply, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startCollector } from '../observe/collector.ts'
import { operatorUrl } from '../observe/metrics-of.ts'
import { send, sendOk } from '../openai/exchange.ts'
import { answerOf, callsOf } from '../responses/replies.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertHoldsNone } from './every-secret.ts'

type Upstream = Awaited<ReturnType<typeof startScriptedModelServer>>

/** Vector of the query, which comes before the answer of the model. */
const VECTOR: Reply = { kind: 'status', status: 200, body: { data: [{ embedding: [0.5, -1, 0] }] } }

/** Sends texts to every operation that uses a model, with answers and with faults. Returns the texts. */
async function useEveryText(app: TestApp, upstream: Upstream): Promise<string[]> {
  const texts: string[] = []
  const text = () => {
    const made = `words ${randomBytes(24).toString('hex')}`
    texts.push(made)
    return made
  }
  const post = (path: string, body: object) => send(app, 'POST', path, { body })
  const client = createClient(app)
  const store = await createStore(client)
  await indexText(client, store.id, text())
  const tools = [{ type: 'file_search', vector_store_ids: [store.id] }]
  const say = () => [{ role: 'user', content: text() }]
  const calls: readonly (readonly [path: string, body: () => object])[] = [
    ['/chat/completions', () => ({ messages: say() })],
    ['/chat/completions', () => ({ messages: say(), stream: true })],
    ['/completions', () => ({ prompt: text() })],
    ['/embeddings', () => ({ input: [text()] })],
    ['/responses', () => ({ input: text(), instructions: text(), tools })],
    ['/responses', () => ({ input: say(), stream: true })],
    ['/model/response', () => ({ inputs: say(), stream: true })],
  ]
  /** Model servers repeat the request in their refusals. */
  const replies: readonly (() => Reply)[] = [
    () => answerOf(text(), text()),
    () => callsOf(['file_search', { queries: [text()] }], ['unknown', { a: text() }]),
    ...[400, 401, 404, 429, 500].map((status) => (): Reply => {
      const error = { message: text(), code: text(), param: text() }
      return { kind: 'status', status, body: { error } }
    }),
    () => ({ kind: 'status', status: 200, body: text() }),
    () => ({ kind: 'raw', text: `data: ${text()}\n\n` }),
    () => ({ kind: 'raw', text: `data: {"error":{"message":"${text()}"}}\n\n` }),
    () => ({
      kind: 'raw',
      text: `data: {"choices":[{"delta":{"content":"${text()}"}}]}\n\n`,
      breaksOff: true,
    }),
  ]
  const statuses = new Set<number>()
  for (const [path, toBody] of calls) {
    for (const reply of replies) {
      const body = toBody()
      upstream.play(...('tools' in body ? [VECTOR, reply()] : [reply()]))
      statuses.add((await post(path, body)).status)
    }
  }
  assert.deepEqual([...statuses].toSorted(), [200, 400, 404, 422, 429, 502])
  upstream.play()
  const { id } = await sendOk<{ id: string }>(app, 'POST', '/conversations', { body: { items: say() } })
  await post('/responses', { input: text(), conversation: id })
  await post('/responses', { input: text(), previous_response_id: text() })
  await post(`/vector_stores/${store.id}/search`, { query: text(), rewrite_query: true })
  await post(`/vector_stores/${store.id}/search?query=${encodeURIComponent(text())}`, { query: [text(), 1] })
  await send(app, 'POST', '/responses', { body: `{"input": "${text()}"` })
  upstream.play({ kind: 'status', status: 400, body: { error: { message: text() } } })
  await settled(client, await addText(client, store.id, text()))
  return texts
}

it('texts of requests and answers are in no log at LOG_LEVEL=trace, in no metric and in no span', async () => {
  const upstream = await startScriptedModelServer()
  const collector = await startCollector()
  const models = { MODEL_SERVER_URL: upstream.url, CHAT_MODEL: 'tiny' }
  const embeddings = { EMBEDDINGS_URL: upstream.url, EMBEDDINGS_MODEL: 'tiny' }
  const observers = { METRICS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const app = await startApp({
    env: { ...models, ...embeddings, ...observers, LOG_LEVEL: 'trace', RATE_LIMIT_PER_MINUTE: '0' },
  })
  let metrics = ''
  const work = async () => {
    const texts = await useEveryText(app, upstream)
    metrics = await (await fetch(`${operatorUrl(app)}/metrics`)).text()
    return texts
  }
  const texts = await work().finally(async () => {
    await app.stop()
    collector.close()
    await upstream.stop()
  })
  assert.ok(texts.length > 100)
  assertHoldsNone(app.output(), texts)
  assert.match(metrics, /^waybill_model_call_errors_total\{/m)
  assertHoldsNone(metrics, texts)
  assert.ok(collector.spans.some(({ attributes }) => 'gen_ai.operation.name' in attributes))
  assertHoldsNone(Buffer.concat(collector.bytes).toString('latin1'), texts)
})
