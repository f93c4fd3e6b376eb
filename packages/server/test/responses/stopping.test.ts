import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { FastifyReply } from 'fastify'
import { clientSignal } from '../../src/protocols/http/event-stream.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startApp, type TestApp } from '../start-app.ts'

const CHUNK = 'data: {"model":"tiny","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
const MESSAGES = [{ role: 'user', content: 'a secret question' }]

/** Requests of streams, and the last event of each when the service stops. */
const STREAMS = [
  ['/v1/responses', { input: 'a secret question' }, /"type":"response\.failed".*the service stops/],
  ['/v1/model/response', { inputs: MESSAGES }, /"type":"response\.failed".*the service stops/],
  ['/v1/chat/completions', { messages: MESSAGES }, /"error":\{.*"code":"service_unavailable"/],
] as const

describe('a service that stops', () => {
  let models: ScriptedModelServer
  let server: TestApp
  before(async () => {
    models = await startScriptedModelServer()
    server = await startApp({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
  })
  after(() => models?.stop())

  it('ends the streams of all protocols with their terminal event', async () => {
    const headers = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' }
    // The third one breaks off within a line.
    models.play(...STREAMS.map(() => ({ kind: 'stall', text: `${CHUNK}data: {"choi` }) as const))
    const readers = []
    for (const [path, body] of STREAMS) {
      const sent = { method: 'POST', headers, body: JSON.stringify({ ...body, stream: true }) }
      const { body: stream } = await fetch(server.url + path, sent)
      readers.push((stream ?? assert.fail(path)).pipeThrough(new TextDecoderStream()).getReader())
    }
    const begun = await Promise.all(readers.map((reader) => readUntil(reader, 'Hel')))
    await server.stop()
    const rest = await Promise.all(readers.map((reader) => readUntil(reader, null)))
    for (const [index, [path, , last]] of STREAMS.entries()) {
      const events = `${begun[index]}${rest[index]}`.split('\n').filter((line) => line.startsWith('data:'))
      for (const event of events) assert.doesNotThrow(() => JSON.parse(event.slice(5)), event)
      assert.match(events.at(-1) ?? '', last, path)
    }
    const logged = server.output().split('\n')
    assert.equal(logged.filter((line) => line.includes('a stream failed')).length, STREAMS.length)
    assert.ok(!server.output().includes('a secret question'))
  })
})

/** Reads until the text has come, or to the end. Throws when the connection breaks. */
async function readUntil(reader: ReadableStreamDefaultReader<string>, text: string | null): Promise<string> {
  let read = ''
  while (text === null || !read.includes(text)) {
    const { done, value } = await reader.read()
    if (done) break
    read += value
  }
  return read
}

describe('the signal of a client', () => {
  for (const [title, isLate] of [
    ['is aborted when the client goes', false],
    ['is aborted from the beginning when the client has gone before', true],
  ] as const) {
    it(title, async () => {
      const aborted = Promise.withResolvers<boolean>()
      const server = createServer(async (_request, raw) => {
        const closed = once(raw, 'close')
        asked.destroy()
        if (isLate) await closed
        const signal = clientSignal({ raw } as FastifyReply)
        await closed
        aborted.resolve(signal.aborted)
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const asked = request(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      asked.on('error', () => {})
      asked.end()
      const isAborted = await aborted.promise
      server.close()
      await once(server, 'close')
      assert.ok(isAborted)
    })
  }
})
