import { ServiceError } from '../domain/errors.ts'
import type { ObserveModelCall } from '../domain/models/model-call.ts'
import {
  type AcceptedCall,
  type CallOptions,
  callServer,
  type ServerOptions,
  toFault,
} from './call-server.ts'
import { readChatChunk } from './chat-chunk.ts'
import type { ChatChunk, Model, ModelBody, ModelPath, ModelServer } from './model-server.ts'
import { createModelSlots } from './model-slots.ts'
import { reportBody } from './report-body.ts'

export interface ModelServerOptions {
  /** Servers in the order in which their prefixes are compared. An empty list means that none is configured. */
  readonly servers: readonly ServerOptions[]
  /** Model for requests without one; null when they must name it. */
  readonly defaultModel: string | null
  /** Answers of one organization at the same time. */
  readonly slotsPerOrganization: number
  /** Limit of one call, its stream included. */
  readonly timeoutMs: number
  /** Limit of the call that lists the models of a server. */
  readonly listTimeoutMs: number
  /** Observers of all calls; absent for none. */
  readonly observers?: readonly ObserveModelCall[]
}

const LIST_MS = 60_000
/** Largest list of models, and largest event of a stream. */
const MAX_TEXT_LENGTH = 16 * 1024 * 1024
const NOT_CONFIGURED = 'no model server is configured: set MODEL_SERVER_URL'

/** Creates a client of servers with OpenAI's wire format. It connects with the first call. */
export function createModelServer(options: ModelServerOptions): ModelServer {
  const { servers, defaultModel, timeoutMs, listTimeoutMs, observers = [] } = options
  const stopping = new AbortController()
  const closing = stopping.signal
  let listed: { readonly untilMs: number; readonly listing: Promise<Listing> } | null = null

  const list = async (signal: AbortSignal): Promise<Listing> => {
    if (listed === null || listed.untilMs <= Date.now()) {
      const listing = listAll(servers, { timeoutMs: listTimeoutMs, signal, closing, observers })
      const entry = { untilMs: Date.now() + LIST_MS, listing }
      listed = entry
      listing.catch(() => {
        if (listed === entry) listed = null
      })
    }
    return listed.listing
  }

  const call = async (path: ModelPath, body: ModelBody, signal: AbortSignal): Promise<AcceptedCall> => {
    const { server, model } = chooseServer(options, body.model)
    const accepted = await callServer(
      server,
      path,
      { ...body, model },
      { timeoutMs, signal, closing, observers },
    )
    accepted.report.accept(model)
    return accepted
  }

  return {
    defaultModel,
    ...createModelSlots(options.slotsPerOrganization),

    post: async (path, body, signal) => {
      const { contentType, body: answer, report } = await call(path, body, signal)
      // Embeddings are not passed on: their reader refuses what is no JSON, and asks for no type.
      if (path === 'embeddings' || isAnswerType(contentType))
        return { contentType, body: reportBody(answer, report) }
      const fault = garbage('neither JSON nor a stream of events')
      report.end(fault)
      // The fault stays the same when the connection has broken off meanwhile.
      await answer.cancel(fault).catch(() => {})
      throw fault
    },

    listModels: async (signal) => (await list(signal)).models,

    findModel: async (name, signal) => {
      const { models, faults } = await list(signal)
      const found = models.find(({ id }) => id === name)
      if (found !== undefined) return found
      const server = serverOf(servers, name)
      if (server !== undefined && faults.has(server)) throw faults.get(server)
      return null
    },

    streamChat: async (body, signal) => {
      return readChunks(await call('chat/completions', { ...body, stream: true }, signal), signal)
    },

    close: () => stopping.abort(new ServiceError('SERVICE_UNAVAILABLE', 'the service stops')),
  }
}

/** Returns false for the page of a proxy or of another program at the URL, which is no answer for a client. */
function isAnswerType(contentType: string): boolean {
  return /^\s*(?:text\/event-stream|[\w.-]+\/(?:[\w.-]+\+)?json)\s*(?:;|$)/i.test(contentType)
}

