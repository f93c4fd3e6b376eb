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
}

/** Lists the input of a stored response. Throws RESPONSE_NOT_FOUND, and VALIDATION_ERROR for a cursor of no item. */
export const listResponseInput = defineOperation(
  { action: 'listResponseInput', kind: 'read', scope: 'models:use' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { responseId, order, limit, after }: ResponseInputList,
  ): Promise<Page<Item>> => {
    const input = await database.responses.findInput(organizationId, responseId, now())
    if (input === null) throw responseNotFound()
    const items = order === 'asc' ? input : input.toReversed()
    const place = after === null ? -1 : items.findIndex(({ id }) => id === after)
    if (after !== null && place === -1)
      throw invalidValue('after', 'invalid', 'must be the id of an entry of this list', after)
    const page = items.slice(place + 1, place + 1 + limit)
    return { items: page, total: items.length, hasMore: place + 1 + limit < items.length }
  },
)
