import type { NewItem } from '../../domain/conversations/item.ts'
import type { InputItem } from '../../domain/conversations/response.ts'
import type { Context } from '../context.ts'
import { findReferences, referenceNotFound } from './find-references.ts'

/** A conversation keeps the items themselves, so the responses that have them need not live longer. */
const UNCHANGED_MS = 0

/** Returns the items with copies in place of references. Throws MESSAGE_NOT_FOUND for a reference to no item. */
export async function resolveItems(
  context: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  items: readonly InputItem[],
): Promise<readonly NewItem[]> {
  const found = await findReferences(context, organizationId, items, UNCHANGED_MS)
  return items.map((item, index) => {
    if (item.type !== 'item_reference') return item
    const resolved = found.get(item.id) ?? item.fallback
    if (resolved === null) throw referenceNotFound(`items[${index}].id`, item.id)
    return resolved
  })
}
