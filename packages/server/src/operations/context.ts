import type { Database } from '../database/database.ts'
import type { ObjectStorage } from '../storage/storage.ts'
import type { Arrivals } from './arrivals.ts'
import type { DirectReservations } from './reserve-uploads.ts'

/** What every operation works with. */
export interface Context {
  readonly storage: ObjectStorage
  readonly database: Database
  readonly arrivals: Arrivals
  readonly reservations: DirectReservations
  readonly limits: Limits
  /** Signs download URLs; the same in every process of the installation. */
  readonly downloadSecret: string
  readonly log: Log
  now(): number
}

export interface Limits {
  readonly maxFileBytes: number
  readonly directUploadMaxBytes: number
  /** Canonical types, or `image/*` for all of a kind; null allows every type. */
  readonly allowedContentTypes: readonly string[] | null
  readonly uploadSessionMs: number
}

/** Faults that end no request, for the operator. */
export interface Log {
  warn(facts: object, message: string): void
}
