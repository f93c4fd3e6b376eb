import type { Item } from '../../domain/conversations/item.ts'
import type { ModelResponse } from '../../domain/conversations/response.ts'

/** Ended responses of the model, with the input that they answered. */
export interface ResponseRecords {
  /**
   * Stores a response with its input. When it belongs to a conversation, appends `input` and its output to it and
   * releases the conversation, in the same transaction. Returns false, and changes nothing, when the conversation is gone
   * or another response holds it. A response that is not stored (`isStored` false) is only appended.
   */
  add(response: ModelResponse, input: readonly Item[], expiresAtMs: number): Promise<boolean>
  find(organizationId: string, responseId: string, nowMs: number): Promise<ModelResponse | null>
  /**
   * Returns the response with all that it continues, oldest first, and extends the life of each to at least an hour
   * after `expiresAtMs`, because the response that continues them ends later; when it or one that it continues does not
   * exist, the id of that one. At most `maxTurns`, the newest, and no further ones when those have 64 MiB.
   */
  findTurns(
    organizationId: string,
    responseId: string,
    request: { readonly nowMs: number; readonly expiresAtMs: number; readonly maxTurns: number },
  ): Promise<FoundTurns>
  /** Input of one response in its order. */
  findInput(organizationId: string, responseId: string, nowMs: number): Promise<readonly Item[] | null>
  /**
   * Returns the items with these ids that stored responses have, in their input or output, and extends the life of
   * those responses as `findTurns` does; null when the lists of more than one response are larger than 64 MiB together.
   * An item belongs to the first response that had it, and ends with that one.
   */
  findItems(
    organizationId: string,
    itemIds: readonly string[],
    request: { readonly nowMs: number; readonly expiresAtMs: number },
  ): Promise<ReadonlyMap<string, Item> | null>
  delete(organizationId: string, responseId: string): Promise<boolean>
  /** Deletes responses of all organizations whose time is over. Returns their number, at most `limit`. */
  deleteExpired(nowMs: number, limit: number): Promise<number>
}

export type FoundTurns =
  | { readonly kind: 'found'; readonly turns: readonly Turn[] }
  | { readonly kind: 'missing'; readonly responseId: string }

/** Input and output of one response. */
export interface Turn {
  readonly responseId: string
  readonly input: readonly Item[]
  readonly output: readonly Item[]
}
