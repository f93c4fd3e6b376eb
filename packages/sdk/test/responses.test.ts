import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { eventually } from '../../server/test/clients/eventually.ts'
import {
  type ScriptedModelServer,
  startScriptedModelServer,
} from '../../server/test/models/scripted-model-server.ts'
import { answerOf, deltasOf, unfinishedOf } from '../../server/test/responses/replies.ts'
import {
  PermissionError,
  RateLimitError,
  type ResponseEvent,
  ServerError,
  type Waybill,
} from '../src/waybill.ts'
import { inTurn, type SeenRequest } from './faulty-proxy.ts'
import { startService, type TestService } from './start-service.ts'

const POLL_MS = 20
const isAsking = ({ method }: SeenRequest) => method === 'POST'
const ASKED = { inputs: [{ role: 'user' as const, content: 'Where does the fox sleep?' }] }
/** Seconds that the library does not wait for. */
const LONG_WAIT = '600'

describe('responses of the client', () => {
  let service: TestService
  let models: ScriptedModelServer
  let client: Waybill
  before(async () => {
    models = await startScriptedModelServer()
    service = await startService({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    client = service.client()
  })
  after(async () => {
    await service?.stop()
    await models?.stop()
  })
  afterEach(() => service.proxy.reset())

  async function all(events: AsyncIterable<ResponseEvent>): Promise<ResponseEvent[]> {
    const list: ResponseEvent[] = []
    for await (const event of events) list.push(event)
    return list
  }
  const textOf = (events: readonly ResponseEvent[]) =>
    events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')

  it('list the models', async () => {
    const names = (await client.models.list()).map(({ id }) => id)
    assert.deepEqual(names, ['tiny', 'org/large'])
  })

  it('yield the events of an answer with its citations, and then the answer', async () => {
    const { vectorStores, files } = client
    const store = await vectorStores.create({ name: 'Animals' })
    const file = await files.upload(new Blob(['A fox sleeps in its earth. 🦊']), {
      filename: 'fox.txt',
      mimeType: 'text/plain',
    })
    await vectorStores.files.addAndWait(store.id, file.id, { pollMs: POLL_MS })
    models.play(answerOf('In its ', 'éarth 🦊', ' 【1】.'))
    const body = {
      ...ASKED,
      tools: [{ type: 'file_search', mode: 'on' as const, vector_store_ids: [store.id] }],
      include: ['file_search.results'],
    }
    const events = await all(client.responses.stream(body))
    assert.deepEqual(
      events.map(({ sequence_number }) => sequence_number),
      events.map((_, index) => index),
    )
    assert.equal(textOf(events), 'In its éarth 🦊.')
    const cited = events.find(({ type }) => type === 'response.output_text.annotation.added')
    assert.ok(cited?.type === 'response.output_text.annotation.added')
    const { filename, index, start_offset, end_offset } = cited.annotation
    assert.deepEqual([filename, index, start_offset, end_offset], ['fox.txt', 15, 0, 29])
    const found = events.find(({ type }) => type === 'response.output_item.done')
    assert.ok(found?.type === 'response.output_item.done' && found.item.type === 'file_search_call')
    assert.equal(found.item.results?.[0]?.text, 'A fox sleeps in its earth. 🦊')
    const last = events.at(-1)
    assert.ok(last?.type === 'response.completed')
    assert.deepEqual(last.freddy.response, [{ type: 'text', text: 'In its éarth 🦊.' }])
    assert.deepEqual(await client.responses.get(last.freddy.response_id), {
      ...last.freddy,
      output: last.freddy.output.map(({ results, ...item }) => item),
    })
  })

  it('end with response.incomplete when the model reaches its limit', async () => {
    models.play({ kind: 'text', pieces: ['Half'], finish: 'length' })
    const last = (await all(client.responses.stream(ASKED))).at(-1)
    assert.ok(last?.type === 'response.incomplete')
    assert.equal(last.freddy.stop_reason, 'max_tokens')
  })

  const refusals = [
    {
      status: 429,
      headers: { 'retry-after': LONG_WAIT },
      ErrorClass: RateLimitError,
      code: 'RATE_LIMIT_EXCEEDED',
    },
    { status: 500, headers: {}, ErrorClass: ServerError, code: 'MODEL_SERVER_ERROR' },
  ]
  for (const { status, headers, ErrorClass, code } of refusals) {
    it(`reject before the first event when the model server answers ${status}`, async () => {
      models.play({ kind: 'status', status, body: {}, headers })
      await assert.rejects(all(client.responses.stream(ASKED)), (error) => {
        assert.ok(error instanceof ErrorClass)
        assert.equal(error.code, code)
        return true
      })
    })
  }

  it('reject after the text so far when the model server breaks off', async () => {
    models.play(deltasOf([{ content: 'So far' }], null))
    const seen: ResponseEvent[] = []
    const read = async () => {
      for await (const event of client.responses.stream(ASKED)) seen.push(event)
    }
    await assert.rejects(read, {
      name: 'ServerError',
      code: 'MODEL_SERVER_ERROR',
      message: 'The model server failed.',
    })
    assert.equal(textOf(seen), 'So far')
  })

  it('reject when the connection is lost before the end', async () => {
    service.proxy.setFault(inTurn(isAsking, [{ kind: 'cut-answer', afterBytes: 100 }]))
    await assert.rejects(all(client.responses.stream(ASKED)), {
      name: 'ConnectionError',
      code: 'CONNECTION_FAILED',
    })
    assert.equal(service.proxy.seen.filter(isAsking).length, 1, 'a question is not asked twice')
  })

  it('try again when the service is busy', async () => {
    service.proxy.setFault(inTurn(isAsking, [{ kind: 'answer', status: 429 }]))
    models.play(answerOf('Here'))
    assert.equal(textOf(await all(client.responses.stream(ASKED))), 'Here')
  })

  for (const way of ['the signal', 'leaving the loop'] as const) {
    it(`end by ${way}, which cancels the call of the model`, async () => {
      models.play(unfinishedOf('Begun'))
      const cancelledBefore = models.cancelled.length
      const stop = new AbortController()
      const read = async () => {
        for await (const event of client.responses.stream(ASKED, { signal: stop.signal })) {
          if (event.type !== 'response.output_text.delta') continue
          if (way === 'the signal') stop.abort(new Error('enough'))
          else break
        }
      }
      if (way === 'the signal') await assert.rejects(read, /enough/)
      else await read()
      await eventually('the call is cancelled', () => models.cancelled.length > cancelledBefore)
    })
  }

  it('are refused to a key without the scope', async () => {
    const { key } = await client.apiKeys.create({ key_name: 'Small', scopes: ['vector_stores:read'] })
    const small = service.client({ apiKey: key })
    const refused = { name: 'PermissionError', code: 'INSUFFICIENT_PERMISSIONS', status: 403 }
    await assert.rejects(all(small.responses.stream(ASKED)), refused)
    await assert.rejects(small.models.list(), (error) => {
      assert.ok(error instanceof PermissionError)
      assert.deepEqual([error.code, error.details], ['INSUFFICIENT_PERMISSIONS', {}])
      assert.notEqual(error.traceId, null)
      return true
    })
  })
})
