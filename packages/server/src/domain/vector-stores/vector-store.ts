import type { StoreAccess } from './store-access.ts'
import type { FileCounts } from './store-file.ts'

/** Store of an organization. */
export interface StorePlace {
  readonly organizationId: string
  readonly storeId: string
}

/** Set of files that is searched together. */
export interface VectorStore extends StoreAccess {
  readonly id: string
  readonly organizationId: string
  /** Empty when the client gave none. */
  readonly name: string
  readonly description: string | null
  /** Id of the key or user that created the store. */
  readonly createdBy: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly lastActiveAtMs: number
  /** Days without activity after which the store expires; null when it never does. */
  readonly expiresAfterDays: number | null
  /** Time at which the store expired and lost its files; null while it is active. */
  readonly expiredAtMs: number | null
  readonly metadata: Metadata
  readonly counts: FileCounts
  /** Sum of the sizes of the attached files. */
  readonly dataBytes: number
  /** Bytes of extracted text and vectors of the completed files. */
  readonly usageBytes: number
  /** Number of the last change of the store's files. The search index follows these numbers. */
  readonly seq: number
}

/** At most 16 pairs; a key has at most 64 characters, a value at most 512. */
export type Metadata = Readonly<Record<string, string>>

const DAY_MS = 24 * 60 * 60 * 1000

/** Returns the time at which the store expires without further activity; null when it never does. */
export function expiresAtMs({
  lastActiveAtMs,
  expiresAfterDays,
}: Pick<VectorStore, 'lastActiveAtMs' | 'expiresAfterDays'>): number | null {
  return expiresAfterDays === null ? null : lastActiveAtMs + expiresAfterDays * DAY_MS
}

/** Returns true when the store has expired, whether or not a job has already removed its files. */
export function isExpiredStore(store: VectorStore, nowMs: number): boolean {
  const atMs = expiresAtMs(store)
  return store.expiredAtMs !== null || (atMs !== null && atMs <= nowMs)
}
