import type { ServiceError } from '../errors.ts'
import type { Citation, ContentPart, Item } from './item.ts'
import type { ModelResponse } from './response.ts'

/**
 * Progress of a response, in this order: `created`, `in_progress`, the events of each output item, and exactly one of
 * `completed`, `incomplete` and `failed`. An item begins with `item_added` and ends with `item_done`; a part of a
 * message lies between `part_added` and `part_done`. Texts are never cut within a surrogate pair or a citation marker.
 */
export type ResponseEvent =
  | { readonly type: 'created' | 'in_progress'; readonly response: ModelResponse }
  | { readonly type: 'item_added' | 'item_done'; readonly outputIndex: number; readonly item: Item }
  | (InItem & { readonly type: 'search_in_progress' | 'search_searching' | 'search_completed' })
  | (InPart & { readonly type: 'part_added' | 'part_done'; readonly part: ContentPart })
  | (InPart & { readonly type: 'text_delta' | 'refusal_delta'; readonly delta: string })
  | (InPart & {
      readonly type: 'citation_added'
      readonly citationIndex: number
      readonly citation: Citation
    })
  | (InPart & { readonly type: 'text_done' | 'refusal_done'; readonly text: string })
  | (InItem & { readonly type: 'arguments_delta'; readonly delta: string })
  | (InItem & { readonly type: 'arguments_done'; readonly name: string; readonly arguments: string })
  | (InPart & { readonly type: 'reasoning_delta'; readonly delta: string })
  | (InPart & { readonly type: 'reasoning_done'; readonly text: string })
  | { readonly type: 'completed' | 'incomplete'; readonly response: ModelResponse }
  /** `error` is the fault in the service's own terms, for protocols that have sent nothing yet. */
  | { readonly type: 'failed'; readonly response: ModelResponse; readonly error: ServiceError }

interface InItem {
  readonly outputIndex: number
  readonly itemId: string
}

interface InPart extends InItem {
  readonly contentIndex: number
}
