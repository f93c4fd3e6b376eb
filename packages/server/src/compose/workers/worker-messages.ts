import type { ServerAddresses } from '../listen.ts'
import type { ServerReport } from '../start-server.ts'

/** Requests of a worker that the others count too. */
export interface SharedCount {
  /** Name of the limit. */
  readonly name: string
  /** API key or address. */
  readonly key: string
  readonly count: number
}

/** Messages of a worker to the supervisor. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly addresses: ServerAddresses }
  /** The worker could not start, and ends. The message is for the operator. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'wakeQueue' }
  | { readonly kind: 'counts'; readonly counts: readonly SharedCount[] }
  /** `report` is null when it could not be made. */
  | { readonly kind: 'report'; readonly id: number; readonly report: ServerReport | null }

/** Messages of the supervisor to a worker. */
export type ToWorker =
  | { readonly kind: 'startJobs' }
  | { readonly kind: 'wakeQueue' }
  | { readonly kind: 'counts'; readonly counts: readonly SharedCount[] }
  | { readonly kind: 'report'; readonly id: number }
