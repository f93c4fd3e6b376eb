import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Item } from '../../domain/conversations/item.ts'
import type { ListOrder, Page } from '../../domain/page.ts'

/**
 * Conversations and their items. Items have a position, which never changes: the place of a deleted item remains known
 * until its conversation is deleted.
 */
export interface ConversationRecords {
  create(
    organizationId: string,
    conversation: NewConversation,
    items: readonly Item[],
    nowMs: number,
  ): Promise<Conversation>
  find(organizationId: string, conversationId: string): Promise<Conversation | null>
  /** Newest first. `createdBy` null lists those of all keys. */
  list(
    organizationId: string,
    request: { readonly createdBy: string | null; readonly skip: number; readonly limit: number },
  ): Promise<Page<Conversation>>
  update(
    organizationId: string,
    conversationId: string,
    change: Partial<Pick<Conversation, 'title' | 'metadata'>>,
    nowMs: number,
  ): Promise<Conversation | null>
  /** Deletes the conversation with its items, and with the responses that belong to it. */
  delete(organizationId: string, conversationId: string): Promise<boolean>

  /** Appends items in their order; null when there is no such conversation. */
  addItems(
    organizationId: string,
    conversationId: string,
    items: readonly Item[],
    nowMs: number,
  ): Promise<readonly ConversationItem[] | null>
  findItem(organizationId: string, conversationId: string, itemId: string): Promise<ConversationItem | null>
  /** Returns the items with these ids in all conversations; null when they have more than 64 MiB together. */
  findItems(organizationId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, Item> | null>
  deleteItem(organizationId: string, conversationId: string, itemId: string, nowMs: number): Promise<boolean>
  /** Position of an item, also of a deleted one; null for an item that never existed. */
  findItemPosition(organizationId: string, conversationId: string, itemId: string): Promise<number | null>
  /** The page ends early, with `hasMore`, when its items become large: it has at least one item. */
  listItems(
    organizationId: string,
    conversationId: string,
    request: ItemListRequest,
  ): Promise<Page<ConversationItem>>

  /**
   * Lets one response at a time work on a conversation. Returns false when another one holds it and its lease has not
   * ended. `holder` is the id of the response.
   */
  acquire(
    organizationId: string,
    conversationId: string,
    lease: { readonly holder: string; readonly untilMs: number; readonly nowMs: number },
  ): Promise<boolean>
  /** Extends the lease; false when another one holds the conversation. */
  renew(organizationId: string, conversationId: string, holder: string, untilMs: number): Promise<boolean>
  /** Gives the conversation free when `holder` holds it. */
  release(organizationId: string, conversationId: string, holder: string): Promise<void>
}

export type NewConversation = Pick<Conversation, 'id' | 'title' | 'metadata' | 'createdBy'>

export interface ConversationItem {
  readonly item: Item
  readonly position: number
  /** Response that appended the item; null when a client did. */
  readonly responseId: string | null
  readonly createdAtMs: number
}

export interface ItemListRequest {
  readonly order: ListOrder
  readonly limit: number
  readonly skip: number
  /** Position of the item before the page; null for the first page. */
  readonly after: number | null
  /** Position of the item after the page; null for no limit. Alone it asks for the items that are nearest to it. */
  readonly before: number | null
  /** Lists messages of every role, and no items of tools. */
  readonly isMessagesOnly: boolean
}
