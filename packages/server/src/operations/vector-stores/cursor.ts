import type { CursorRequest, Position } from '../../database/records/vector-stores.ts'
import { resolveCursor } from '../page-request.ts'

/** Part of a list. `after` and `before` are ids of entries, also of deleted ones; both null for the first page. */
export interface CursorInput {
  readonly limit: number
  /** Entries to skip; only without a cursor. */
  readonly skip: number
  readonly order: 'asc' | 'desc'
  readonly after: string | null
  readonly before: string | null
}

/** Resolves the cursors. Throws VALIDATION_ERROR for one that was never in this list. */
export async function resolveCursors(
  { limit, skip, order, after, before }: CursorInput,
  findPosition: (id: string) => Promise<Position | null>,
): Promise<CursorRequest> {
  const resolve = async (field: 'after' | 'before', id: string | null) =>
    id === null ? null : resolveCursor(field, id, findPosition)
  return {
    limit,
    skip: after === null && before === null ? skip : 0,
    order,
    after: await resolve('after', after),
    before: await resolve('before', before),
  }
}
