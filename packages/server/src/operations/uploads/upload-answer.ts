import type { ObjectMetadata } from '../../storage/stored-object.ts'

/** Outcome of a request on an upload session, for every protocol. Each protocol renders it in its own form. */
export type UploadAnswer =
  /** The upload is incomplete; `offset` is the position of the next byte. */
  | { readonly kind: 'resume'; readonly offset: number }
  /** The upload is complete. */
  | { readonly kind: 'object'; readonly object: ObjectMetadata }
  | { readonly kind: 'unknown' }
  /** Expired or dead. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'cancelled' }
  /** The body does not begin at a position that the offset policy accepts. */
  | { readonly kind: 'gap'; readonly start: number; readonly offset: number }
  /** The range or the body does not fit the declared size of the upload. */
  | { readonly kind: 'wrong-size'; readonly sizeBytes: number }
  /** A hash differs from the one that was announced before. */
  | { readonly kind: 'other-hash' }
  | {
      readonly kind: 'hash-mismatch'
      readonly algorithm: 'crc32c' | 'md5'
      readonly expected: string
      readonly actual: string
    }
  /** The body stopped early, or a newer request took over the upload. No client waits for an answer. */
  | { readonly kind: 'cut' }
