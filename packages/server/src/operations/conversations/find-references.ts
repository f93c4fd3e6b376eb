import type { Item } from '../../domain/conversations/item.ts'
import type { InputItem, ItemReference } from '../../domain/conversations/response.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'

/**
 * Returns the items of stored responses and of conversations to which references lead, by their ids. The responses live
 * at least as long as one that expires at `expiresAtMs`. Throws CONTEXT_LENGTH_EXCEEDED for items that are too large.
 */
export async function findReferences(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  input: readonly InputItem[],
  expiresAtMs: number,
): Promise<ReadonlyMap<string, Item>> {
  const { responses, conversations } = database
  const ids = input.filter(isReference).map(({ id }) => id)
  if (ids.length === 0) return new Map()
  const ofResponses = await responses.findItems(organizationId, ids, { nowMs: now(), expiresAtMs })
  if (ofResponses === null) throw tooLarge()
  const others = ids.filter((id) => !ofResponses.has(id))
  if (others.length === 0) return ofResponses
  const ofConversations = await conversations.findItems(organizationId, others)
  if (ofConversations === null) throw tooLarge()
  return new Map([...ofResponses, ...ofConversations])
}

/** Returns the error for a reference at the place `field` of the request. */
export function referenceNotFound(field: string, itemId: string): ServiceError {
  return new ServiceError('MESSAGE_NOT_FOUND', 'there is no such item', { field, item_id: itemId })
}

function isReference(item: InputItem): item is ItemReference {
  return item.type === 'item_reference'
}

function tooLarge(): ServiceError {
  return new ServiceError('CONTEXT_LENGTH_EXCEEDED', 'the items that the request refers to are too large', {
    field: 'input',
  })
}
