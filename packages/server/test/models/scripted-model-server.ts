import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** Behaviour of the server for one request. */
export type Reply =
  /** Answers with pieces of text, as a stream when the request asks for one. */
  | {
      readonly kind: 'text'
      readonly pieces: readonly string[]
      readonly finish?: string
      readonly usage?: object
    }
  /** Answers with this status, body and headers. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  | RawReply
  /** Never answers, or sends raw text as the beginning of an event stream that never ends. */
  | { readonly kind: 'stall'; readonly text?: string }

/** Sends raw text as an event stream, then ends or, with `breaksOff`, closes the connection. */
export interface RawReply {
  readonly kind: 'raw'
  readonly text: string
  readonly breaksOff?: boolean
}

export interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

/** Model server with OpenAI's API that answers each request with the next reply of its script, then with "ok". */
export type ScriptedModelServer = Awaited<ReturnType<typeof startScriptedModelServer>>

/** Returns the vector of a text at its place in the request. */
type Embed = (text: unknown, index: number) => readonly number[]

const SMALL_VECTOR: Embed = (_text, index) => [0.5, -1, index]

export async function startScriptedModelServer({ embed = SMALL_VECTOR }: { readonly embed?: Embed } = {}) {
  const requests: ReceivedRequest[] = []
  const replies: Reply[] = []
  const cancelled: string[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const body = request.method === 'POST' ? ((await json(request)) as ReceivedRequest['body']) : {}
    requests.push({ path, headers: request.headers, body })
    response.on('close', () => {
      if (!response.writableFinished) cancelled.push(path)
    })
    const reply = replies.shift() ?? usualReply(path, body, embed)
    send(response, reply, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    /** Requests in their order. */
    requests,
    /** Paths of the requests whose client went away before the end. */
    cancelled,
    play: (...script: readonly Reply[]) => {
      replies.splice(0, replies.length, ...script)
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function usualReply(path: string, { input }: ReceivedRequest['body'], embed: Embed): Reply {
  if (path.endsWith('/models')) {
    const data = [
      { id: 'tiny', object: 'model' },
      { id: 'org/large', created: 5, owned_by: 'someone' },
    ]
    return { kind: 'status', status: 200, body: { object: 'list', data } }
  }
  if (path.endsWith('/embeddings')) {
    const texts = Array.isArray(input) ? input : [input]
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: embed(text, index) }))
    const usage = { prompt_tokens: 3, total_tokens: 3 }
    return { kind: 'status', status: 200, body: { object: 'list', data, model: 'tiny', usage } }
  }
  return { kind: 'text', pieces: ['ok'] }
}

function send(response: ServerResponse, reply: Reply, body: ReceivedRequest['body']): void {
  if (reply.kind === 'stall' && reply.text === undefined) return
  if (reply.kind === 'status') {
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body))
    return
  }
  if (reply.kind === 'text' && body.stream !== true) {
    const message = { role: 'assistant', content: reply.pieces.join('') }
    const choices = [{ index: 0, message, finish_reason: reply.finish ?? 'stop' }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', model: 'tiny', choices }))
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (reply.kind === 'text') {
    for (const piece of reply.pieces)
      response.write(event({ delta: { content: piece }, finish_reason: null }))
    response.write(event({ delta: {}, finish_reason: reply.finish ?? 'stop' }))
    if (reply.usage) response.write(`data: ${JSON.stringify({ choices: [], usage: reply.usage })}\n\n`)
    response.end('data: [DONE]\n\n')
    return
  }
  response.write(reply.text ?? '', () => {
    if (reply.kind === 'stall') return
    if (reply.breaksOff) response.destroy()
    else response.end()
  })
}

function event(choice: object): string {
  const chunk = { object: 'chat.completion.chunk', model: 'tiny', choices: [{ index: 0, ...choice }] }
  return `data: ${JSON.stringify(chunk)}\n\n`
}
