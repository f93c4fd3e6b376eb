import type { Item } from '../../domain/conversations/item.ts'
import type { InputItem, ResponseRequest } from '../../domain/conversations/response.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId, type IdPrefix } from '../../domain/ids.ts'
import type { Context } from '../context.ts'

const MAX_TURNS = 500
const MAX_ITEMS = 2000
const ITEMS_PER_PAGE = 500

const PREFIXES: Readonly<Record<Item['type'], IdPrefix>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  file_search_call: 'fs',
  reasoning: 'rs',
}

type HistoryContext = Pick<Context, 'database' | 'now'>

/**
 * Returns what the request continues, oldest first: the turns before it, or the newest items of its conversation.
 * Throws RESPONSE_NOT_FOUND.
 */
export async function readHistory(
  { database, now }: HistoryContext,
  organizationId: string,
  { previousResponseId, conversationId }: Pick<ResponseRequest, 'previousResponseId' | 'conversationId'>,
  expiresAtMs: number,
): Promise<readonly Item[]> {
  if (previousResponseId !== null) {
    const request = { nowMs: now(), expiresAtMs, maxTurns: MAX_TURNS }
    const turns = await database.responses.findTurns(organizationId, previousResponseId, request)
    if (turns !== null) return turns.flatMap(({ input, output }) => [...input, ...output])
    throw new ServiceError('RESPONSE_NOT_FOUND', 'there is no such response, or its time is over', {
      field: 'previous_response_id',
      response_id: previousResponseId,
    })
  }
  return conversationId === null ? [] : readItems(database, organizationId, conversationId)
}

async function readItems(
  { conversations }: Context['database'],
  organizationId: string,
  conversationId: string,
): Promise<readonly Item[]> {
  const newestFirst: Item[] = []
  let after: number | null = null
  while (newestFirst.length < MAX_ITEMS) {
    const page = await conversations.listItems(organizationId, conversationId, {
      ...{ order: 'desc', limit: ITEMS_PER_PAGE, skip: 0, after, isMessagesOnly: false },
    })
    newestFirst.push(...page.items.map(({ item }) => item))
    const last = page.items.at(-1)
    if (last === undefined || !page.hasMore) break
    after = last.position
  }
  return newestFirst.reverse()
}

/**
 * Returns the new items of the input with ids. A reference names an item that the history has already, so it adds
 * nothing. Throws MESSAGE_NOT_FOUND for any other reference.
 */
export async function readInput(
  { database }: HistoryContext,
  organizationId: string,
  { input, conversationId }: Pick<ResponseRequest, 'input' | 'conversationId'>,
  history: readonly Item[],
): Promise<readonly Item[]> {
  const known = new Set(history.map(({ id }) => id))
  const items: Item[] = []
  for (const [index, item] of input.entries()) {
    if (item.type !== 'item_reference') items.push(withId(item))
    else if (
      !known.has(item.id) &&
      !(await isInConversation(database, organizationId, conversationId, item.id))
    ) {
      const details = { field: `input[${index}].id`, item_id: item.id }
      throw new ServiceError('MESSAGE_NOT_FOUND', 'there is no such item', details)
    }
  }
  return items
}

async function isInConversation(
  { conversations }: Context['database'],
  organizationId: string,
  conversationId: string | null,
  itemId: string,
): Promise<boolean> {
  if (conversationId === null) return false
  return (await conversations.findItem(organizationId, conversationId, itemId)) !== null
}

function withId(item: Exclude<InputItem, { type: 'item_reference' }>): Item {
  return { ...item, id: createId(PREFIXES[item.type]) }
}
