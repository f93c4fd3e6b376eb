import type { Page } from '../../database/records/page.ts'
import type { ListInput } from '../../operations/page-request.ts'
import type { ListQuery } from './contract/shapes.ts'

export function toListInput({ page, limit, after }: ListQuery): ListInput {
  return { page, limit, after: after ?? null }
}

/** What every list says beside its entries. */
export function pageFields({ page, limit }: ListQuery, result: Page<unknown>, lastId: string | undefined) {
  const next_cursor = result.hasMore ? (lastId ?? null) : null
  return { total: result.total, page, limit, has_more: result.hasMore, next_cursor }
}
