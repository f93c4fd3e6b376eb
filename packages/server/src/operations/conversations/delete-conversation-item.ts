import type { Caller } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findConversation, messageNotFound } from './find-conversation.ts'
import type { ItemPlace } from './get-conversation-item.ts'

/** Deletes an item; returns its conversation. Throws THREAD_NOT_FOUND and MESSAGE_NOT_FOUND. */
export const deleteConversationItem = defineOperation(
  {
    action: 'deleteConversationItem',
    kind: 'change',
    scope: 'models:use',
    targetOf: ({ itemId }) => itemId,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    { conversationId, itemId }: ItemPlace,
  ): Promise<Conversation> => {
    await findConversation(context, caller, conversationId)
    const { conversations } = context.database
    const { organizationId } = caller
    if (!(await conversations.deleteItem(organizationId, conversationId, itemId, context.now())))
      throw messageNotFound()
    return findConversation(context, caller, conversationId)
  },
)
