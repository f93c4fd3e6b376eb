import type { ListPosition, PageRequest } from '../database/database.ts'
import { ServiceError } from '../domain/errors.ts'

export interface ListInput {
  readonly page: number
  readonly limit: number
  /** The id of the last entry of the page before; it goes before `page`. */
  readonly after: string | null
}

/** Resolves the cursor. Throws VALIDATION_ERROR when it names nothing in this list. */
export async function toPageRequest(
  { page, limit, after }: ListInput,
  findPosition: (id: string) => Promise<ListPosition | null>,
): Promise<PageRequest> {
  if (after === null) return { limit, skip: (page - 1) * limit, after: null }
  const position = await findPosition(after)
  if (position === null) {
    const details = { field: 'after', value: after }
    throw new ServiceError('VALIDATION_ERROR', 'after must be the id of an entry of this list', details)
  }
  return { limit, skip: 0, after: position }
}
