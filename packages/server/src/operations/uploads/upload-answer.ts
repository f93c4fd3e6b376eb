import type { ObjectMetadata } from '../../storage/stored-object.ts'

/** Outcome of a request on a session URI. protocols/google-resumable/session-answer.ts renders each as HTTP. */
export type UploadAnswer =
  /** More bytes are wanted, from `offset` on. */
  | { readonly kind: 'resume'; readonly offset: number }
  | { readonly kind: 'object'; readonly object: ObjectMetadata }
  | { readonly kind: 'unknown' }
  /** Expired or dead. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unparseable-range' }
  | { readonly kind: 'gap'; readonly start: number; readonly offset: number }
  | {
      readonly kind: 'wrong-length'
      readonly bodyBytes: number
      readonly start: number
      readonly end: number
    }
  | { readonly kind: 'small-chunk'; readonly bodyBytes: number }
  /** The range or the body does not fit the size that the upload was announced with. */
  | { readonly kind: 'wrong-size'; readonly sizeBytes: number }
  | { readonly kind: 'unparseable-hash' }
  | { readonly kind: 'other-hash' }
  | {
      readonly kind: 'hash-mismatch'
      readonly algorithm: 'crc32c' | 'md5'
      readonly expected: string
      readonly actual: string
    }
  /** The body stopped early, or a newer request took the upload over: there is nobody to answer. */
  | { readonly kind: 'cut' }
