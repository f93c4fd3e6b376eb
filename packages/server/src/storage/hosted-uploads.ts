import type { Readable } from 'node:stream'
import type { DigestAlgorithm } from '../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../domain/uploads/upload-session.ts'
import type { BodyRoom, ObjectMetadata, UploadSpec } from './stored-object.ts'

/** Uploads whose bytes come through this service. An upload is identified by the name of its future object. */
export interface HostedUploads {
  readonly mode: 'hosted'
  /**
   * Returns the number of bytes of the unfinished upload that would survive a power cut now; 0 when there is no such
   * upload. Waits for bytes of an ended body that are still being written.
   */
  offset(name: string): Promise<number>
  /**
   * Makes the caller the only writer of the upload. An older writer in this process keeps the bytes that it has
   * received, and its body is closed. An older writer in another process can no longer append.
   * Returns null when the object is already complete. Throws UPLOAD_FENCED when a newer writer claimed the upload
   * meanwhile. `expectedBytes` is a hint: small uploads may be stored in fewer steps; null when unknown.
   */
  claim(spec: UploadSpec, expectedBytes: number | null): Promise<UploadWriter | null>
  /**
   * Ends every writer of the upload, in any process, and returns the durable bytes. Only a newer claim can change them.
   * An older writer in this process keeps the bytes that it has received, and its body is closed. Writes nothing when no
   * writer is active. Returns null when the object is complete. Throws UPLOAD_FENCED when a newer writer claimed the
   * upload meanwhile.
   */
  fence(spec: UploadSpec): Promise<number | null>
  /** Removes the unfinished upload and all its bytes; idempotent. */
  cancel(name: string): Promise<void>
}

/**
 * Exclusive right to append to one upload. The first of `commit`, `finalize` and `release` ends it. `commit` and
 * `finalize` throw UPLOAD_FENCED when a writer in another process has taken over, and `append` may.
 */
export interface UploadWriter {
  /** Durable bytes at the time of the claim: the position of the first byte to append. */
  readonly startOffset: number
  /**
   * Appends the bytes of the body after the first `skipBytes`, at most `maxBytes` of them. Makes received bytes durable
   * from time to time, so that a crash loses little. Releases each buffer of the body after storing it.
   */
  append(body: Readable, limits: AppendLimits): Promise<Appended>
  /** Keeps the first `offset` bytes of the upload, durable when this resolves, and drops the bytes after them. */
  commit(offset: number): Promise<void>
  /** Verifies the appended bytes and publishes them as an object: complete, durable and visible at once. */
  finalize(expected: AnnouncedHashes): Promise<Finalized>
  /** Ends the writer without keeping new bytes. May be called at any time; never throws. */
  release(): Promise<void>
}

export interface AppendLimits {
  readonly skipBytes: number
  readonly maxBytes: number
  /** Absent when all of `maxBytes` fit. */
  readonly room?: BodyRoom
  /** True when no byte of the body may become durable before `commit` or `finalize`. Absent for false. */
  readonly isTentative?: boolean
  /** Called for each part of the body that is kept, in order, before it is stored. */
  onBytes?(bytes: Uint8Array): void
  /** Called when bytes of the body have become durable before its end, with the offset that would survive a crash. */
  onDurable?(offset: number): void
}

export interface Appended {
  /** Bytes of the body that arrived, skipped ones included. */
  readonly bodyBytes: number
  /** Bytes of the upload with this body: the offset of a `commit` of everything. */
  readonly offset: number
  readonly ended: BodyEnd
}

/**
 * `complete`: the body reached its end. `interrupted`: it stopped early. `taken-over`: a newer writer in this process
 * claimed the upload. `too-long`: the body exceeds the limits.
 */
export type BodyEnd = 'complete' | 'interrupted' | 'taken-over' | 'too-long'

export type Finalized =
  /**
   * `isOwn` is true when this writer has created the object, and false when another one, also of another process, may have
   * created it first: it may then have other bytes than those that this writer received.
   */
  | { readonly kind: 'object'; readonly object: ObjectMetadata; readonly isOwn: boolean }
  | {
      readonly kind: 'mismatch'
      readonly algorithm: DigestAlgorithm
      readonly expected: string
      readonly actual: string
    }
