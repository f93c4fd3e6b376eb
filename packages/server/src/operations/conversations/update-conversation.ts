import type { Caller } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { threadNotFound } from './find-conversation.ts'

export interface ConversationChanges extends Partial<Pick<Conversation, 'title' | 'metadata'>> {
  readonly conversationId: string
}

/** Changes a conversation; absent fields keep their value. Throws THREAD_NOT_FOUND. */
export const updateConversation = defineOperation(
  {
    action: 'updateConversation',
    kind: 'change',
    scope: 'models:use',
    targetOf: ({ conversationId }) => conversationId,
  },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { conversationId, ...change }: ConversationChanges,
  ): Promise<Conversation> => {
    const changed = await database.conversations.update(organizationId, conversationId, change, now())
    if (changed === null) throw threadNotFound()
    return changed
  },
)
