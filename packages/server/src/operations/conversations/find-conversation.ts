import type { Caller } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'

/** Returns a conversation of the caller's organization. Throws THREAD_NOT_FOUND. */
export async function findConversation(
  { database }: Pick<Context, 'database'>,
  { organizationId }: Caller,
  conversationId: string,
): Promise<Conversation> {
  const conversation = await database.conversations.find(organizationId, conversationId)
  if (conversation === null) throw threadNotFound()
  return conversation
}

export function threadNotFound(): ServiceError {
  return new ServiceError('THREAD_NOT_FOUND', 'there is no such thread')
}

export function messageNotFound(): ServiceError {
  return new ServiceError('MESSAGE_NOT_FOUND', 'there is no such message in this thread')
}
