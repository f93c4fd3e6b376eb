import type { FastifyReply } from 'fastify'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import { AUTO_CHUNKING } from '../../domain/vector-stores/parse-chunking.ts'
import type { FileCounts, StoreFile, StoreFileStatus } from '../../domain/vector-stores/store-file.ts'
import { expiresAtMs, isExpiredStore, type VectorStore } from '../../domain/vector-stores/vector-store.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { openaiFileId } from './file-id.ts'
import { toSeconds } from './file-object.ts'
import {
  Attributes,
  ChunkSizes,
  FileCountsBody,
  Metadata,
  Seconds,
  SecondsOrNull,
  StoreExpiry,
} from './store-schemas.ts'

/** The only states that OpenAI's clients know. On any other one, their polling never waits or never ends. */
const FILE_STATES = ['in_progress', 'completed', 'failed', 'cancelled'] as const
export type FileState = (typeof FILE_STATES)[number]

/** Milliseconds after which a client asks again; without it, clients wait for seconds. */
const POLL_AFTER_MS = '500'

const STATUSES: Readonly<Record<FileState, readonly StoreFileStatus[]>> = {
  in_progress: ['pending', 'processing'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
}

export const VectorStoreObject = object({
  id: { type: 'string' },
  object: { type: 'string', enum: ['vector_store'] },
  created_at: Seconds,
  name: { type: 'string' },
  description: { type: ['string', 'null'] },
  usage_bytes: { type: 'integer', description: 'The bytes of extracted text and of vectors.' },
  file_counts: FileCountsBody,
  status: { type: 'string', enum: ['in_progress', 'completed', 'expired'] },
  expires_after: { anyOf: [StoreExpiry, { type: 'null' }] },
  expires_at: SecondsOrNull,
  last_active_at: Seconds,
  metadata: Metadata,
})
type VectorStoreObject = TypeOf<typeof VectorStoreObject>

export const StoreFileObject = object({
  id: { type: 'string', description: 'The id of the File.' },
  object: { type: 'string', enum: ['vector_store.file'] },
  usage_bytes: { type: 'integer' },
  created_at: Seconds,
  vector_store_id: { type: 'string' },
  status: { type: 'string', enum: FILE_STATES },
  last_error: {
    anyOf: [
      object({
        code: { type: 'string', enum: ['unsupported_file', 'invalid_file', 'server_error'] },
        message: { type: 'string', description: 'The cause and the next step.' },
      }),
      { type: 'null' },
    ],
  },
  attributes: Attributes,
  chunking_strategy: object({ type: { type: 'string', enum: ['static'] }, static: ChunkSizes }),
})
type StoreFileObject = TypeOf<typeof StoreFileObject>

export const BatchObject = object({
  id: { type: 'string' },
  object: { type: 'string', enum: ['vector_store.files_batch'] },
  created_at: Seconds,
  vector_store_id: { type: 'string' },
  status: { type: 'string', enum: ['in_progress', 'completed', 'cancelled'] },
  file_counts: FileCountsBody,
})
type BatchObject = TypeOf<typeof BatchObject>

export function toVectorStoreObject(store: VectorStore, nowMs: number): VectorStoreObject {
  const endMs = expiresAtMs(store)
  const { counts, expiresAfterDays } = store
  const idle = counts.inProgress > 0 ? 'in_progress' : 'completed'
  return {
    id: store.id,
    object: 'vector_store',
    created_at: toSeconds(store.createdAtMs),
    name: store.name,
    description: store.description,
    usage_bytes: store.usageBytes,
    file_counts: toCounts(counts),
    status: isExpiredStore(store, nowMs) ? 'expired' : idle,
    expires_after: expiresAfterDays === null ? null : { anchor: 'last_active_at', days: expiresAfterDays },
    expires_at: endMs === null ? null : toSeconds(endMs),
    last_active_at: toSeconds(store.lastActiveAtMs),
    metadata: { ...store.metadata } as VectorStoreObject['metadata'],
  }
}

export function toStoreFileObject(file: StoreFile): StoreFileObject {
  const { maxChunkTokens, overlapTokens } = file.chunking.kind === 'auto' ? AUTO_CHUNKING : file.chunking
  const status = stateOf(file.status)
  return {
    id: openaiFileId(file.fileId),
    object: 'vector_store.file',
    usage_bytes: file.usageBytes,
    created_at: toSeconds(file.addedAtMs),
    vector_store_id: file.vectorStoreId,
    status,
    // After a retry, the record may still have the earlier error.
    last_error: status === 'failed' && file.error !== null ? { ...file.error } : null,
    attributes: { ...file.attributes } as StoreFileObject['attributes'],
    chunking_strategy: {
      type: 'static',
      static: { max_chunk_size_tokens: maxChunkTokens, chunk_overlap_tokens: overlapTokens },
    },
  }
}

export function toBatchObject(batch: FileBatch): BatchObject {
  const { counts, cancelledAtMs } = batch
  const running = counts.inProgress > 0 ? 'in_progress' : 'completed'
  return {
    id: batch.id,
    object: 'vector_store.files_batch',
    created_at: toSeconds(batch.createdAtMs),
    vector_store_id: batch.vectorStoreId,
    status: cancelledAtMs === null ? running : 'cancelled',
    file_counts: toCounts(counts),
  }
}

/** Returns the statuses of a state; every one for null. */
export function statusesOf(state: FileState | null): readonly StoreFileStatus[] {
  return state === null ? [] : STATUSES[state]
}

/** Tells the client when to ask for an object in progress again. Returns the object. */
export function withPollHint<Body extends { readonly status: string }>(
  reply: FastifyReply,
  body: Body,
): Body {
  if (body.status === 'in_progress') reply.header('openai-poll-after-ms', POLL_AFTER_MS)
  return body
}

function stateOf(status: StoreFileStatus): FileState {
  return status === 'pending' || status === 'processing' ? 'in_progress' : status
}

function toCounts({ inProgress, completed, failed, cancelled }: FileCounts) {
  const total = inProgress + completed + failed + cancelled
  return { in_progress: inProgress, completed, failed, cancelled, total }
}
