import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { Bucket } from '../../domain/files/bucket.ts'
import type { BucketFile, BucketPlace, ObjectAttributes } from '../../domain/files/bucket-file.ts'
import type { File } from '../../domain/files/file.ts'
import type { KeyListPage, KeyListRequest } from '../../domain/files/key-list.ts'

/** Buckets, and the keys of Files in them. Every live File has one key in one bucket. */
export interface BucketRecords {
  /** Names are unique in the installation. `taken`: the bucket of another organization. */
  create(organizationId: string, name: string, nowMs: number): Promise<'created' | 'exists' | 'taken'>
  find(organizationId: string, name: string): Promise<Bucket | null>
  /** Returns true when another organization has a bucket of this name. */
  isTaken(organizationId: string, name: string): Promise<boolean>
  /** Returns the buckets of the organization by name, at most `limit`, without its default one. */
  list(organizationId: string, limit: number): Promise<readonly Bucket[]>
  /** Deletes a bucket without Files. */
  delete(organizationId: string, name: string): Promise<'deleted' | 'not-empty' | 'not-found'>
  /** Returns the File under a key; null when there is none, or its time is over. */
  findFile(organizationId: string, place: BucketPlace, nowMs: number): Promise<BucketFile | null>
  /** Returns a page of the Files in the byte order of their keys, as domain/files/key-list.ts defines it. */
  listKeys(
    organizationId: string,
    bucket: string,
    request: KeyListRequest,
    nowMs: number,
  ): Promise<KeyListPage<BucketFile>>
  /**
   * Adds a File under a key and deletes the one that had it, in one transaction; the last of several calls wins.
   * `accepts` decides with the current File of the key, null for none, and may be called several times. The source
   * becomes usage of the quota: a reservation, or an unfinished session of the same id, which is then registered. Adds
   * `event` to the audit when the File is added.
   * Throws STORAGE_QUOTA_EXCEEDED, and SERVICE_UNAVAILABLE when the object is disowned.
   */
  putFile(
    organizationId: string,
    added: NewBucketFile,
    source: BucketFileSource,
    accepts: (current: BucketFile | null) => boolean,
    event?: AuditEvent,
  ): Promise<PutOutcome>
}

export interface NewBucketFile extends BucketPlace {
  readonly file: File
  readonly attributes: ObjectAttributes | null
}

export type BucketFileSource =
  /** Reservation of a direct upload; null for none. */
  { readonly kind: 'reservation'; readonly id: string | null } | { readonly kind: 'session' }

export type PutOutcome =
  /** `replaced` is the deleted File, whose bytes the caller removes; null for none. */
  | { readonly kind: 'added'; readonly replaced: File | null }
  /** `current` is what `accepts` refused. */
  | { readonly kind: 'refused'; readonly current: BucketFile | null }
  | { readonly kind: 'no-bucket' }
  /** The session is not unfinished. */
  | { readonly kind: 'ended' }
