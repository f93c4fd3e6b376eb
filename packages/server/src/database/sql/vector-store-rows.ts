import { servableMediaType } from '../../domain/files/content-type/media-type.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { AccessMode, StoreAccess } from '../../domain/vector-stores/store-access.ts'
import type {
  Attributes,
  ChunkingStrategy,
  FileCounts,
  IndexingStep,
  LogEntry,
  StoreFile,
  StoreFileError,
  StoreFileStatus,
} from '../../domain/vector-stores/store-file.ts'
import type { Metadata, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Row } from './rows.ts'

const text = (row: Row, column: string) => String(row[column])
const number = (row: Row, column: string) => Number(row[column])
const textOrNull = (row: Row, column: string) => (row[column] === null ? null : text(row, column))
const numberOrNull = (row: Row, column: string) => (row[column] === null ? null : number(row, column))

export function toVectorStore(row: Row): VectorStore {
  return {
    id: text(row, 'id'),
    organizationId: text(row, 'organization_id'),
    name: text(row, 'name'),
    description: textOrNull(row, 'description'),
    ...toAccess(row),
    createdBy: text(row, 'created_by'),
    createdAtMs: number(row, 'created_at_ms'),
    updatedAtMs: number(row, 'updated_at_ms'),
    lastActiveAtMs: number(row, 'last_active_at_ms'),
    expiresAfterDays: numberOrNull(row, 'expires_after_days'),
    expiredAtMs: numberOrNull(row, 'expired_at_ms'),
    metadata: JSON.parse(text(row, 'metadata')) as Metadata,
    counts: toFileCounts(row),
    dataBytes: number(row, 'data_bytes'),
    usageBytes: number(row, 'usage_bytes'),
    seq: number(row, 'seq'),
  }
}

/** Stores of departments are private ones with a list. Events of earlier versions lack both lists. */
function toAccess(row: Row): StoreAccess {
  const mode = text(row, 'access_mode') as AccessMode
  const isOfDepartments = mode === 'private' && row.access_departments != null
  return {
    accessMode: isOfDepartments ? 'department' : mode,
    accessDepartments: toTexts(row.access_departments),
    accessUsers: toTexts(row.access_users),
  }
}

function toTexts(json: unknown): string[] {
  return json == null ? [] : (JSON.parse(String(json)) as string[])
}

function toFileCounts(row: Row): FileCounts {
  return {
    inProgress: number(row, 'in_progress_count'),
    completed: number(row, 'completed_count'),
    failed: number(row, 'failed_count'),
    cancelled: number(row, 'cancelled_count'),
  }
}

/** Reads an association with the columns `FILE_FACTS` of its File. */
export function toStoreFile(row: Row): StoreFile {
  return {
    id: text(row, 'id'),
    vectorStoreId: text(row, 'vector_store_id'),
    fileId: text(row, 'file_id'),
    organizationId: text(row, 'organization_id'),
    attributes: toAttributes(row),
    chunking: JSON.parse(text(row, 'chunking')) as ChunkingStrategy,
    status: text(row, 'status') as StoreFileStatus,
    step: text(row, 'step') as IndexingStep,
    progressPercent: number(row, 'progress_percent'),
    error: toStoreFileError(row),
    attempts: number(row, 'attempts'),
    addedAtMs: number(row, 'added_at_ms'),
    addedByApiKeyId: textOrNull(row, 'added_by_api_key_id'),
    addedBy: row.added_by == null ? null : text(row, 'added_by'),
    startedAtMs: numberOrNull(row, 'started_at_ms'),
    endedAtMs: numberOrNull(row, 'ended_at_ms'),
    chunkCount: number(row, 'chunk_count'),
    usageBytes: number(row, 'usage_bytes'),
    embeddingModel: textOrNull(row, 'embedding_model'),
    revision: textOrNull(row, 'revision'),
    file: toFileFacts(row),
  }
}

/** Columns of the joined table `files` that `toFileFacts` reads. */
export const FILE_FACTS =
  'files.filename AS file_filename, files.size_bytes AS file_size_bytes, files.content_type AS file_content_type'

export function toFileFacts(row: Row): StoreFile['file'] {
  if (row.file_filename === null) return null
  return {
    filename: text(row, 'file_filename'),
    sizeBytes: number(row, 'file_size_bytes'),
    contentType: servableMediaType(text(row, 'file_content_type')),
  }
}

export function toAttributes(row: Row): Attributes {
  return JSON.parse(text(row, 'attributes')) as Attributes
}

function toStoreFileError(row: Row): StoreFileError | null {
  if (row.error_code === null) return null
  return { code: text(row, 'error_code') as StoreFileError['code'], message: text(row, 'error_message') }
}

export function toFileBatch(row: Row): FileBatch {
  return {
    id: text(row, 'id'),
    vectorStoreId: text(row, 'vector_store_id'),
    organizationId: text(row, 'organization_id'),
    createdAtMs: number(row, 'created_at_ms'),
    cancelledAtMs: numberOrNull(row, 'cancelled_at_ms'),
    counts: toFileCounts(row),
  }
}

export function toLogEntry(row: Row): LogEntry {
  return {
    atMs: number(row, 'at_ms'),
    level: text(row, 'level') as LogEntry['level'],
    step: text(row, 'step') as IndexingStep,
    message: text(row, 'message'),
    attempt: number(row, 'attempt'),
  }
}
