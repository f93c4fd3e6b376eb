import type { FastifyReply } from 'fastify'
import type { JSONSchema } from 'json-schema-to-ts'
import type { RunningResponse } from '../../domain/conversations/running-response.ts'
import { ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { readBoolean, readObject } from '../../domain/read-values.ts'
import { countInputTokens } from '../../operations/responses/count-input-tokens.ts'
import { createResponse } from '../../operations/responses/create-response.ts'
import { deleteResponse } from '../../operations/responses/delete-response.ts'
import { getResponse } from '../../operations/responses/get-response.ts'
import { listResponseInput } from '../../operations/responses/list-response-input.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { clientSignal } from '../http/event-stream.ts'
import { type Rendering, toItemObject } from '../http/item-object.ts'
import { object } from '../http/json-schema.ts'
import { readToEnd } from '../http/read-to-end.ts'
import { sendResponseEvents } from '../http/response-events.ts'
import { toResponseObject } from '../http/response-object.ts'
import { OPENAI_URLS } from '../urls.ts'
import { readInclude, readIncludeQuery } from './include.ts'
import { listOf, listParameters, toListBody } from './list-body.ts'
import { type Query, readListQuery } from './list-query.ts'
import { bodyOf, optional } from './read-body.ts'
import { readResponseRequest } from './read-response-request.ts'
import { Metadata } from './store-schemas.ts'

const PAGES = { max: 100, usual: 20 }
/** Room for files of 50 MB as base64. */
const MAX_BODY_BYTES = 70 * 1024 * 1024

const ResponseParams = object({
  response_id: { type: 'string', description: 'The id of the response.' },
})

const ResponseBody = {
  type: 'object',
  required: ['id', 'object'],
  properties: { id: { type: 'string' }, object: { type: 'string', enum: ['response'] } },
  additionalProperties: true,
  description: "A Response of OpenAI's API, with all its members.",
} as const satisfies JSONSchema

const InputItem = {
  type: 'object',
  required: ['id', 'type'],
  properties: { id: { type: 'string' }, type: { type: 'string' } },
  additionalProperties: true,
} as const satisfies JSONSchema

const IncludeParameter = {
  type: 'array',
  items: { type: 'string' },
  description: '`file_search_call.results` adds the results of searches.',
} as const satisfies JSONSchema

const RequestBody = object(
  { input: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'object' } }] } },
  {
    model: { type: 'string', description: "The model; the operator's default when absent." },
    instructions: { type: 'string' },
    previous_response_id: { type: 'string' },
    conversation: { anyOf: [{ type: 'string' }, object({ id: { type: 'string' } })] },
    store: { type: 'boolean', default: true },
    stream: { type: 'boolean', default: false },
    tools: {
      type: 'array',
      items: { type: 'object', description: 'A `function`, or a `file_search` over vector stores.' },
      maxItems: 128,
    },
    tool_choice: { anyOf: [{ type: 'string', enum: ['none', 'auto', 'required'] }, { type: 'object' }] },
    parallel_tool_calls: { type: 'boolean', default: true },
    max_tool_calls: { type: 'integer', minimum: 1, examples: [5] },
    max_output_tokens: { type: 'integer', minimum: 16, examples: [1024] },
    temperature: { type: 'number', minimum: 0, maximum: 2 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    top_logprobs: { type: 'integer', minimum: 0, maximum: 20 },
    reasoning: { type: 'object' },
    text: { type: 'object', description: 'The `format` of the answer.' },
    include: IncludeParameter,
    truncation: { type: 'string', enum: ['disabled', 'auto'], default: 'disabled' },
    metadata: Metadata,
    user: { type: 'string' },
    safety_identifier: { type: 'string' },
    prompt_cache_key: { type: 'string' },
  },
)

const create = endpoint(
  {
    operation: createResponse,
    method: 'POST',
    path: OPENAI_URLS.responses,
    tag: 'Responses',
    summary: 'Let a model answer',
    description: 'With `stream: true` the response is a stream of events.',
    maxBodyBytes: MAX_BODY_BYTES,
    body: RequestBody,
    responses: {
      200: {
        description: 'The response, or its events.',
        content: {
          'application/json': { schema: ResponseBody },
          'text/event-stream': { schema: { type: 'string' }, example: 'event: response.created' },
        },
      },
    },
    errors: [
      'VALIDATION_ERROR',
      'THREAD_NOT_FOUND',
      'THREAD_BUSY',
      'MESSAGE_NOT_FOUND',
      'VECTOR_STORE_NOT_FOUND',
      'VECTOR_STORE_EXPIRED',
      'FILE_NOT_FOUND',
      'CONTEXT_LENGTH_EXCEEDED',
      'MODEL_SERVER_ERROR',
      'MODEL_SERVER_NOT_CONFIGURED',
      'MODEL_SERVER_TIMEOUT',
    ],
  },
  ({ context }) =>
    async (incoming, reply) => {
      // Clients ask so for responses that keep their connection.
      if ((incoming.query as Query).beta === 'true')
        throw new ServiceError('NOT_FOUND', 'beta responses are not served')
      const body = bodyOf(incoming)
      const isStreamed = optional(body.stream, 'stream', readBoolean) === true
      optional(body.stream_options, 'stream_options', readObject)
      const rendering = readInclude(body.include)
      const request = readResponseRequest(body)
      const input = { request, signal: clientSignal(reply) }
      const running = await createResponse(context, callerOf(incoming), input)
      return send(reply, running, isStreamed, rendering)
    },
)

