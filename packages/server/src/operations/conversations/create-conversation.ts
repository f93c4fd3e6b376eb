import { type Caller, keyIdOf } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { NewItem } from '../../domain/conversations/item.ts'
import { withId } from '../../domain/conversations/with-id.ts'
import { createId } from '../../domain/ids.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkItemFiles } from './check-item-files.ts'

export interface ConversationInput extends Pick<Conversation, 'title' | 'metadata'> {
  readonly items: readonly NewItem[]
}

/** Creates a conversation with items. Throws FILE_NOT_FOUND. */
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
    await checkItemFiles(context, caller, items, 'items')
    const record = { id: createId('conv'), title, metadata, createdBy: keyIdOf(caller) ?? 'operator' }
    const { conversations } = context.database
    return conversations.create(caller.organizationId, record, items.map(withId), context.now())
  },
)
