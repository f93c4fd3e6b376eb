import type { ObjectMetadata, UploadSpec } from './stored-object.ts'

/** Uploads whose bytes go directly to the provider, which implements the protocol. */
export interface DelegatedUploads {
  readonly mode: 'delegated'
  /**
   * Opens a session at the provider. It creates an object of this name, size and type unless one exists by then.
   * Throws VALIDATION_ERROR when the provider does not accept the name.
   */
  create(spec: UploadSpec, terms: SessionTerms): Promise<DelegatedSession>
  /** Returns the bytes of the unfinished upload that the provider has; null when the provider does not report them. */
  received(handle: string): Promise<number | null>
  /** Ends the session, so that it accepts no more bytes; idempotent. A complete object stays. */
  cancel(handle: string): Promise<void>
}

export interface SessionTerms {
  readonly sizeBytes: number
  /** Origin of the page that will send the bytes; null when the client is not a browser. */
  readonly origin: string | null
}

export interface DelegatedSession {
  /** Credential: its bearer may send the bytes of this upload. */
  readonly sessionUri: string
  /** Identifies the session for this storage in any process; useless to anyone else. */
  readonly handle: string
}

/** Downloads that clients fetch directly from the provider. */
export interface DelegatedDownloads {
  /** Returns a signed URL for one version of the object, valid until a time. */
  url(object: Pick<ObjectMetadata, 'name' | 'generation'>, terms: DownloadTerms): Promise<string>
}

export interface DownloadTerms {
  readonly expiresAtSeconds: number
  /** Headers of the provider's response, as in HTTP. */
  readonly contentType: string
  readonly contentDisposition: string
}
