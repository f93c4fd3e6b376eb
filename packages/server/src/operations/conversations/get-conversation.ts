import type { Caller } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findConversation } from './find-conversation.ts'

/** Returns a conversation. Throws THREAD_NOT_FOUND. */
export const getConversation = defineOperation(
  { action: 'getConversation', kind: 'read', scope: 'models:use' },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    conversationId: string,
  ): Promise<Conversation> => {
    return findConversation(context, caller, conversationId)
  },
)
