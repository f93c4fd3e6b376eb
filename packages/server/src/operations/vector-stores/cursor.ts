/** Part of a list. `after` and `before` are ids of entries, also of deleted ones; both null for the first page. */
export interface CursorInput {
  readonly limit: number
  /** Entries to skip; only without a cursor. */
  readonly skip: number
  readonly order: 'asc' | 'desc'
  readonly after: string | null
  readonly before: string | null
}
