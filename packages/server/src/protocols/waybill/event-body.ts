import { type EndedUpload, EVENT_TYPES, type Event, type EventSubject } from '../../domain/events/event.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { StoreFile } from '../../domain/vector-stores/store-file.ts'
import { toFileBody } from '../http/file-body.ts'
import { object, Time, type TypeOf } from '../http/json-schema.ts'
import { toApiKeyBody } from './api-key-body.ts'
import { toMemberBody } from './member-body.ts'
import { toStoreFileBody } from './store-file-body.ts'
import { toVectorStoreBody } from './vector-store-body.ts'
import { toTime, toTimeOrNull } from './vector-store-shapes.ts'

export const EventBody = object({
  id: {
    type: 'string',
    description: 'The id of the event.',
    examples: ['evt_5c1f0a9d2b7e4c63a8d0f1e2b3c4d5e6'],
  },
  type: { type: 'string', enum: EVENT_TYPES },
  created_at: Time,
  organization_id: { type: 'string' },
  data: {
    type: 'object',
    additionalProperties: true,
    required: ['object'],
    properties: {
      object: {
        type: 'string',
        enum: [
          'file',
          'upload',
          'vector_store.file',
          'vector_store.file_batch',
          'vector_store',
          'api_key',
          'member',
        ],
      },
    },
    description:
      'The object of the event as it was then, with the fields that a GET of it returned. The `upload` of `file.rejected` ' +
      'has the `code` and the `message` of the refusal. A `vector_store.file` also has `last_error`, with the `code` and the ' +
      '`message` of a failed indexing, or null.',
  },
})
export type EventBody = TypeOf<typeof EventBody> & { readonly data: Readonly<Record<string, unknown>> }

/** Returns the event as clients and webhooks get it. */
export function toEventBody({ id, type, createdAtMs, organizationId, subject }: Event): EventBody {
  return {
    id,
    type,
    created_at: toTime(createdAtMs),
    organization_id: organizationId,
    data: toData(subject) as EventBody['data'],
  }
}

function toData(subject: EventSubject) {
  switch (subject.kind) {
    case 'file':
      return { object: 'file', ...toFileBody(subject.file) }
    case 'upload':
      return toUploadData(subject.upload)
    case 'store-file':
      return toStoreFileData(subject.storeFile)
    case 'file-batch':
      return toBatchData(subject.batch)
    case 'vector-store':
      return toVectorStoreBody(subject.store, subject.store.updatedAtMs)
    case 'api-key':
      return { object: 'api_key', ...toApiKeyBody(subject.apiKey) }
    case 'member':
      return { object: 'member', ...toMemberBody(subject.member) }
  }
}

function toStoreFileData(storeFile: StoreFile) {
  const { status, error } = storeFile
  return {
    object: 'vector_store.file',
    ...toStoreFileBody({ ...storeFile, completionSeconds: null }),
    // After a retry, the record may still have the earlier error.
    last_error: status === 'failed' ? error : null,
  }
}

function toUploadData({ failure, createdAtMs, expiresAtMs, ...upload }: EndedUpload) {
  return {
    object: 'upload',
    file_id: upload.fileId,
    filename: upload.filename,
    file_size: upload.sizeBytes,
    mime_type: upload.contentType,
    created_at: toTime(createdAtMs),
    expires_at: toTime(expiresAtMs),
    ...(failure && { code: failure.code, message: failure.message }),
  }
}

function toBatchData({ id, vectorStoreId, createdAtMs, cancelledAtMs, counts }: FileBatch) {
  return {
    object: 'vector_store.file_batch',
    id,
    vector_store_id: vectorStoreId,
    created_at: toTime(createdAtMs),
    cancelled_at: toTimeOrNull(cancelledAtMs),
    file_counts: {
      completed: counts.completed,
      failed: counts.failed,
      cancelled: counts.cancelled,
      total: counts.completed + counts.failed + counts.cancelled,
    },
  }
}
