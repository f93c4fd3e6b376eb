import { type ApiKey, hasScope, type Scope } from '../access/api-key.ts'
import type { Member } from '../access/user.ts'
import type { File } from '../files/file.ts'
import type { UploadFailure } from '../uploads/upload-session.ts'
import type { FileBatch } from '../vector-stores/file-batch.ts'
import type { StoreFile } from '../vector-stores/store-file.ts'
import type { VectorStore } from '../vector-stores/vector-store.ts'

/** Types of events, with the scope that a key needs to read them. */
export const EVENT_SCOPES = {
  'file.created': 'files:read',
  'file.rejected': 'files:read',
  'file.trashed': 'files:read',
  'file.restored': 'files:read',
  'file.deleted': 'files:read',
  'file.expiring': 'files:read',
  'file.expired': 'files:read',
  'file.damaged': 'files:read',
  'upload.expired': 'files:read',
  'upload.cancelled': 'files:read',
  'vector_store.file.completed': 'vector_stores:read',
  'vector_store.file.failed': 'vector_stores:read',
  'vector_store.file.cancelled': 'vector_stores:read',
  'vector_store.file_batch.completed': 'vector_stores:read',
  'vector_store.deleted': 'vector_stores:read',
  'vector_store.expired': 'vector_stores:read',
  'api_key.created': 'admin',
  'api_key.deleted': 'admin',
  'member.added': 'admin',
  'member.removed': 'admin',
} as const satisfies Readonly<Record<string, Scope>>

export type EventType = keyof typeof EVENT_SCOPES

export const EVENT_TYPES = Object.keys(EVENT_SCOPES) as readonly EventType[]

/** Something that became true, as it was in the transaction of the change. */
export interface Event {
  /** `evt_…`; it says nothing about the order. */
  readonly id: string
  readonly organizationId: string
  readonly type: EventType
  /** Place in the order of the commits. */
  readonly position: number
  readonly createdAtMs: number
  readonly subject: EventSubject
}

/** The changed record after the change. */
export type EventSubject =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'upload'; readonly upload: EndedUpload }
  | { readonly kind: 'store-file'; readonly storeFile: StoreFile }
  | { readonly kind: 'file-batch'; readonly batch: FileBatch }
  | { readonly kind: 'vector-store'; readonly store: VectorStore }
  | { readonly kind: 'api-key'; readonly apiKey: ApiKey }
  | { readonly kind: 'member'; readonly member: Member }

/** Upload session that ended without a File. */
export interface EndedUpload {
  /** Id of the File that it would have become. */
  readonly fileId: string
  readonly filename: string
  /** Length of the upload; null when no request told it. */
  readonly sizeBytes: number | null
  readonly contentType: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Reason why the content was refused; null when the session was cancelled or has expired. */
  readonly failure: UploadFailure | null
}

/** Returns the types among `types` that a key with the scopes may read; an admin may read all. */
export function readableTypes(types: readonly EventType[], scopes: readonly Scope[]): EventType[] {
  return types.filter((type) => hasScope({ scopes }, EVENT_SCOPES[type]))
}

export function isEventType(text: string): text is EventType {
  return text in EVENT_SCOPES
}
