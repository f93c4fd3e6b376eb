import type { Caller } from '../../domain/access/caller.ts'
import { defineOperation } from '../define-operation.ts'
import { offeredFunctions } from './chat-body.ts'
import { toChatMessages } from './chat-messages.ts'
import type { CreateResponseInput } from './create-response.ts'
import { estimateMessages, estimateTokens } from './estimate-tokens.ts'
import { noSuchConversation } from './hold-conversation.ts'
import { readContext } from './read-context.ts'
import type { ResponseContext } from './run-response.ts'

/**
 * Estimates the tokens that a request gives to the model: what it continues, its input, the texts of its files and its
 * functions, but no results of searches. Throws the errors of `createResponse` about these.
 */
export const countInputTokens = defineOperation(
  { action: 'countInputTokens', kind: 'read', scope: 'models:use' },
  async (
    context: ResponseContext,
    caller: Caller,
    { request, signal }: CreateResponseInput,
  ): Promise<number> => {
    const { organizationId } = caller
    const { conversationId } = request
    if (
      conversationId !== null &&
      (await context.database.conversations.find(organizationId, conversationId)) === null
    )
      throw noSuchConversation(conversationId)
    // Reading files takes as much time as an answer.
    const release = context.models.takeSlot(organizationId)
    try {
      const { history, input, contents } = await readContext(context, caller, request, signal)
      const options = {
        contents,
        instructions: request.instructions,
        sources: new Map(),
        searchFunction: null,
      }
      const messages = toChatMessages([...history, ...input], options)
      return estimateMessages(messages) + estimateTokens(JSON.stringify(offeredFunctions(request)))
    } finally {
      release()
    }
  },
)
