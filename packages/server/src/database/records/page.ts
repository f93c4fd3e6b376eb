export interface Page<T> {
  readonly items: readonly T[]
  /** Of all pages. */
  readonly total: number
  readonly hasMore: boolean
}

export interface PageRequest {
  readonly limit: number
  /** Entries to pass over; the cost grows with it. */
  readonly skip: number
  /** Begins behind this place, at a cost that does not depend on how deep it is. */
  readonly after: ListPosition | null
}

/** A place in a list that is ordered by time, then id, both descending. */
export interface ListPosition {
  readonly timeMs: number
  readonly id: string
}
