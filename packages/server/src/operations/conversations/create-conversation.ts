import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { InputItem } from '../../domain/conversations/response.ts'
import { withId } from '../../domain/conversations/with-id.ts'
import { createId } from '../../domain/ids.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkItemFiles } from './check-item-files.ts'
import { resolveItems } from './resolve-items.ts'

export interface ConversationInput extends Pick<Conversation, 'title' | 'metadata'> {
  readonly items: readonly InputItem[]
}

/** Creates a conversation with items. Throws FILE_NOT_FOUND and, for a reference, MESSAGE_NOT_FOUND. */
export const createConversation = defineOperation(
  {
    action: 'createConversation',
    kind: 'change',
    scope: 'models:use',
    targetOf: (_, conversation) => conversation?.id ?? null,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    { title, metadata, items }: ConversationInput,
  ): Promise<Conversation> => {
    const { organizationId } = caller
    const newItems = await resolveItems(context, organizationId, items)
    await checkItemFiles(context, caller, newItems, 'items')
    const record = { id: createId('conv'), title, metadata, createdBy: actorIdOf(caller) ?? 'operator' }
    const { conversations } = context.database
    return conversations.create(organizationId, record, newItems.map(withId), context.now())
  },
)
