import { createId, type IdPrefix } from '../ids.ts'
import type { Item, ItemType, NewItem } from './item.ts'

const PREFIXES: Readonly<Record<ItemType, IdPrefix>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  file_search_call: 'fs',
  reasoning: 'rs',
}

/** Returns the item with a new id. */
export function withId(item: NewItem): Item {
  return { ...item, id: createId(PREFIXES[item.type]) }
}
