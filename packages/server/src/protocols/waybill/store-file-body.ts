import {
  type ChunkingStrategy,
  INDEXING_STEPS,
  isInProgress,
  type StoreFile,
  type StoreFileStatus,
} from '../../domain/vector-stores/store-file.ts'
import type { EstimatedStoreFile } from '../../operations/vector-stores/estimate-completion.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { Attributes, Chunking, nullableTime, toTime, toTimeOrNull } from './vector-store-shapes.ts'

/** Statuses that clients of this protocol know, with the ones of the domain that they stand for. */
const DOMAIN_STATUSES = {
  pending: ['pending'],
  processing: ['processing'],
  completed: ['completed'],
  failed: ['failed', 'cancelled'],
} as const satisfies Readonly<Record<string, readonly StoreFileStatus[]>>

type Status = keyof typeof DOMAIN_STATUSES
export const STATUSES = Object.keys(DOMAIN_STATUSES) as readonly Status[]

const CANCELLED = 'Cancelled.'
/** Shown instead of a model for files that are indexed by their words only. */
const LEXICAL = 'lexical'

const StatusSchema = {
  type: 'string',
  enum: ['pending', 'processing', 'completed', 'failed'],
  description: '`failed` also for a file whose indexing was cancelled.',
} as const

const Result = {
  error_message: nullable({ type: 'string' }, 'The reason of a failure, with the next step.'),
  chunk_count: {
    type: 'integer',
    description: 'The number of indexed chunks; 0 until the file is completed.',
  },
  embedding_model: nullable(
    { type: 'string' },
    'The model of the vectors; `lexical` if the file is indexed by its words only; null until it is completed.',
  ),
  processing_started_at: nullableTime('The start of the indexing; null while the file waits.'),
  processing_completed_at: nullableTime('The end of the indexing; null until then.'),
} as const

export const StoreFileBody = object({
  id: {
    type: 'string',
    description: 'The id of the file in this store. It is not the id of the File.',
    examples: ['vsf_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'],
  },
  vector_store_id: { type: 'string' },
  file_id: { type: 'string' },
  added_at: Time,
  added_by: nullable({ type: 'string' }, 'The id of the user; null if a key added the file.'),
  added_by_api_key_id: nullable({ type: 'string' }, 'The id of the key that added the file.'),
  processing_status: StatusSchema,
  ...Result,
  error_code: nullable(
    { type: 'string', enum: ['unsupported_file', 'invalid_file', 'server_error'] },
    '`unsupported_file` for a type that cannot be read, `invalid_file` for a file that is broken, too large or deleted, ' +
      '`server_error` if all attempts failed.',
  ),
  attempts: { type: 'integer', description: 'The number of attempts of the current indexing.' },
  file_name: nullable({ type: 'string' }, 'The name of the File; null if it does not exist.'),
  file_size: nullable({ type: 'integer' }, 'The size of the File in bytes; null if it does not exist.'),
  mime_type: nullable({ type: 'string' }, 'The type of the File; null if it does not exist.'),
  estimated_completion_seconds: nullable(
    { type: 'integer' },
    'The estimated time until the file is completed, from the latest indexings; null if it is unknown, and when the ' +
      'indexing has ended.',
  ),
  attributes: Attributes,
  chunking_strategy: Chunking,
  status: { ...StatusSchema, description: 'The same as `processing_status`.' },
  created_at: { ...Time, description: 'The same as `added_at`.' },
  processed_at: nullableTime('The same as `processing_completed_at`.'),
  filename: nullable({ type: 'string' }, 'The same as `file_name`.'),
  size_bytes: nullable({ type: 'integer' }, 'The same as `file_size`.'),
})
export type StoreFileBody = TypeOf<typeof StoreFileBody>

export const ProcessingStatusBody = object({
  vector_store_file_id: { type: 'string', examples: ['vsf_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  file_id: { type: 'string' },
  vector_store_id: { type: 'string' },
  status: StatusSchema,
  added_at: Time,
  ...Result,
  progress_percent: { type: 'integer', minimum: 0, maximum: 100 },
  current_step: { type: 'string', enum: INDEXING_STEPS },
})
type ProcessingStatusBody = TypeOf<typeof ProcessingStatusBody>

export function toStoreFileBody(file: EstimatedStoreFile): StoreFileBody {
  const { filename, sizeBytes, contentType } = file.file ?? NO_FILE
  const status = statusOf(file)
  const addedAt = toTime(file.addedAtMs)
  return {
    id: file.id,
    vector_store_id: file.vectorStoreId,
    file_id: file.fileId,
    added_at: addedAt,
    added_by: file.addedBy,
    added_by_api_key_id: file.addedByApiKeyId,
    processing_status: status,
    ...resultOf(file),
    error_code: file.error?.code ?? null,
    attempts: file.attempts,
    file_name: filename,
    file_size: sizeBytes,
    mime_type: contentType,
    estimated_completion_seconds: file.completionSeconds,
    attributes: file.attributes,
    chunking_strategy: toChunking(file.chunking),
    status,
    created_at: addedAt,
    processed_at: toTimeOrNull(file.endedAtMs),
    filename,
    size_bytes: sizeBytes,
  }
}

export function toProcessingStatus(file: StoreFile): ProcessingStatusBody {
  return {
    vector_store_file_id: file.id,
    file_id: file.fileId,
    vector_store_id: file.vectorStoreId,
    status: statusOf(file),
    added_at: toTime(file.addedAtMs),
    ...resultOf(file),
    progress_percent: file.progressPercent,
    current_step: file.step,
  }
}

/** Returns the statuses of the domain that clients of this protocol see as one of `statuses`. */
export function toDomainStatuses(statuses: readonly Status[]): StoreFileStatus[] {
  return statuses.flatMap((status) => DOMAIN_STATUSES[status])
}

const NO_FILE = { filename: null, sizeBytes: null, contentType: null }

function statusOf({ status }: StoreFile): Status {
  return status === 'cancelled' ? 'failed' : status
}

function resultOf(file: StoreFile) {
  return {
    error_message: file.status === 'cancelled' ? CANCELLED : (file.error?.message ?? null),
    // A file that is indexed again keeps its chunks until then.
    chunk_count: isInProgress(file) ? 0 : file.chunkCount,
    embedding_model: file.revision === null ? file.embeddingModel : (file.embeddingModel ?? LEXICAL),
    processing_started_at: toTimeOrNull(file.startedAtMs),
    processing_completed_at: toTimeOrNull(file.endedAtMs),
  }
}

function toChunking(chunking: ChunkingStrategy) {
  if (chunking.kind === 'auto') return { type: 'auto' as const }
  const { maxChunkTokens, overlapTokens } = chunking
  return {
    type: 'static' as const,
    static: { max_chunk_size_tokens: maxChunkTokens, chunk_overlap_tokens: overlapTokens },
  }
}
