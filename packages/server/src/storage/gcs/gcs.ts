import type { Google } from './google.ts'
import type { GoogleCalls } from './google-calls.ts'

/** What every part of one storage shares. */
export interface Gcs {
  readonly google: Google
  readonly calls: GoogleCalls
  /** Before every name; empty, or with a slash at its end. */
  readonly prefix: string
  /** Ends the bodies that are under way. */
  readonly closing: AbortSignal
}
