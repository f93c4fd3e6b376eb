import { actorIdOf, type Caller } from '../../domain/access/caller.ts'
import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkSkip, type SkippedPage } from './skipped-page.ts'

/** Lists the conversations of the caller's key, or all of them for an administrator, newest first. Throws
 * VALIDATION_ERROR. */
export const listConversations = defineOperation(
  { action: 'listConversations', kind: 'read', scope: 'models:use' },
  async (
    { database }: Pick<Context, 'database'>,
    caller: Caller,
    page: SkippedPage,
  ): Promise<Page<Conversation>> => {
    checkSkip(page)
    const { organizationId, actor, scopes } = caller
    const seesAll = actor.kind === 'operator' || scopes.includes('admin')
    return database.conversations.list(organizationId, {
      ...page,
      createdBy: seesAll ? null : actorIdOf(caller),
    })
  },
)
