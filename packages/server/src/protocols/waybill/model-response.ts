import type { FastifyReply } from 'fastify'
import type { JSONSchema } from 'json-schema-to-ts'
import type { RunningResponse } from '../../domain/conversations/running-response.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { JsonObject } from '../../domain/read-values.ts'
import { answerInThread } from '../../operations/responses/answer-in-thread.ts'
import { createResponse } from '../../operations/responses/create-response.ts'
import { deleteResponse } from '../../operations/responses/delete-response.ts'
import { getResponse } from '../../operations/responses/get-response.ts'
import { callerNamed, callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { clientSignal } from '../http/event-stream.ts'
import type { Rendering } from '../http/item-object.ts'
import { nullable, object } from '../http/json-schema.ts'
import { readToEnd } from '../http/read-to-end.ts'
import { sendResponseEvents } from '../http/response-events.ts'
import { URLS } from '../urls.ts'
import { ModelResponseBody, toModelResponseBody, toStreamedResponse } from './model-response-body.ts'
import { OUTPUT_MODES, type OutputMode, readInclude, readModelRequest } from './read-model-request.ts'
import { threadId } from './thread-id.ts'
import { OrganizationQuery } from './threads.ts'
import { Metadata } from './vector-store-body.ts'
import { Id } from './vector-store-shapes.ts'

const MAX_BODY_BYTES = 32 * 1024 * 1024

const Input = {
  type: 'object',
  required: ['role'],
  properties: {
    role: { type: 'string', enum: ['user', 'assistant', 'system'] },
    content: {
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'object' } }, { type: 'null' }],
      description: 'A text, or blocks `{type: "text", text}` and `{type: "file", file_id}`.',
    },
    files: nullable({ type: 'array', items: { type: 'object' } }, 'Files beside the content: `{file_id}`.'),
  },
  additionalProperties: true,
} as const satisfies JSONSchema

const Tool = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { type: 'string', description: '`file_search` or `file_retrieval`.' },
    mode: nullable(
      { type: 'string', enum: ['auto', 'on', 'off'] },
      '`on`: always. `off`: never. `auto`, the default: when there is something to search.',
    ),
    vector_store_ids: nullable(
      { type: 'array', items: Id },
      'The stores to search, at most 10; without ids every store that the key may see, at most 20.',
    ),
    file_ids: nullable(
      { type: 'array', items: Id },
      'The Files to retrieve, at most 20; without ids the files of the messages.',
    ),
  },
  additionalProperties: true,
} as const satisfies JSONSchema

const RequestBody = object(
  {
    inputs: {
      type: 'array',
      items: Input,
      description: 'Messages, 1 to 500.',
      examples: [[{ role: 'user', content: 'When does the contract end?' }]],
    },
  },
  {
    organization_id: nullable({ type: 'string' }, 'The organization of the key. It can be left out.'),
    model: nullable({ type: 'string' }, "The model; the operator's default when absent, and for `ftg-…`."),
    thread_id: nullable({ type: 'string' }, 'The thread to go on in; a new one when absent.'),
    previous_response_id: nullable({ type: 'string' }, 'The response to go on from. Excludes `thread_id`.'),
    instructions: nullable({ type: 'string' }, 'A text for the model before all messages.'),
    temperature: nullable({ type: 'number' }, '0 to 2.'),
    top_p: nullable({ type: 'number' }, '0 to 1.'),
    max_output_synapses: nullable({ type: 'integer' }, 'The largest number of tokens of the answer.'),
    reasoning: nullable({ type: 'object', additionalProperties: true }, 'The `effort` of reasoning.'),
    metadata: nullable(Metadata, 'At most 16 pairs.'),
    tools: nullable({ type: 'array', items: Tool }, 'Searches, and the retrieval of files.'),
    include: nullable(
      { type: 'array', items: { type: 'string' } },
      '`file_search.results` adds the results of searches.',
    ),
    store: nullable({ type: 'boolean' }, 'False for a response that cannot be read later; by default true.'),
    stream: nullable({ type: 'boolean' }, 'True for a stream of events.'),
    output_mode: nullable({ type: 'string' }, '`text` and `blocks`: blocks; `plain`: a string.'),
    assistant_id: nullable({ type: 'string' }, 'There are no assistants.'),
    disable_rules: nullable({ type: 'boolean' }, 'Without effect.'),
  },
)

const ResponseParams = object({
  response_id: { type: 'string', description: 'The `response_id` of the response.' },
})

interface Form {
  readonly isStreamed: boolean
  readonly rendering: Rendering
  readonly outputMode: OutputMode
}

