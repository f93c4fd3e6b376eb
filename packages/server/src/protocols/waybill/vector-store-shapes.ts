import type { JSONSchema } from 'json-schema-to-ts'
import { nullable, object } from '../http/json-schema.ts'
import { OrganizationParams } from './shapes.ts'

const StoreId = {
  type: 'string',
  description: 'The `id` of the vector store.',
} as const satisfies JSONSchema

export const StoreParams = object({ ...OrganizationParams.properties, vector_store_id: StoreId })

export const StoreFileParams = object({
  ...StoreParams.properties,
  file_id: {
    type: 'string',
    description: 'The `id` of the File, or the `vsf_` id of the file of the store.',
  },
})

/** Id in a body or a cursor. It is longer than every id, and its text is looked up and not parsed. */
export const Id = { type: 'string', minLength: 1, maxLength: 128 } as const satisfies JSONSchema

export const Attributes = {
  type: 'object',
  additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  description:
    'Values that filters compare, by key: at most 16. A key has 1 to 64 characters, a string at most 512.',
} as const satisfies JSONSchema

/** Strategy as requests and answers have it. The domain has its limits. */
export const Chunking = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { type: 'string', enum: ['auto', 'static'] },
    static: {
      type: 'object',
      required: ['max_chunk_size_tokens', 'chunk_overlap_tokens'],
      properties: {
        max_chunk_size_tokens: { type: 'integer', description: '100 to 4,096.' },
        chunk_overlap_tokens: { type: 'integer', description: 'At most half of `max_chunk_size_tokens`.' },
      },
      description: 'Required with the type `static`.',
    },
  },
  description: 'The division of the text into chunks. `auto` follows the structure of the document.',
  examples: [{ type: 'auto' }],
} as const satisfies JSONSchema

/** Returns the schema of a wrapped answer: `data` in an envelope that tells the outcome. */
export const wrapped = <const Data extends JSONSchema>(data: Data) => object(wrappedFields(data))

export const wrappedFields = <const Data extends JSONSchema>(data: Data) =>
  ({
    success: { type: 'boolean', enum: [true] },
    message: { type: 'string', description: 'A message for people.' },
    data,
  }) as const

/** Returns a wrapped answer. */
export function wrap<Data>(message: string, data: Data) {
  return { success: true as const, message, data }
}

export const nullableTime = (description: string) =>
  nullable({ type: 'string', format: 'date-time' }, description)

export function toTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

export function toTimeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : toTime(timeMs)
}
