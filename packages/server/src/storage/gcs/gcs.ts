import type { Google } from './google.ts'
import type { GoogleCalls } from './google-calls.ts'

/** State that all parts of one storage share. */
export interface Gcs {
  readonly google: Google
  readonly calls: GoogleCalls
  /** Prefix of every name: empty, or ending with a slash. */
  readonly prefix: string
  /** Aborted when the storage is closed; ends bodies in progress. */
  readonly closing: AbortSignal
}
