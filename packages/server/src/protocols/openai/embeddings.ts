import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readInteger,
  readList,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'
import { embedTexts } from '../../operations/models/embed-texts.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { clientSignal } from '../http/event-stream.ts'
import { object } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { bodyOf, optional } from './read-body.ts'

const MAX_BODY_BYTES = 50 * 1024 * 1024
const MAX_INPUTS = 2048
const MAX_MODEL_LENGTH = 512
const MAX_DIMENSIONS = 100_000

const TokenList = { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: MAX_INPUTS } as const

const create = endpoint(
  {
    operation: embedTexts,
    method: 'POST',
    path: OPENAI_URLS.embeddings,
    tag: 'Models',
    summary: 'Embed texts',
    maxBodyBytes: MAX_BODY_BYTES,
    body: object(
      {
        input: {
          anyOf: [
            { type: 'string' },
            { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_INPUTS },
            TokenList,
            { type: 'array', items: TokenList, minItems: 1, maxItems: MAX_INPUTS },
          ],
        },
      },
      {
        model: { type: 'string', description: "The model; the operator's default when absent." },
        encoding_format: { type: 'string', enum: ['float', 'base64'], default: 'float' },
        dimensions: { type: 'integer', minimum: 1 },
        user: { type: 'string' },
      },
    ),
    responses: {
      200: {
        description: 'The vectors. With `base64` each is the base64 of its little-endian 32-bit floats.',
        body: object({
          object: { type: 'string', enum: ['list'] },
          data: {
            type: 'array',
            items: object({
              object: { type: 'string', enum: ['embedding'] },
              index: { type: 'integer' },
              embedding: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] },
            }),
          },
          model: { type: 'string' },
          usage: object({ prompt_tokens: { type: 'integer' }, total_tokens: { type: 'integer' } }),
        }),
      },
    },
    errors: [
      'VALIDATION_ERROR',
      'MODEL_REQUEST_REFUSED',
      'MODEL_NOT_FOUND',
      'MODEL_SERVER_ERROR',
      'MODEL_SERVER_NOT_CONFIGURED',
      'MODEL_SERVER_TIMEOUT',
    ],
  },
  ({ context }) =>
    async (request, reply) => {
      const body = bodyOf(request)
      const count = countInputs(body.input)
      const format =
        optional(body.encoding_format, 'encoding_format', (value, path) =>
          readOneOf(value, path, ['float', 'base64']),
        ) ?? 'float'
      const input = { body: upstreamBody(body), count, signal: clientSignal(reply) }
      const { vectors, model, promptTokens, totalTokens } = await embedTexts(
        context,
        callerOf(request),
        input,
      )
      const data = vectors.map((vector, index) => ({
        object: 'embedding' as const,
        index,
        embedding: format === 'base64' ? toBase64(vector) : [...vector],
      }))
      const usage = { prompt_tokens: promptTokens, total_tokens: totalTokens }
      return { object: 'list' as const, data, model, usage }
    },
)

/** Checks the input and returns the number of its texts. Throws VALIDATION_ERROR. */
function countInputs(value: unknown): number {
  if (typeof value === 'string') {
    readText(value, 'input', Number.MAX_SAFE_INTEGER, 1)
    return 1
  }
  const list = readList(value, 'input', MAX_INPUTS, 1)
  if (isTokens(list)) return 1
  for (const [index, entry] of list.entries()) {
    const path = `input[${index}]`
    if (typeof entry === 'string') readText(entry, path, Number.MAX_SAFE_INTEGER, 1)
    else if (!isTokens(readList(entry, path, MAX_BODY_BYTES, 1)))
      throw invalidValue(path, 'wrong_type', 'must be a string or an array of tokens')
  }
  return list.length
}

function isTokens(value: unknown): boolean {
  return Array.isArray(value) && value.every((token) => Number.isInteger(token) && Number(token) >= 0)
}

/** Returns the members for the model server. The encoding is this service's. */
function upstreamBody({ input, model, dimensions, user }: JsonObject): JsonObject {
  return {
    model: optional(model, 'model', (value, path) => readText(value, path, MAX_MODEL_LENGTH)),
    input,
    ...(isAbsent(dimensions) ? {} : { dimensions: readInteger(dimensions, 'dimensions', 1, MAX_DIMENSIONS) }),
    ...(isAbsent(user) ? {} : { user: readText(user, 'user', MAX_MODEL_LENGTH) }),
  }
}

/** Returns the base64 of a vector as little-endian 32-bit floats, as OpenAI's clients decode it. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

export const OPENAI_EMBEDDINGS = [create]
