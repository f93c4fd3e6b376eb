import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'

/** Time after which another response may take the conversation of a server that was killed. */
const LEASE_MS = 60_000
const RENEW_MS = LEASE_MS / 3

export interface HeldConversation {
  /** Gives the conversation free; a second call does nothing. Never throws. */
  release(): Promise<void>
}

/**
 * Lets the response work on the conversation alone until its release. Throws THREAD_NOT_FOUND, and THREAD_BUSY while
 * another response works on it.
 */
export async function holdConversation(
  { database, log, now }: Pick<Context, 'database' | 'log' | 'now'>,
  organizationId: string,
  conversationId: string,
  responseId: string,
): Promise<HeldConversation> {
  const { conversations } = database
  const details = { field: 'conversation', conversation_id: conversationId }
  const lease = { holder: responseId, untilMs: now() + LEASE_MS, nowMs: now() }
  if (!(await conversations.acquire(organizationId, conversationId, lease))) {
    if ((await conversations.find(organizationId, conversationId)) === null) {
      throw noSuchConversation(conversationId)
    }
    throw new ServiceError('THREAD_BUSY', 'another response is working on this conversation', details)
  }
  const warn = (error: unknown) =>
    log.warn({ err: error, conversation_id: conversationId }, 'the lease of a conversation failed')
  const timer = setInterval(() => {
    conversations.renew(organizationId, conversationId, responseId, now() + LEASE_MS).catch(warn)
  }, RENEW_MS)
  timer.unref()
  let isHeld = true
  return {
    release: async () => {
      if (!isHeld) return
      isHeld = false
      clearInterval(timer)
      await conversations.release(organizationId, conversationId, responseId).catch(warn)
    },
  }
}

/** Returns the error for a conversation of a request that does not exist. */
export function noSuchConversation(conversationId: string): ServiceError {
  return new ServiceError('THREAD_NOT_FOUND', 'there is no such conversation', {
    field: 'conversation',
    conversation_id: conversationId,
  })
}
