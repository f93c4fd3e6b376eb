import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import type { FastifyReply } from 'fastify'
import type { JSONSchema } from 'json-schema-to-ts'
import { isAbsent, readList, readText } from '../../domain/read-values.ts'
import { type Completion, completeChat, completeText } from '../../operations/models/complete-chat.ts'
import { callerOf } from '../http/authenticated.ts'
import { type EndpointFacts, endpoint } from '../http/endpoint.ts'
import { clientSignal } from '../http/event-stream.ts'
import { OPENAI_URLS } from '../urls.ts'
import { endWithError } from './end-with-error.ts'
import { bodyOf } from './read-body.ts'

const MAX_BODY_BYTES = 50 * 1024 * 1024
const MAX_MODEL_LENGTH = 512
const MAX_MESSAGES = 100_000

const Model = { type: 'string', description: "The model; the operator's default when absent." } as const

const FACTS = {
  method: 'POST',
  tag: 'Models',
  maxBodyBytes: MAX_BODY_BYTES,
  responses: {
    200: {
      description: 'The answer of the model server, or its stream, byte for byte.',
      content: {
        'application/json': { schema: { type: 'object' } },
        'text/event-stream': { schema: { type: 'string' }, example: 'data: [DONE]' },
      },
    },
  },
  errors: [
    'VALIDATION_ERROR',
    'CONTEXT_LENGTH_EXCEEDED',
    'MODEL_REQUEST_REFUSED',
    'MODEL_NOT_FOUND',
    'MODEL_SERVER_ERROR',
    'MODEL_SERVER_NOT_CONFIGURED',
    'MODEL_SERVER_TIMEOUT',
  ],
} as const satisfies Partial<EndpointFacts>

const chat = endpoint(
  {
    ...FACTS,
    operation: completeChat,
    path: OPENAI_URLS.chatCompletions,
    summary: 'Complete a chat',
    description:
      'The body goes to the model server as it is. Only parts that name a File by its id become the text of the File, ' +
      'and `store` and `metadata` are left out.',
    body: {
      type: 'object',
      required: ['messages'],
      properties: { model: Model, messages: { type: 'array', items: { type: 'object' }, minItems: 1 } },
      additionalProperties: true,
    } as const satisfies JSONSchema,
    errors: [...FACTS.errors, 'FILE_NOT_FOUND', 'UNSUPPORTED_FILE_TYPE'],
  },
  ({ context }) =>
    async (request, reply) => {
      const body = bodyOf(request)
      checkModel(body.model)
      readList(body.messages, 'messages', MAX_MESSAGES, 1)
      const input = { body, signal: clientSignal(reply) }
      return passOn(reply, await completeChat(context, callerOf(request), input))
    },
)

const text = endpoint(
  {
    ...FACTS,
    operation: completeText,
    path: OPENAI_URLS.completions,
    summary: 'Complete a text',
    description: 'The body goes to the model server as it is.',
    body: { type: 'object', properties: { model: Model }, additionalProperties: true },
  },
  ({ context }) =>
    async (request, reply) => {
      const body = bodyOf(request)
      checkModel(body.model)
      const input = { body, signal: clientSignal(reply) }
      return passOn(reply, await completeText(context, callerOf(request), input))
    },
)

function checkModel(value: unknown): void {
  if (!isAbsent(value)) readText(value, 'model', MAX_MODEL_LENGTH)
}

/** Sends the answer; a stream as it comes, no faster than the client reads it. A client that goes cancels the call. */
function passOn(reply: FastifyReply, { contentType, body }: Completion): FastifyReply {
  reply.header('content-type', contentType)
  if (typeof body === 'string') return reply.send(body)
  // Asks nginx to pass events on as they come.
  reply.header('x-accel-buffering', 'no')
  const isEvents = contentType.startsWith('text/event-stream')
  return reply.send(isEvents ? Readable.from(endWithError(reply, body)) : Readable.fromWeb(body as WebStream))
}

export const OPENAI_CHAT = [chat, text]