const create = endpoint(
  {
    operation: createResponse,
    method: 'POST',
    path: URLS.modelResponses,
    tag: 'Responses',
    summary: 'Let a model answer',
    description:
      "With `stream: true` the response is a stream of the events of OpenAI's Responses API; the last one has this answer as " +
      '`freddy`.',
    maxBodyBytes: MAX_BODY_BYTES,
    query: OrganizationQuery,
    body: RequestBody,
    responses: {
      200: {
        description: 'The answer, or its events.',
        content: {
          'application/json': { schema: ModelResponseBody },
          'text/event-stream': { schema: { type: 'string' }, example: 'event: response.created' },
        },
      },
    },
    errors: [
      'ASSISTANT_NOT_FOUND',
      'RESPONSE_NOT_FOUND',
      'THREAD_NOT_FOUND',
      'THREAD_BUSY',
      'VECTOR_STORE_NOT_FOUND',
      'VECTOR_STORE_EXPIRED',
      'FILE_NOT_FOUND',
      'UNSUPPORTED_FILE_TYPE',
      'MODEL_NOT_FOUND',
      'MODEL_REQUEST_REFUSED',
      'CONTEXT_LENGTH_EXCEEDED',
      'MODEL_SERVER_ERROR',
      'MODEL_SERVER_NOT_CONFIGURED',
      'MODEL_SERVER_TIMEOUT',
    ],
  },
  ({ context }) =>
    async (incoming, reply) => {
      const { organization_id = null } = incoming.body
      const caller = callerNamed(incoming, organization_id)
      const { request, isWithSearchResults, ...form } = readModelRequest(incoming.body as JsonObject)
      const rendering = renderingOf(isWithSearchResults)
      try {
        const running = await answerInThread(context, caller, { request, signal: clientSignal(reply) })
        return await send(reply, running, { ...form, rendering })
      } catch (error) {
        throw error instanceof ServiceError ? inOwnTerms(error) : error
      }
    },
)

async function send(reply: FastifyReply, running: RunningResponse, form: Form): Promise<FastifyReply> {
  const { isStreamed, rendering } = form
  if (!isStreamed) return reply.send(toModelResponseBody(await readToEnd(running), form))
  return sendResponseEvents(reply, running, {
    ...rendering,
    toResponse: (response) => toStreamedResponse(response, rendering),
    addToAnswer: (response) => ({ freddy: toModelResponseBody(response, form) }),
  })
}

function renderingOf(isWithSearchResults: boolean): Rendering {
  return { fileIdOf: (id) => id, isWithSearchResults }
}

/** Returns the error with the names that this API has for members of the request. */
function inOwnTerms(error: ServiceError): ServiceError {
  const { field, conversation_id, ...details } = error.details
  if (typeof field !== 'string') return error
  const named = field === 'conversation' ? 'thread_id' : field.replace(/^input(?=\[|$)/, 'inputs')
  return new ServiceError(
    error.code,
    error.message,
    {
      ...{ ...details, field: named },
      ...(typeof conversation_id === 'string' && { thread_id: threadId(conversation_id) }),
    },
    { cause: error },
  )
}

const get = endpoint(
  {
    operation: getResponse,
    method: 'GET',
    path: URLS.modelResponse,
    tag: 'Responses',
    summary: 'Get a stored response',
    params: ResponseParams,
    query: object(
      {},
      {
        ...OrganizationQuery.properties,
        output_mode: { type: 'string', enum: OUTPUT_MODES, description: '`plain` for a string.' },
        include: {
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
          description: '`file_search.results` adds the results of searches.',
        },
      },
    ),
    responses: { 200: { description: 'The answer.', body: ModelResponseBody } },
    errors: ['RESPONSE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { include = [], output_mode: outputMode = 'text' } = request.query
      const isWithSearchResults = readInclude([include].flat(), 'include')
      const response = await getResponse(context, callerOf(request), request.params.response_id)
      return toModelResponseBody(response, { rendering: renderingOf(isWithSearchResults), outputMode })
    },
)

const remove = endpoint(
  {
    operation: deleteResponse,
    method: 'DELETE',
    path: URLS.modelResponse,
    tag: 'Responses',
    summary: 'Delete a stored response',
    description: 'The messages stay in the thread.',
    params: ResponseParams,
    query: OrganizationQuery,
    responses: { 204: { description: 'The response is deleted.' } },
    errors: ['RESPONSE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteResponse(context, callerOf(request), request.params.response_id)
      return reply.code(204).send()
    },
)

export const MODEL_RESPONSES = [create, get, remove]
