import type { ConversationItem } from '../../database/records/conversations.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { InputItem } from '../../domain/conversations/response.ts'
import { withId } from '../../domain/conversations/with-id.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkItemFiles } from './check-item-files.ts'
import { findConversation, threadNotFound } from './find-conversation.ts'
import { resolveItems } from './resolve-items.ts'

export interface ItemsToAdd {
  readonly conversationId: string
  readonly items: readonly InputItem[]
}

/** Appends items to a conversation; returns them in their order. Throws THREAD_NOT_FOUND, FILE_NOT_FOUND and, for a reference, MESSAGE_NOT_FOUND. */
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
    const { organizationId } = caller
    const newItems = await resolveItems(context, organizationId, items)
    await checkItemFiles(context, caller, newItems, 'items')
    const { conversations } = context.database
    const added = await conversations.addItems(
      organizationId,
      conversationId,
      newItems.map(withId),
      context.now(),
    )
    if (added === null) throw threadNotFound()
    return added
  },
)