/** Returns the server of a model and the name that this server knows. */
function chooseServer({ servers, defaultModel }: ModelServerOptions, named: unknown) {
  const model = named === undefined || named === null || named === '' ? defaultModel : named
  if (servers.length === 0) throw new ServiceError('MODEL_SERVER_NOT_CONFIGURED', NOT_CONFIGURED)
  if (typeof model !== 'string') {
    throw new ServiceError('VALIDATION_ERROR', 'model is required', { field: 'model', problem: 'missing' })
  }
  const server = serverOf(servers, model)
  if (server === undefined)
    throw new ServiceError('MODEL_NOT_FOUND', 'no model server has this model', { model })
  return { server, model: model.slice(server.prefix.length) }
}

function serverOf(servers: readonly ServerOptions[], model: string): ServerOptions | undefined {
  return servers.find(({ prefix }) => model.startsWith(prefix))
}

/** Models of the servers that answered, and the faults of the others. */
interface Listing {
  readonly models: readonly Model[]
  readonly faults: ReadonlyMap<ServerOptions, unknown>
}

/** Lists the models of all servers. Throws the fault of the first server when none answers. */
async function listAll(servers: readonly ServerOptions[], options: CallOptions): Promise<Listing> {
  const faults = new Map<ServerOptions, unknown>()
  const lists = await Promise.all(
    servers.map(async (server) => {
      try {
        return await listModelsOf(server, options)
      } catch (error) {
        faults.set(server, error)
        return []
      }
    }),
  )
  const [first] = servers
  if (first !== undefined && faults.size === servers.length) throw faults.get(first)
  return { models: lists.flat(), faults }
}

async function listModelsOf(server: ServerOptions, options: CallOptions): Promise<readonly Model[]> {
  const { body, report } = await callServer(server, 'models', null, options)
  try {
    const list = await readJson(body)
    const entries = Array.isArray(list?.data) ? (list.data as readonly unknown[]) : []
    report.end(null)
    return entries.flatMap((entry) => toModel(entry, server.prefix))
  } catch (error) {
    report.end(error)
    throw error
  }
}

function toModel(entry: unknown, prefix: string): Model[] {
  const { id, created, owned_by } = (entry ?? {}) as Readonly<Record<string, unknown>>
  if (typeof id !== 'string' || id === '') return []
  return [
    {
      id: `${prefix}${id}`,
      createdAtSeconds: Number.isSafeInteger(created) ? Number(created) : 0,
      ownedBy: typeof owned_by === 'string' && owned_by !== '' ? owned_by : 'model-server',
    },
  ]
}

async function readJson(body: ReadableStream<Uint8Array>): Promise<{ readonly data?: unknown } | null> {
  let text = ''
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part
    if (text.length > MAX_TEXT_LENGTH) throw garbage('a list that is too large')
  }
  try {
    return JSON.parse(text)
  } catch {
    throw garbage('no JSON')
  }
}

/** Yields the chunks of a stream, and ends the report with it. */
async function* readChunks({ body, report }: AcceptedCall, signal: AbortSignal): AsyncGenerator<ChatChunk> {
  let hasFinished = false
  try {
    for await (const chunk of parseChunks(body)) {
      report.receivePiece()
      if (chunk.usage !== null) {
        report.receiveTokens({ input: chunk.usage.promptTokens, output: chunk.usage.completionTokens })
      }
      hasFinished ||= chunk.finishReason !== null
      yield chunk
    }
    if (!hasFinished) throw new ServiceError('MODEL_SERVER_ERROR', 'the model server broke off its answer')
    report.end(null)
  } catch (error) {
    const fault = toFault(error, signal)
    report.end(fault)
    throw fault
  } finally {
    report.cancel()
  }
}

async function* parseChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatChunk> {
  // Loaded with the first stream, because it would slow down the start.
  const { EventSourceParserStream } = await import('eventsource-parser/stream')
  const events = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_TEXT_LENGTH, onError: 'terminate' }))
  for await (const { data } of events) {
    if (data === '[DONE]') return
    yield parseChunk(data)
  }
}

function parseChunk(data: string): ChatChunk {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    throw garbage('no JSON')
  }
  return readChatChunk(value)
}

function garbage(what: string): ServiceError {
  return new ServiceError('MODEL_SERVER_ERROR', `the model server returned ${what}`)
}
