import { ServiceError } from '../domain/errors.ts'
import { readChatChunk } from './chat-chunk.ts'
import type { ChatChunk, Model, ModelAnswer, ModelPath, ModelServer } from './model-server.ts'
import { createModelSlots } from './model-slots.ts'
import { createRefusal } from './refusal.ts'

export interface ModelServerOptions {
  /** Servers in the order in which their prefixes are compared. An empty list means that none is configured. */
  readonly servers: readonly ServerOptions[]
  /** Model for requests without one; null when they must name it. */
  readonly defaultModel: string | null
  /** Answers of one organization at the same time. */
  readonly slotsPerOrganization: number
  /** Limit of one call, its stream included. */
  readonly timeoutMs: number
}

export interface ServerOptions {
  /** Beginning of the names of this server's models, which it does not get; empty for all other names. */
  readonly prefix: string
  /** Base of the API, for example `http://127.0.0.1:11434/v1`. */
  readonly url: string
  /** Key of the server; null when it needs none. */
  readonly apiKey: string | null
}

const LIST_MS = 60_000
/** Largest list of models, and largest event of a stream. */
const MAX_TEXT_LENGTH = 16 * 1024 * 1024
const NOT_CONFIGURED = 'no model server is configured: set MODEL_SERVER_URL'

/** Creates a client of servers with OpenAI's wire format. It connects with the first call. */
export function createModelServer(options: ModelServerOptions): ModelServer {
  const { servers, defaultModel } = options
  let listed: { readonly untilMs: number; readonly models: Promise<readonly Model[]> } | null = null

  const post: ModelServer['post'] = async (path, body, signal) => {
    const { server, model } = chooseServer(options, body.model)
    const response = await call(options, server, path, { body: JSON.stringify({ ...body, model }) }, signal)
    const contentType = response.headers.get('content-type') ?? 'application/json'
    return { contentType, body: response.body ?? new Blob([]).stream() }
  }

  return {
    isConfigured: servers.length > 0,
    defaultModel,
    takeSlot: createModelSlots(options.slotsPerOrganization),
    post,

    listModels: async (signal) => {
      if (listed === null || listed.untilMs <= Date.now()) {
        const models = listAll(options, signal)
        const entry = { untilMs: Date.now() + LIST_MS, models }
        listed = entry
        models.catch(() => {
          if (listed === entry) listed = null
        })
      }
      return listed.models
    },

    streamChat: async (body, signal) => {
      const answer = await post('chat/completions', { ...body, stream: true }, signal)
      return readChunks(answer, signal)
    },
  }
}

/** Returns the server of a model and the name that this server knows. */
function chooseServer({ servers, defaultModel }: ModelServerOptions, named: unknown) {
  const model = named === undefined || named === null || named === '' ? defaultModel : named
  if (servers.length === 0) throw new ServiceError('MODEL_SERVER_NOT_CONFIGURED', NOT_CONFIGURED)
  if (typeof model !== 'string') {
    throw new ServiceError('VALIDATION_ERROR', 'model is required', { field: 'model', problem: 'missing' })
  }
  const server = servers.find(({ prefix }) => model.startsWith(prefix))
  if (server === undefined)
    throw new ServiceError('MODEL_NOT_FOUND', 'no model server has this model', { model })
  return { server, model: model.slice(server.prefix.length) }
}

async function listAll(options: ModelServerOptions, signal: AbortSignal): Promise<readonly Model[]> {
  const lists = await Promise.all(
    options.servers.map(async (server) => {
      const response = await call(options, server, 'models', {}, signal)
      const list = await readJson(response)
      const entries = Array.isArray(list?.data) ? (list.data as readonly unknown[]) : []
      return entries.flatMap((entry) => toModel(entry, server.prefix))
    }),
  )
  return lists.flat()
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

/** Makes one call. Returns a successful response with its body unread; throws as `ModelServer` says. */
async function call(
  { timeoutMs }: ModelServerOptions,
  { url, apiKey }: ServerOptions,
  path: ModelPath | 'models',
  request: { readonly body?: string },
  signal: AbortSignal,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(`${url}/${path}`, {
      method: request.body === undefined ? 'GET' : 'POST',
      headers: {
        accept: '*/*',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      ...request,
      // A redirect would carry the key and the texts to another server.
      redirect: 'error',
      signal: AbortSignal.any([signal, timeout]),
    })
    if (response.ok) return response
    throw await createRefusal(response)
  } catch (error) {
    throw toFault(error, signal)
  }
}

/** Returns the fault of a call as `ModelServer` says; the reason of `signal` when the caller has gone. */
function toFault(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof ServiceError) return error
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ServiceError('MODEL_SERVER_TIMEOUT', 'the model server did not answer in time')
  return new ServiceError('MODEL_SERVER_ERROR', 'the model server cannot be reached', {}, { cause: error })
}

async function readJson(response: Response): Promise<{ readonly data?: unknown } | null> {
  let text = ''
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    if (text.length > MAX_TEXT_LENGTH) throw garbage('a list that is too large')
  }
  try {
    return JSON.parse(text)
  } catch {
    throw garbage('no JSON')
  }
}

async function* readChunks({ body }: ModelAnswer, signal: AbortSignal): AsyncGenerator<ChatChunk> {
  let hasFinished = false
  // Loaded with the first stream, because it would slow down the start.
  const { EventSourceParserStream } = await import('eventsource-parser/stream')
  try {
    const events = body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_TEXT_LENGTH, onError: 'terminate' }))
    for await (const { data } of events) {
      if (data === '[DONE]') break
      const chunk = parseChunk(data)
      hasFinished ||= chunk.finishReason !== null
      yield chunk
    }
  } catch (error) {
    throw toFault(error, signal)
  }
  if (!hasFinished) throw new ServiceError('MODEL_SERVER_ERROR', 'the model server broke off its answer')
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
