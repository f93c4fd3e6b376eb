import type { ConversationItem } from '../../database/records/conversations.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findConversation, messageNotFound } from './find-conversation.ts'

export interface ItemPlace {
  readonly conversationId: string
  readonly itemId: string
}

/** Returns an item of a conversation. Throws THREAD_NOT_FOUND and MESSAGE_NOT_FOUND. */
export const getConversationItem = defineOperation(
  { action: 'getConversationItem', kind: 'read', scope: 'models:use' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    { conversationId, itemId }: ItemPlace,
  ): Promise<ConversationItem> => {
    await findConversation(context, caller, conversationId)
    const { conversations } = context.database
    const item = await conversations.findItem(caller.organizationId, conversationId, itemId)
    if (item === null) throw messageNotFound()
    return item
  },
)
