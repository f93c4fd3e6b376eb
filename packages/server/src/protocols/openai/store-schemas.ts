import type { JSONSchema } from 'json-schema-to-ts'
import { object } from '../http/json-schema.ts'

export const StoreParams = object({
  vector_store_id: { type: 'string', description: 'The id of the vector store.' },
})

export const StoreFileParams = object({
  ...StoreParams.properties,
  file_id: { type: 'string', description: 'The id of the File, `file-…` or `file_…`.' },
})

export const BatchParams = object({
  ...StoreParams.properties,
  batch_id: { type: 'string', description: 'The id of the batch.' },
})

/** Time in seconds since 1970. */
export const Seconds = { type: 'integer', examples: [1_768_473_000] } as const satisfies JSONSchema
export const SecondsOrNull = {
  type: ['integer', 'null'],
  examples: [1_769_077_800],
} as const satisfies JSONSchema

export const Metadata = {
  type: 'object',
  maxProperties: 16,
  additionalProperties: { type: 'string', maxLength: 512 },
  description: 'Up to 16 texts, under keys of up to 64 characters.',
} as const satisfies JSONSchema

export const Attributes = {
  type: 'object',
  maxProperties: 16,
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  description:
    'Up to 16 texts, numbers and booleans, under keys of up to 64 characters. Searches filter by them.',
} as const satisfies JSONSchema

export const ChunkSizes = object({
  max_chunk_size_tokens: { type: 'integer', minimum: 100, maximum: 4096, examples: [800] },
  chunk_overlap_tokens: { type: 'integer', minimum: 0, maximum: 2048, examples: [400] },
})

export const ChunkingStrategy = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', enum: ['auto', 'static'], examples: ['auto'] }, static: ChunkSizes },
  description: 'How the text is split: `auto`, or `static` with its sizes in tokens.',
} as const satisfies JSONSchema

export const StoreExpiry = object({
  anchor: { type: 'string', enum: ['last_active_at'] },
  days: { type: 'integer', minimum: 1, maximum: 365 },
})

export const FileCountsBody = object({
  in_progress: { type: 'integer' },
  completed: { type: 'integer' },
  failed: { type: 'integer' },
  cancelled: { type: 'integer' },
  total: { type: 'integer' },
})
