import type { Caller } from '../../domain/access/caller.ts'
import type { ResponseEvent } from '../../domain/conversations/response-event.ts'
import type { RunningResponse } from '../../domain/conversations/running-response.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createConversation } from '../conversations/create-conversation.ts'
import { deleteConversation } from '../conversations/delete-conversation.ts'
import { type CreateResponseInput, createResponse } from './create-response.ts'
import type { ResponseContext } from './run-response.ts'

/**
 * Begins a response in a conversation: that of the request, or a new one. A response that continues another one, and
 * one that is not stored, get no new conversation. A new conversation that gets no answer is deleted.
 * Throws the errors of `createResponse`.
 */
export async function answerInThread(
  context: ResponseContext,
  caller: Caller,
  { request, signal }: CreateResponseInput,
): Promise<RunningResponse> {
  const { conversationId, previousResponseId, isStored } = request
  if (conversationId !== null || previousResponseId !== null || !isStored) {
    return createResponse(context, caller, { request, signal })
  }
  const { id } = await createConversation(context, caller, { title: null, metadata: {}, items: [] })
  const remove = async () => {
    try {
      await deleteConversation(context, caller, id)
    } catch (error) {
      // Somebody else deleted it.
      if (error instanceof ServiceError && error.code === 'THREAD_NOT_FOUND') return
      context.log.warn({ err: error, conversation_id: id }, 'an empty conversation was not deleted')
    }
  }
  try {
    const input = { request: { ...request, conversationId: id }, signal }
    const { response, events } = await createResponse(context, caller, input)
    return { response, events: removeUnlessAnswered(events, remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

async function* removeUnlessAnswered(
  events: AsyncIterable<ResponseEvent>,
  remove: () => Promise<void>,
): AsyncGenerator<ResponseEvent, void> {
  let isAnswered = false
  try {
    for await (const event of events) {
      if (event.type === 'completed' || event.type === 'incomplete') isAnswered = true
      yield event
    }
  } finally {
    if (!isAnswered) await remove()
  }
}
