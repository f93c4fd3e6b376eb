import type { Filter } from '../vector-stores/filter.ts'
import type { SearchWeights } from '../vector-stores/search.ts'
import type { Item, NewItem } from './item.ts'

/** Request of a client for an answer of the model. Protocols parse their requests into this. */
export interface ResponseRequest extends ResponseOptions {
  /** Items in their order: items without an id are new. */
  readonly input: readonly InputItem[]
  /** Response that this one continues; its whole context comes first. Excludes `conversationId`. */
  readonly previousResponseId: string | null
  /** Conversation that this response continues and is appended to. */
  readonly conversationId: string | null
  /**
   * Files whose texts are longer than the space for files: `whole` gives them completely, `relevant` only the passages that
   * are near to the newest message.
   */
  readonly longFiles: 'whole' | 'relevant'
}

/** Options of a response, which it keeps and shows again. */
export interface ResponseOptions {
  /** Name that the client sent; null for the server's default model. */
  readonly model: string | null
  /** System message before all others; not inherited from earlier responses. */
  readonly instructions: string | null
  /** False for a response that nobody can read later. */
  readonly isStored: boolean
  readonly tools: readonly Tool[]
  readonly toolChoice: ToolChoice
  readonly isParallelToolCalls: boolean
  /** Limit of search rounds. */
  readonly maxToolCalls: number | null
  readonly maxOutputTokens: number | null
  readonly temperature: number | null
  readonly topP: number | null
  readonly topLogprobs: number | null
  readonly reasoningEffort: string | null
  readonly textFormat: TextFormat
  /** `drop-oldest` leaves out the oldest items of a context that is too long; `refuse` throws CONTEXT_LENGTH_EXCEEDED. */
  readonly truncation: 'refuse' | 'drop-oldest'
  readonly metadata: Readonly<Record<string, string>>
  /** Labels that are passed on to the model server. */
  readonly user: string | null
  readonly safetyIdentifier: string | null
  readonly promptCacheKey: string | null
}

export type InputItem = NewItem | ItemReference

/** Item that a stored response or a conversation of the organization has. */
export interface ItemReference {
  readonly type: 'item_reference'
  readonly id: string
  /** Item that stands for an unknown one; null when the reference must lead to an item. */
  readonly fallback: NewItem | null
}

export type Tool = FunctionTool | FileSearchTool | FileRetrievalTool

export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description: string | null
  /** JSON Schema of the arguments; null when the function has none. */
  readonly parameters: Readonly<Record<string, unknown>> | null
  readonly isStrict: boolean | null
}

export interface FileSearchTool {
  readonly type: 'file_search'
  /** 1 to 20 stores, searched together; every store that the caller may see when a request has none. */
  readonly storeIds: readonly string[]
  /** 1 to 50. */
  readonly maxResults: number
  readonly filter: Filter | null
  readonly minScore: number
  readonly weights: SearchWeights | null
  /** `always` searches with the newest user message; `tool` lets the model ask; null is the server's default. */
  readonly mode: 'always' | 'tool' | null
}

/** Puts the text of whole files before the model. */
export interface FileRetrievalTool {
  readonly type: 'file_retrieval'
  /** Files; the files of the messages when empty. */
  readonly fileIds: readonly string[]
}

export type ToolChoice =
  | { readonly kind: 'none' | 'auto' | 'required' | 'file_search' }
  | { readonly kind: 'function'; readonly name: string }
  | {
      readonly kind: 'allowed'
      readonly mode: 'auto' | 'required'
      readonly tools: readonly (
        | { readonly type: 'function'; readonly name: string }
        | { readonly type: 'file_search' }
      )[]
    }

export type TextFormat =
  | { readonly type: 'text' | 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly name: string
      readonly schema: Readonly<Record<string, unknown>>
      readonly description: string | null
      readonly isStrict: boolean | null
    }

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

/** Answer of the model, with everything that clients see of it. */
export interface ModelResponse extends ResponseOptions {
  /** `resp_…` */
  readonly id: string
  readonly organizationId: string
  /** Id of the key that created it, or `operator`. */
  readonly createdBy: string
  readonly createdAtMs: number
  readonly completedAtMs: number | null
  readonly status: ResponseStatus
  /** Name of the model that answered. */
  readonly model: string
  readonly previousResponseId: string | null
  readonly conversationId: string | null
  readonly output: readonly Item[]
  readonly error: ResponseError | null
  readonly incompleteReason: 'max_output_tokens' | 'content_filter' | null
  /** Tokens of the response; null until it ends. */
  readonly usage: TokenUsage | null
  /** Files whose text was cut because it did not fit. */
  readonly truncatedFileIds: readonly string[]
}

export interface ResponseError {
  readonly code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt' | 'vector_store_timeout'
  readonly message: string
}

/** Tokens of all calls of the model; estimated where the model server counts none. */
export interface TokenUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
}
