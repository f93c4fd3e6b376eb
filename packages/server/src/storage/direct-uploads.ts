import type { AnnouncedHashes } from '../domain/uploads/upload-session.ts'
import type { Completed } from './part-uploads.ts'
import type { UploadSpec } from './stored-object.ts'

/**
 * Uploads whose parts clients send directly to the provider, with URLs that this service signs. An upload is identified by
 * the name of its future object and begins with its first URL. Until it is complete, `HostedUploads.cancel` removes it,
 * `HostedUploads.offset` of it is 0, and `HostedUploads.claim` throws UPLOAD_FENCED. An upload with bytes that came through
 * this service cannot become a direct one: `sign` throws INVALID_REQUEST.
 */
export interface DirectUploads {
  /** Returns the division of an upload of this size: all parts but the last have the same size. */
  plan(sizeBytes: number): DirectPlan
  /**
   * Returns a URL for each number, to which a client sends the bytes of the part with PUT. The response has the entity tag
   * of the part. The provider refuses a body of another size. The last body with a number replaces the others. Returns
   * null when the object is complete. Throws INVALID_REQUEST for a number that the plan does not have.
   */
  sign(upload: DirectUpload, numbers: readonly number[], validSeconds: number): Promise<DirectUrl[] | null>
  /**
   * Joins the parts of all numbers of the plan. Does not trust the client: asks the provider for the parts, and computes
   * the checksums with one read of the object, which exists only when they match. Every outcome but `object` leaves an
   * upload that can go on, except for `mismatch`, which needs new bytes for all parts. Calling it again returns the same
   * object.
   */
  complete(
    upload: DirectUpload,
    parts: readonly DirectPart[],
    expected: AnnouncedHashes,
  ): Promise<Extract<Completed, { kind: 'object' | 'mismatch' | 'invalid-parts' }>>
}

export interface DirectPlan {
  readonly partBytes: number
  readonly partCount: number
}

export interface DirectUpload {
  readonly spec: UploadSpec
  readonly sizeBytes: number
}

export interface DirectUrl {
  readonly number: number
  /** Credential: its bearer may send this part. */
  readonly url: string
  readonly sizeBytes: number
}

export interface DirectPart {
  readonly number: number
  /** Entity tag of the provider's response, with or without quotes. */
  readonly etag: string
}
