import type { ConversationItem, ItemListRequest } from '../../database/records/conversations.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findConversation } from './find-conversation.ts'
import { checkSkip } from './skipped-page.ts'

export interface ItemListInput extends Omit<ItemListRequest, 'after' | 'before'> {
  readonly conversationId: string
  /** Id of the item before the page, also of a deleted one; null for the first page. */
  readonly after: string | null
  /** Id of the item after the page, also of a deleted one; null for no limit. */
  readonly before: string | null
}

/** Lists the items of a conversation. Throws THREAD_NOT_FOUND, and VALIDATION_ERROR for a cursor of no item. */
export const listConversationItems = defineOperation(
  { action: 'listConversationItems', kind: 'read', scope: 'models:use' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    { conversationId, after, before, ...request }: ItemListInput,
  ): Promise<Page<ConversationItem>> => {
    checkSkip(request)
    await findConversation(context, caller, conversationId)
    const { conversations } = context.database
    const { organizationId } = caller
    const resolve = async (field: 'after' | 'before', id: string | null) => {
      if (id === null) return null
      const position = await conversations.findItemPosition(organizationId, conversationId, id)
      if (position !== null) return position
      throw invalidValue(field, 'invalid', 'must be the id of an entry of this list', id)
    }
    return conversations.listItems(organizationId, conversationId, {
      ...request,
      after: await resolve('after', after),
      before: await resolve('before', before),
    })
  },
)
