import type { Item } from '../../domain/conversations/item.ts'
import type { ResponseRequest } from '../../domain/conversations/response.ts'
import { withId } from '../../domain/conversations/with-id.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { findReferences, referenceNotFound } from '../conversations/find-references.ts'

const MAX_TURNS = 500
const MAX_ITEMS = 2000
const ITEMS_PER_PAGE = 500

type ContinuedRequest = Pick<ResponseRequest, 'previousResponseId' | 'conversationId' | 'truncation'>
type HistoryContext = Pick<Context, 'database' | 'now'>

/**
 * Returns what the request continues, oldest first: the turns before it, or the items of its conversation. A request that
 * may drop the oldest items gets the newest 500 turns or 2,000 items. Throws RESPONSE_NOT_FOUND, and
 * CONTEXT_LENGTH_EXCEEDED when there are more otherwise.
 */
export async function readHistory(
  { database, now }: HistoryContext,
  organizationId: string,
  { previousResponseId, conversationId, truncation }: ContinuedRequest,
  expiresAtMs: number,
): Promise<readonly Item[]> {
  if (previousResponseId !== null) {
    const request = { nowMs: now(), expiresAtMs, maxTurns: MAX_TURNS + 1 }
    const found = await database.responses.findTurns(organizationId, previousResponseId, request)
    const details = { field: 'previous_response_id', response_id: previousResponseId }
    if (found.kind === 'missing') throw turnNotFound(previousResponseId, found.responseId)
    const { turns } = found
    if (turns.length > MAX_TURNS && truncation === 'refuse')
      throw new ServiceError(
        'CONTEXT_LENGTH_EXCEEDED',
        `the response and those before it are more than ${MAX_TURNS}`,
        details,
      )
    return turns.slice(-MAX_TURNS).flatMap(({ input, output }) => [...input, ...output])
  }
  if (conversationId === null) return []
  const items = await readItems(database, organizationId, conversationId)
  if (items.length <= MAX_ITEMS) return items
  if (truncation === 'drop-oldest') return items.slice(-MAX_ITEMS)
  const details = { field: 'conversation', conversation_id: conversationId }
  throw new ServiceError(
    'CONTEXT_LENGTH_EXCEEDED',
    `the conversation has more than ${MAX_ITEMS} items`,
    details,
  )
}

/** Returns the error for a response that does not exist: the continued one, or one that this continues. */
function turnNotFound(continuedId: string, missingId: string): ServiceError {
  const message =
    missingId === continuedId
      ? 'there is no such response, or its time is over'
      : `the response continues ${missingId}, which does not exist, or its time is over`
  const details = { field: 'previous_response_id', response_id: missingId }
  return new ServiceError('RESPONSE_NOT_FOUND', message, details)
}

/** Returns the newest items, oldest first: all, or more than are allowed. */
async function readItems(
  { conversations }: Context['database'],
  organizationId: string,
  conversationId: string,
): Promise<readonly Item[]> {
  const newestFirst: Item[] = []
  let after: number | null = null
  while (newestFirst.length <= MAX_ITEMS) {
    const page = await conversations.listItems(organizationId, conversationId, {
      ...{ order: 'desc', limit: ITEMS_PER_PAGE, skip: 0, after, before: null, isMessagesOnly: false },
    })
    newestFirst.push(...page.items.map(({ item }) => item))
    const last = page.items.at(-1)
    if (last === undefined || !page.hasMore) break
    after = last.position
  }
  return newestFirst.reverse()
}

/**
 * Returns the items that the input adds to the history, with ids. A reference to an item that the history has adds
 * nothing; one to an item of a stored response or of another conversation adds this item. Throws MESSAGE_NOT_FOUND for
 * any other reference.
 */
export async function readInput(
  context: HistoryContext,
  organizationId: string,
  { input, conversationId }: Pick<ResponseRequest, 'input' | 'conversationId'>,
  history: readonly Item[],
  expiresAtMs: number,
): Promise<readonly Item[]> {
  const known = new Set(history.map(({ id }) => id))
  const unknown = input.filter((item) => item.type !== 'item_reference' || !known.has(item.id))
  const found = await findReferences(context, organizationId, unknown, expiresAtMs)
  const items: Item[] = []
  for (const [index, item] of input.entries()) {
    if (item.type !== 'item_reference') {
      items.push(withId(item))
      continue
    }
    const { id, fallback } = item
    if (known.has(id)) continue
    known.add(id)
    const place = await findPlace(context, organizationId, conversationId, id)
    if (place === 'present') continue
    const stored = place === 'absent' ? found.get(id) : undefined
    const added = stored ?? (fallback && withId(fallback))
    if (added === null) throw referenceNotFound(`input[${index}].id`, id)
    items.push(added)
  }
  return items
}

/** Finds an item in the conversation of the request, also behind the items that the history reads. */
async function findPlace(
  { database: { conversations } }: HistoryContext,
  organizationId: string,
  conversationId: string | null,
  itemId: string,
): Promise<'present' | 'deleted' | 'absent'> {
  if (conversationId === null) return 'absent'
  if ((await conversations.findItem(organizationId, conversationId, itemId)) !== null) return 'present'
  const position = await conversations.findItemPosition(organizationId, conversationId, itemId)
  return position === null ? 'absent' : 'deleted'
}
