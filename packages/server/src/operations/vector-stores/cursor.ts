import type { CursorRequest, Position } from '../../database/records/vector-stores.ts'
import { ServiceError } from '../../domain/errors.ts'

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
  const resolve = async (field: 'after' | 'before', id: string | null) => {
    if (id === null) return null
    const position = await findPosition(id)
    if (position) return position
    const details = { field, value: id }
    throw new ServiceError('VALIDATION_ERROR', `${field} must be the id of an entry of this list`, details)
  }
  return {
    limit,
    skip: after === null && before === null ? skip : 0,
    order,
    after: await resolve('after', after),
    before: await resolve('before', before),
  }
}
