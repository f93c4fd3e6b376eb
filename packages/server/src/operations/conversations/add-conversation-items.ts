import type { ConversationItem } from '../../database/records/conversations.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { NewItem } from '../../domain/conversations/item.ts'
import { withId } from '../../domain/conversations/with-id.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkItemFiles } from './check-item-files.ts'
import { findConversation, threadNotFound } from './find-conversation.ts'

export interface ItemsToAdd {
  readonly conversationId: string
  readonly items: readonly NewItem[]
}

/** Appends items to a conversation; returns them in their order. Throws THREAD_NOT_FOUND and FILE_NOT_FOUND. */
export const addConversationItems = defineOperation(
  {
    action: 'addConversationItems',
    kind: 'change',
    scope: 'models:use',
    targetOf: ({ conversationId }) => conversationId,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    { conversationId, items }: ItemsToAdd,
  ): Promise<readonly ConversationItem[]> => {
    await findConversation(context, caller, conversationId)
    await checkItemFiles(context, caller, items, 'items')
    const { conversations } = context.database
    const { organizationId } = caller
    const added = await conversations.addItems(
      organizationId,
      conversationId,
      items.map(withId),
      context.now(),
    )
    if (added === null) throw threadNotFound()
    return added
  },
)
