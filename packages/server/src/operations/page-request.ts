import { ServiceError } from '../domain/errors.ts'
import type { ListPosition, PageRequest } from '../domain/page.ts'

/** Upper bound of entries that page numbers can reach: the database reads all entries before a page. */
export const MAX_PAGED_ENTRIES = 10_000

export interface ListInput {
  readonly page: number
  readonly limit: number
  /** Id of the last entry of the previous page; takes precedence over `page`. Null to use `page`. */
  readonly after: string | null
}

/**
 * Resolves the cursor. Throws VALIDATION_ERROR when it is not in this list, or when the page is beyond
 * `MAX_PAGED_ENTRIES`.
 */
export async function toPageRequest(
  { page, limit, after }: ListInput,
  findPosition: (id: string) => Promise<ListPosition | null>,
): Promise<PageRequest> {
  if (after === null) return { limit, skip: skippedBefore(page, limit), after: null }
  return { limit, skip: 0, after: await resolveCursor('after', after, findPosition) }
}

/** Returns the position of a cursor. Throws VALIDATION_ERROR for one that was never in this list. */
export async function resolveCursor(
  field: 'after' | 'before',
  id: string,
  findPosition: (id: string) => Promise<ListPosition | null>,
): Promise<ListPosition> {
  const position = await findPosition(id)
  if (position !== null) return position
  const details = { field, value: id }
  throw new ServiceError('VALIDATION_ERROR', `${field} must be the id of an entry of this list`, details)
}

/** Returns the number of entries before a page. Throws VALIDATION_ERROR when the page is beyond `maxEntries`. */
export function skippedBefore(page: number, limit: number, maxEntries = MAX_PAGED_ENTRIES): number {
  if (page * limit <= maxEntries) return (page - 1) * limit
  throw new ServiceError(
    'VALIDATION_ERROR',
    `page numbers reach the first ${maxEntries} entries: pass next_cursor as after to get the next page`,
    { field: 'page', value: page },
  )
}
