export interface Page<T> {
  readonly items: readonly T[]
  /** Number of entries in all pages. */
  readonly total: number
  readonly hasMore: boolean
}

export interface PageRequest {
  readonly limit: number
  /** Entries to skip. The cost grows with this number. */
  readonly skip: number
  /** Position after which the page begins; null for the start of the list. The cost does not grow with depth. */
  readonly after: ListPosition | null
}

/** Order of a list by time, then id: both descending, or both ascending. */
export type ListOrder = 'desc' | 'asc'

/** Position in a list that is ordered by time, then id. */
export interface ListPosition {
  readonly timeMs: number
  readonly id: string
}