async function send(
  reply: FastifyReply,
  running: RunningResponse,
  isStreamed: boolean,
  rendering: Rendering,
): Promise<FastifyReply> {
  if (isStreamed) return sendResponseEvents(reply, running, rendering)
  return reply.send(toResponseObject(await readToEnd(running), rendering))
}

const get = endpoint(
  {
    operation: getResponse,
    method: 'GET',
    path: OPENAI_URLS.response,
    tag: 'Responses',
    summary: 'Get a stored response',
    params: ResponseParams,
    query: { type: 'object', properties: { 'include[]': IncludeParameter } },
    responses: { 200: { description: 'The response.', body: ResponseBody } },
    errors: ['RESPONSE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const query = request.query as Query
      if (query.stream === 'true') throw invalidValue('stream', 'unsupported', 'is not supported here')
      const rendering = readIncludeQuery(query)
      const response = await getResponse(context, callerOf(request), request.params.response_id)
      return toResponseObject(response, rendering)
    },
)

const remove = endpoint(
  {
    operation: deleteResponse,
    method: 'DELETE',
    path: OPENAI_URLS.response,
    tag: 'Responses',
    summary: 'Delete a stored response',
    params: ResponseParams,
    responses: {
      200: {
        description: 'The response is deleted.',
        body: object({
          id: { type: 'string' },
          object: { type: 'string', enum: ['response'] },
          deleted: { type: 'boolean' },
        }),
      },
    },
    errors: ['RESPONSE_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { response_id: id } = request.params
      await deleteResponse(context, callerOf(request), id)
      return { id, object: 'response' as const, deleted: true }
    },
)

const listInput = endpoint(
  {
    operation: listResponseInput,
    method: 'GET',
    path: OPENAI_URLS.responseInput,
    tag: 'Responses',
    summary: 'List the input of a stored response',
    params: ResponseParams,
    query: {
      type: 'object',
      properties: { ...listParameters(PAGES.max, PAGES.usual), 'include[]': IncludeParameter },
    },
    responses: { 200: { description: 'A part of the list.', body: listOf(InputItem) } },
    errors: ['RESPONSE_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const query = request.query as Query
      const { limit, order, after, before } = readListQuery(query, PAGES)
      const rendering = readIncludeQuery(query)
      const { response_id: responseId } = request.params
      const page = await listResponseInput(context, callerOf(request), {
        ...{ responseId, limit, order, after, before },
      })
      return toListBody(
        page.items.map((item) => toItemObject(item, rendering)),
        page.hasMore,
      )
    },
)

const countTokens = endpoint(
  {
    operation: countInputTokens,
    method: 'POST',
    path: OPENAI_URLS.responseTokens,
    tag: 'Responses',
    summary: 'Estimate the tokens of an input',
    description: 'Results of searches do not count, because they are found with the answer.',
    maxBodyBytes: MAX_BODY_BYTES,
    body: RequestBody,
    responses: {
      200: {
        description: 'The estimate.',
        body: object({
          object: { type: 'string', enum: ['response.input_tokens'] },
          input_tokens: { type: 'integer' },
        }),
      },
    },
    errors: [
      'VALIDATION_ERROR',
      'THREAD_NOT_FOUND',
      'FILE_NOT_FOUND',
      'UNSUPPORTED_FILE_TYPE',
      'CONTEXT_LENGTH_EXCEEDED',
    ],
  },
  ({ context }) =>
    async (incoming, reply) => {
      const request = readResponseRequest(bodyOf(incoming))
      const input = { request, signal: clientSignal(reply) }
      const input_tokens = await countInputTokens(context, callerOf(incoming), input)
      return { object: 'response.input_tokens' as const, input_tokens }
    },
)

export const OPENAI_RESPONSES = [create, get, remove, listInput, countTokens]
