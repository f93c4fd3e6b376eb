import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { threadNotFound } from './find-conversation.ts'

/** Deletes a conversation with its items and responses. Throws THREAD_NOT_FOUND. */
export const deleteConversation = defineOperation(
  {
    action: 'deleteConversation',
    kind: 'change',
    scope: 'models:use',
    targetOf: (conversationId) => conversationId,
  },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    conversationId: string,
  ): Promise<void> => {
    if (!(await database.conversations.delete(organizationId, conversationId))) throw threadNotFound()
  },
)
