import type { ModelAnswer } from './api-types.ts'

/**
 * Event of a response: those of OpenAI's Responses API. A stream begins with `response.created` and ends with
 * `response.completed` or `response.incomplete`.
 */
export type ResponseEvent =
  | (Numbered & {
      readonly type: 'response.created' | 'response.in_progress'
      readonly response: StreamedResponse
    })
  | (Numbered & {
      readonly type: 'response.output_item.added' | 'response.output_item.done'
      readonly output_index: number
      readonly item: OutputItem
    })
  | (InItem & {
      readonly type:
        | 'response.file_search_call.in_progress'
        | 'response.file_search_call.searching'
        | 'response.file_search_call.completed'
    })
  | (InPart & {
      readonly type: 'response.content_part.added' | 'response.content_part.done'
      readonly part: OutputPart
    })
  | (InPart & {
      readonly type: 'response.output_text.delta' | 'response.refusal.delta' | 'response.reasoning_text.delta'
      readonly delta: string
    })
  | (InPart & {
      readonly type: 'response.output_text.annotation.added'
      readonly annotation_index: number
      readonly annotation: FileCitation
    })
  | (InPart & {
      readonly type: 'response.output_text.done' | 'response.reasoning_text.done'
      readonly text: string
    })
  | (InPart & { readonly type: 'response.refusal.done'; readonly refusal: string })
  | (Numbered & {
      readonly type: 'response.completed' | 'response.incomplete'
      readonly response: StreamedResponse
      /** Answer as `create` resolves with it. */
      readonly freddy: ModelAnswer
    })

interface Numbered {
  /** Number of the event in its stream, from 0. */
  readonly sequence_number: number
}

interface InItem extends Numbered {
  readonly output_index: number
  readonly item_id: string
}

interface InPart extends InItem {
  readonly content_index: number
}

/** Response in OpenAI's form, with its thread. */
export interface StreamedResponse {
  readonly id: string
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly model: string
  readonly thread_id: string | null
  readonly output: readonly OutputItem[]
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly [member: string]: unknown
}

export type OutputItem = FileSearchCall | OutputMessage | Reasoning

export interface FileSearchCall {
  readonly type: 'file_search_call'
  readonly id: string
  readonly status: string
  readonly queries: readonly string[]
  /** Passages that were found, when the request includes `file_search.results`. */
  readonly results: readonly FoundPassage[] | null
}

/** Passage of a file; offsets are UTF-16 units of the text that the service extracted. */
export interface FoundPassage {
  readonly file_id: string
  readonly filename: string
  readonly vector_store_id: string
  readonly chunk_id: string
  readonly page: number | null
  readonly start_offset: number
  readonly end_offset: number
  readonly score: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly text: string
}

export interface OutputMessage {
  readonly type: 'message'
  readonly id: string
  readonly status: string
  readonly role: 'assistant'
  readonly content: readonly OutputPart[]
}

export type OutputPart =
  | { readonly type: 'output_text'; readonly text: string; readonly annotations: readonly FileCitation[] }
  | { readonly type: 'refusal'; readonly refusal: string }

/** Passage that supports a place of the answer. */
export interface FileCitation
  extends Pick<FoundPassage, 'file_id' | 'filename' | 'chunk_id' | 'page' | 'start_offset' | 'end_offset'> {
  readonly type: 'file_citation'
  /** Place in the text of the part, in UTF-16 units. */
  readonly index: number
  /** Beginning of the passage. */
  readonly quote: string
}

export interface Reasoning {
  readonly type: 'reasoning'
  readonly id: string
  readonly status: string
}
