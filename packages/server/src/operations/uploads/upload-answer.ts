import type { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import type { DigestAlgorithm } from '../../domain/uploads/checksums.ts'
import type { UploadFailure, UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'

/** Outcome of a request on an upload session, for every protocol. Each protocol renders it in its own form. */
export type UploadAnswer =
  /** The upload is incomplete. `offset` is the position of the next byte; `sizeBytes` is null while it is unknown. */
  | { readonly kind: 'resume'; readonly offset: number; readonly sizeBytes: number | null }
  /**
   * The upload is complete. `file` is its File; null when a client still has to register it. `isNew` is true for the
   * request that completed the upload. No byte of any other one was read.
   */
  | {
      readonly kind: 'object'
      readonly object: ObjectMetadata
      readonly file: File | null
      readonly isNew: boolean
    }
  /** The complete content was refused. Its bytes are deleted, and every later answer is `dead`. */
  | { readonly kind: 'refused'; readonly error: ServiceError }
  /** No session has this id any more, or its File was deleted. */
  | { readonly kind: 'unknown' }
  /** The session accepts no more bytes. `failure` is the reason when its content was refused. */
  | { readonly kind: 'dead'; readonly failure: UploadFailure | null }
  | { readonly kind: 'expired' }
  /** The bytes of the upload arrive as parts: no request on the session URI changes it. */
  | { readonly kind: 'takes-parts' }
  /** `isNew` is true for the request that cancelled the session. */
  | { readonly kind: 'cancelled'; readonly isNew: boolean }
  /** The body does not begin at a position that the offset policy accepts. */
  | { readonly kind: 'gap'; readonly start: number; readonly offset: number }
  /** The range or the body does not fit the length of the upload. */
  | { readonly kind: 'wrong-size'; readonly sizeBytes: number; readonly offset: number }
  /** The request tells a length that differs from the one that was told before. */
  | { readonly kind: 'other-length'; readonly sizeBytes: number; readonly offset: number }
  /** The upload exceeds its largest length, or the body exceeds the largest one that may have a digest of its own. */
  | { readonly kind: 'too-large'; readonly maxBytes: number; readonly offset: number }
  /** The quota does not allow the bytes. The session continues at the offset when there is space again. */
  | { readonly kind: 'no-room'; readonly offset: number }
  /** A hash differs from the one that was announced before. */
  | { readonly kind: 'other-hash' }
  /** The complete bytes do not match an announced hash. The session is dead. */
  | ({ readonly kind: 'hash-mismatch' } & Mismatch)
  /** The body does not match its own digest. None of its bytes are kept. */
  | ({ readonly kind: 'digest-mismatch'; readonly offset: number } & Mismatch)
  /** The announced digest of the body did not come, or is malformed. None of its bytes are kept. */
  | { readonly kind: 'unknown-digest'; readonly offset: number }
  /** The body stopped early, or a newer request took over the upload. No client waits for an answer. */
  | { readonly kind: 'cut' }

/** Values in base64. */
export interface Mismatch {
  readonly algorithm: DigestAlgorithm
  readonly expected: string
  readonly actual: string
}

/** Answer to a request, and the session as the request found it; null when there is none. */
export interface Received<Answer> {
  readonly answer: Answer
  readonly session: UploadSession | null
}
