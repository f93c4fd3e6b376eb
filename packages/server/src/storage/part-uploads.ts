import type { Readable } from 'node:stream'
import type { HashAlgorithm } from '../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../domain/uploads/upload-session.ts'
import type { AppendLimits, Finalized } from './hosted-uploads.ts'
import type { Digests } from './running-digests.ts'
import type { ObjectMetadata, UploadSpec } from './stored-object.ts'

/** Largest number of stored parts of one upload, as in S3. */
export const MAX_PARTS = 10_000

/**
 * Uploads whose bytes arrive as parts, in any order and at the same time, through any process. An upload is identified
 * by the name of its future object and begins with its first part. Until it is complete, `HostedUploads.cancel` removes
 * it, and `HostedUploads.offset` of it is 0. A sequential upload with bytes cannot become one of parts, nor the
 * reverse: `write` and `link` throw INVALID_REQUEST, and `HostedUploads.claim` throws UPLOAD_FENCED.
 * Every method throws STORAGE_FULL, OBJECT_DAMAGED and STORAGE_UNAVAILABLE as `ObjectStorage` does. A storage that
 * cannot store parts throws INVALID_REQUEST from every method.
 */
export interface PartUploads {
  /** False when the storage cannot store parts. */
  readonly isAvailable: boolean
  /**
   * Stores the body as a part: all of it, durable and with its own checksums when this resolves, or nothing. A part
   * with the same id is replaced; of several bodies at the same time, the one that is stored last counts, and they never
   * mix. Releases each buffer of the body after storing it, and may leave the rest of a body that is not stored unread.
   * Throws INVALID_REQUEST when the upload has `MAX_PARTS` other parts, or ten times as many attempts.
   */
  write(spec: PartSpec, body: Readable, limits: PartLimits): Promise<PartWritten>
  /**
   * Stores the bytes of a complete object as a part, without reading them. The object stays, and both can be removed
   * independently. Throws STORAGE_UNAVAILABLE when there is no such object.
   */
  link(spec: PartSpec, sourceName: string): Promise<PartLinked>
  /** Returns the stored parts, durable, in the order in which they were stored; none when there is no such upload. */
  list(name: string): Promise<readonly StoredPart[]>
  /**
   * Joins parts in the given order, at least one and at most `MAX_PARTS`, into an object: complete, durable and visible
   * at once. Copies no bytes, unless the server of the storage does, and removes the parts that are not in the list. The
   * CRC-32C of the object is combined from those of the parts; any other checksum that the spec requests or `expected` announces costs one read of all
   * bytes, unless there is only one part. Every outcome but `object` leaves the upload as it was. Calling it again with
   * the same part ids returns the same object. While it runs, no part is stored.
   */
  complete(spec: UploadSpec, parts: readonly PartChoice[], expected: AnnouncedHashes): Promise<Completed>
}

export interface PartSpec {
  /** Name of the future object. */
  readonly name: string
  /** Identifies the part in its upload: a number or an id that the caller chooses, at most 64 characters. */
  readonly partId: string
  /** Checksums of the part to compute in addition to its CRC-32C; absent for none. */
  readonly checksums?: readonly HashAlgorithm[]
}

export interface PartLimits extends Pick<AppendLimits, 'maxBytes' | 'room' | 'onBytes'> {
  /** Announced checksums of the part; absent for none. */
  readonly expected?: AnnouncedHashes
  /**
   * Returns true when the part may be added to those that were stored before it. Called with the part complete, in the
   * order in which all parts of the upload are stored: of several parts at the same time, each one sees the others or is
   * seen by them. Absent for no limit.
   */
  readonly accepts?: (earlier: readonly SizedPart[], part: SizedPart) => boolean
  /** Returns a text of the caller to store with the part, at most 1,000 characters. Called after the last byte. */
  readonly note?: () => string | null
}

type SizedPart = Pick<StoredPart, 'sizeBytes'>

export interface StoredPart {
  readonly partId: string
  /** Identifies these bytes: a part that replaces them has another version. */
  readonly version: string
  readonly sizeBytes: number
  /** Base64 of the big-endian CRC-32C. */
  readonly crc32c: string
  /** The checksums that were requested or announced with the part, in base64. */
  readonly digests: Digests
  readonly storedAtMs: number
  /** Text that its writer has stored with it; absent for none. */
  readonly note?: string
}

export type PartWritten =
  | PartLinked
  | Extract<Finalized, { kind: 'mismatch' }>
  | { readonly kind: 'too-long' }
  /** `accepts` has refused the part, of which nothing is kept. */
  | { readonly kind: 'not-accepted' }
  /** The body ended before its declared end. */
  | { readonly kind: 'interrupted' }

export type PartLinked =
  | {
      readonly kind: 'part'
      readonly part: StoredPart
      /**
       * Bytes of the part that this one has replaced; 0 for none. Of several bodies at the same time, no two tell the same
       * part, and one that another has replaced already tells 0.
       */
      readonly replacedBytes: number
    }
  /** The upload is being completed, or was completed or cancelled: nothing was stored. */
  | { readonly kind: 'closed' }

export interface PartChoice {
  readonly partId: string
  /** Version that the part must have; null for the newest. */
  readonly version: string | null
}

export type Completed =
  | { readonly kind: 'object'; readonly object: ObjectMetadata }
  | Extract<Finalized, { kind: 'mismatch' }>
  /** These parts are not stored, not in this version, replaced meanwhile, or more than once in the list. */
  | { readonly kind: 'invalid-parts'; readonly partIds: readonly string[] }
  /** The upload was completed with other parts, or cancelled meanwhile. */
  | { readonly kind: 'closed' }
