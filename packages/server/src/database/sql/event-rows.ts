import type { ErrorCode } from '../../domain/errors.ts'
import type { EndedUpload, Event, EventSubject, EventType } from '../../domain/events/event.ts'
import { servableMediaType } from '../../domain/files/content-type/media-type.ts'
import { toMember } from './member-rows.ts'
import { type Row, toApiKey, toFile } from './rows.ts'
import { toFileBatch, toStoreFile, toVectorStore } from './vector-store-rows.ts'

export function toEvent(row: Row): Event {
  const type = String(row.type) as EventType
  return {
    id: String(row.id),
    organizationId: String(row.organization_id),
    type,
    position: Number(row.position),
    createdAtMs: Number(row.created_at_ms),
    subject: toSubject(type, JSON.parse(String(row.snapshot)) as Row),
  }
}

function toSubject(type: EventType, snapshot: Row): EventSubject {
  switch (type) {
    case 'file.rejected':
    case 'upload.expired':
    case 'upload.cancelled':
      return { kind: 'upload', upload: toEndedUpload(snapshot) }
    case 'vector_store.file.completed':
    case 'vector_store.file.failed':
    case 'vector_store.file.cancelled':
      return { kind: 'store-file', storeFile: toStoreFile(snapshot) }
    case 'vector_store.file_batch.completed':
      return { kind: 'file-batch', batch: toFileBatch(snapshot) }
    case 'vector_store.deleted':
    case 'vector_store.expired':
      return { kind: 'vector-store', store: toVectorStore(snapshot) }
    case 'api_key.created':
    case 'api_key.deleted':
      return { kind: 'api-key', apiKey: toApiKey(snapshot) }
    case 'member.added':
    case 'member.removed':
      return { kind: 'member', member: toMember(snapshot) }
    default:
      return { kind: 'file', file: toFile(snapshot) }
  }
}

function toEndedUpload(snapshot: Row): EndedUpload {
  const code = snapshot.failure_code
  return {
    fileId: String(snapshot.file_id),
    filename: String(snapshot.filename),
    sizeBytes: Number(snapshot.is_length_deferred) === 1 ? null : Number(snapshot.size_bytes),
    contentType: servableMediaType(String(snapshot.content_type)),
    createdAtMs: Number(snapshot.created_at_ms),
    expiresAtMs: Number(snapshot.expires_at_ms),
    failure:
      code === null ? null : { code: String(code) as ErrorCode, message: String(snapshot.failure_message) },
  }
}

/** Returns the snapshot of an upload without a session, in the form of the view `upload_snapshots`. */
export function toSnapshot({ failure, ...upload }: EndedUpload): Row {
  return {
    file_id: upload.fileId,
    filename: upload.filename,
    size_bytes: upload.sizeBytes,
    is_length_deferred: upload.sizeBytes === null ? 1 : 0,
    content_type: upload.contentType,
    created_at_ms: upload.createdAtMs,
    expires_at_ms: upload.expiresAtMs,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
  }
}
