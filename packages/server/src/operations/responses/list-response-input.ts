import type { Caller } from '../../domain/access/caller.ts'
import type { Item } from '../../domain/conversations/item.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { ListOrder, Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { responseNotFound } from './get-response.ts'

export interface ResponseInputList {
  readonly responseId: string
  readonly order: ListOrder
  readonly limit: number
  /** Id of the item before the page; null for the first page. */
  readonly after: string | null
  /** Id of the item after the page; null for no limit. Alone it asks for the items that are nearest to it. */
  readonly before: string | null
}

/** Lists the input of a stored response. Throws RESPONSE_NOT_FOUND, and VALIDATION_ERROR for a cursor of no item. */
export const listResponseInput = defineOperation(
  { action: 'listResponseInput', kind: 'read', scope: 'models:use' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { responseId, order, limit, after, before }: ResponseInputList,
  ): Promise<Page<Item>> => {
    const input = await database.responses.findInput(organizationId, responseId, now())
    if (input === null) throw responseNotFound()
    const items = order === 'asc' ? input : input.toReversed()
    const placeOf = (field: 'after' | 'before', cursor: string) => {
      const place = items.findIndex(({ id }) => id === cursor)
      if (place !== -1) return place
      throw invalidValue(field, 'invalid', 'must be the id of an entry of this list', cursor)
    }
    const start = after === null ? 0 : placeOf('after', after) + 1
    const end = before === null ? items.length : placeOf('before', before)
    const between = items.slice(start, end)
    const isBackwards = after === null && before !== null
    const page = isBackwards ? between.slice(-limit) : between.slice(0, limit)
    return { items: page, total: items.length, hasMore: between.length > limit }
  },
)
