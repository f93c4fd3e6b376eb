import type { Readable } from 'node:stream'
import type { DelegatedDownloads, DelegatedUploads } from './delegated-uploads.ts'
import type { DirectUploads } from './direct-uploads.ts'
import type { HostedUploads } from './hosted-uploads.ts'
import type { Inventory } from './inventory.ts'
import type { PartUploads } from './part-uploads.ts'
import type { BodyRoom, ByteRange, ObjectMetadata, UploadSpec } from './stored-object.ts'

/**
 * Complete objects by name. Unfinished uploads are not objects and are never visible here. A `generation` selects one
 * version of an object; any other version counts as missing. It is needed where other programs can write to the
 * storage; an exclusive storage has one version of a name and ignores it.
 * Every method throws STORAGE_FULL when there is no space, OBJECT_DAMAGED when the bytes that it reads are not those
 * that were written, and STORAGE_UNAVAILABLE on any other fault.
 */
export interface ObjectStorage {
  readonly kind: 'disk' | 'memory' | 'gcs' | 's3'
  /** True when only this installation writes here, so that it may delete unknown objects. */
  readonly isExclusive: boolean
  /** True when a read costs nothing, so that a periodic job may read every object. */
  readonly readsAreFree: boolean
  readonly uploads: HostedUploads | DelegatedUploads
  readonly parts: PartUploads
  /** Uploads whose parts clients send to the provider; null when they cannot. */
  readonly directUploads: DirectUploads | null
  /** Downloads from the provider; null when clients download through this service. */
  readonly downloads: DelegatedDownloads | null
  readonly inventory: Inventory
  /** Returns the metadata of the object; null when there is none. */
  stat(name: string): Promise<ObjectMetadata | null>
  /**
   * Returns the bytes of the object, or a range of them. The stream fails with OBJECT_DAMAGED before it delivers a
   * byte that differs from the stored one. Its buffers belong to the reader, who may release them. Throws
   * STORAGE_UNAVAILABLE when there is no such object.
   */
  read(name: string, range?: ByteRange, generation?: string): Promise<Readable>
  /**
   * Stores the body, of at most `maxBytes`, under an unused name: complete and durable, or not at all. A small `maxBytes`
   * may take fewer steps. Releases the buffers of the body, as `UploadWriter.append` does, or returns their bytes.
   */
  write(spec: UploadSpec, body: Readable, maxBytes: number, room?: BodyRoom): Promise<Written>
  /**
   * Creates the object of the spec with the bytes of another one, without moving them through this service: complete and
   * durable, or not at all. Either can then be removed without the other. Its checksums are those of the other object
   * that are known, and those that the spec requests, which may cost one read. The name must be unused; calling it again
   * returns the same object. Returns null when there is no such other object in this generation.
   */
  copy(spec: UploadSpec, source: Pick<ObjectMetadata, 'name' | 'generation'>): Promise<ObjectMetadata | null>
  /** Removes the object; idempotent. Reads in progress may still succeed. */
  remove(name: string, generation?: string): Promise<void>
  /** Returns the bytes that can be stored now, without the space for records and deletes; null when unknown. */
  roomBytes(): Promise<number | null>
  /** Resolves when the storage responds and still is the one that was opened. */
  check(): Promise<void>
  /** Interrupts uploads in progress, waits until their bytes are durable, and closes all files and connections. */
  close(): Promise<void>
}

/** Storage that receives the bytes of unfinished uploads through this service. */
export interface HostedStorage extends ObjectStorage {
  readonly uploads: HostedUploads
}

/** Storage of a provider that clients upload to and download from directly. */
export interface DelegatedStorage extends ObjectStorage {
  readonly uploads: DelegatedUploads
  readonly downloads: DelegatedDownloads
}

export type Written =
  /** `content` has the bytes of a small object; null when they are not in memory. */
  | { readonly kind: 'object'; readonly object: ObjectMetadata; readonly content: Buffer | null }
  | { readonly kind: 'too-long' }
  /** The body ended before its declared end. */
  | { readonly kind: 'interrupted' }
