import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { createOpenAiEmbedder } from './openai-embedder.ts'

interface Request {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: { readonly model: string; readonly input: string[]; readonly encoding_format: string }
}
type Answer = (request: Request, response: ServerResponse) => void

const KEY = 'sk-very-secret'
const send = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
const vectorsOf = ({ body }: Request) => ({
  data: body.input.map((text, index) => ({ index, embedding: [text.length, 0, 1] })),
})
const answerRightly: Answer = (request, response) => send(response, 200, vectorsOf(request))

describe('an embedder for compatible endpoints', () => {
  let server: Server
  let url: string
  let requests: Request[] = []
  /** Answers in order; the last one is given again and again. */
  let answers: Answer[] = []

  before(async () => {
    server = createServer(async (incoming: IncomingMessage, response) => {
      const body = (await json(incoming)) as Request['body']
      const request = { path: incoming.url ?? '', authorization: incoming.headers.authorization, body }
      requests.push(request)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      answer?.(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`
  })
  after(() => server.close())
  beforeEach(() => {
    requests = []
    answers = [answerRightly]
  })

  const embedderOf = (fields = {}) =>
    createOpenAiEmbedder({ url: `${url}/`, model: 'm', apiKey: KEY, backoffMs: 1, ...fields })
  const texts = (count: number) => Array.from({ length: count }, (_, at) => 'x'.repeat(at))
  const failsWith = (message: RegExp) => (error: unknown) => {
    assert.ok(
      error instanceof Error && 'code' in error && error.code === 'SERVICE_UNAVAILABLE',
      String(error),
    )
    assert.match(error.message, message)
    assert.ok(!error.message.includes(KEY))
    return true
  }

  it('returns vectors of length 1 in the order of the texts', async () => {
    answers = [(request, response) => send(response, 200, { data: vectorsOf(request).data.reverse() })]
    const [first, second] = await embedderOf().embed(['', 'xxxx'])
    assert.deepEqual([...(first ?? [])], [0, 0, 1])
    assert.ok(Math.abs(Math.hypot(...(second ?? [])) - 1) < 1e-6)
    assert.deepEqual(requests, [
      {
        path: '/v1/embeddings',
        authorization: `Bearer ${KEY}`,
        body: { model: 'm', input: ['', 'xxxx'], encoding_format: 'float' },
      },
    ])
  })

  it('sends at most 32 texts at once', async () => {
    assert.equal((await embedderOf().embed(texts(70))).length, 70)
    assert.deepEqual(
      requests.map(({ body }) => body.input.length),
      [32, 32, 6],
    )
  })

  it('halves batches that are too large for the server', async () => {
    answers = [
      (request, response) =>
        request.body.input.length > 10 ? send(response, 413, {}) : answerRightly(request, response),
    ]
    const vectors = await embedderOf().embed(texts(32))
    const expected = texts(32).map(({ length }) => length / Math.hypot(length, 1))
    assert.ok(vectors.every((vector, at) => Math.abs((vector[0] ?? 0) - (expected[at] ?? 0)) < 1e-6))
  })

  it('fails when a single text is too large', async () => {
    answers = [(_, response) => send(response, 413, {})]
    await assert.rejects(embedderOf().embed(['a', 'b']), failsWith(/single text/))
  })

  for (const status of [408, 429, 500, 503]) {
    it(`tries again after status ${status}`, async () => {
      answers = [(_, response) => send(response, status, {}, { 'retry-after': '0' }), answerRightly]
      assert.equal((await embedderOf().embed(['a'])).length, 1)
      assert.equal(requests.length, 2)
    })
  }

  it('tries again after a broken connection', async () => {
    answers = [(_, response) => response.destroy(), answerRightly]
    assert.equal((await embedderOf().embed(['a'])).length, 1)
  })

  it('gives up after five attempts', async () => {
    answers = [(_, response) => send(response, 500, {})]
    await assert.rejects(embedderOf().embed(['a']), failsWith(/status 500/))
    assert.equal(requests.length, 5)
  })

  it('stops waiting for a server that does not answer', async () => {
    answers = [() => {}]
    await assert.rejects(embedderOf({ timeoutMs: 20 }).embed(['a']), failsWith(/in time/))
    server.closeAllConnections()
  })

  it('stops when the caller aborts, also between attempts', async () => {
    const controller = new AbortController()
    answers = [(_, response) => {
      send(response, 503, {}, { 'retry-after': '20' })
      controller.abort()
    }] // biome-ignore format: short
    await assert.rejects(embedderOf().embed(['a'], controller.signal), { name: 'AbortError' })
  })

  const WRONG: readonly [string, unknown, RegExp][] = [
    ['no list', { error: 'x' }, /no list/],
    ['too few vectors', { data: [] }, /0 vectors for 2 texts/],
    [
      'an index twice',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      },
      /twice/,
    ],
    [
      'different dimensions',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 1, embedding: [1, 2] },
        ],
      },
      /2 dimensions instead of 1/,
    ],
    [
      'values that are no numbers',
      {
        data: [
          { index: 0, embedding: [null] },
          { index: 1, embedding: [1] },
        ],
      },
      /finite/,
    ],
    [
      'text instead of a vector',
      {
        data: [
          { index: 0, embedding: 'AAAA' },
          { index: 1, embedding: [1] },
        ],
      },
      /no list of numbers/,
    ],
    [
      'a vector of zeros',
      {
        data: [
          { index: 0, embedding: [0] },
          { index: 1, embedding: [1] },
        ],
      },
      /length 0/,
    ],
  ]
  for (const [name, body, message] of WRONG) {
    it(`refuses ${name}`, async () => {
      answers = [(_, response) => send(response, 200, body)]
      await assert.rejects(embedderOf().embed(['a', 'b']), failsWith(message))
      assert.equal(requests.length, 1)
    })
  }

  it('refuses other dimensions than the operator has set', async () => {
    await assert.rejects(embedderOf({ dimensions: 4 }).embed(['a']), failsWith(/3 dimensions instead of 4/))
  })

  it('refuses a response that is no JSON', async () => {
    answers = [(_, response) => response.writeHead(200).end('<html>')]
    await assert.rejects(embedderOf().embed(['a']), failsWith(/no JSON/))
  })

  for (const status of [301, 400, 401, 404]) {
    it(`fails at once with status ${status}, and never follows a redirect`, async () => {
      answers = [(_, response) => send(response, status, {}, { location: '/elsewhere' })]
      await assert.rejects(embedderOf().embed(['a']), failsWith(/./))
      assert.ok(requests.every(({ path }) => path === '/v1/embeddings'))
    })
  }
})
