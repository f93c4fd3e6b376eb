import type { FileCitation, FileSearchCall, ResponseEvent } from '@waybill/sdk'

/** Answer of a model, as far as it has come. */
export interface Answer {
  /** `incomplete`: the model stopped at a limit. */
  readonly state: 'waiting' | 'searching' | 'writing' | 'complete' | 'incomplete' | 'stopped' | 'failed'
  readonly text: string
  /** Start of the part of the text that is being written, in UTF-16 units. */
  readonly partStart: number
  /** Citations, whose `index` counts in `text`. */
  readonly citations: readonly FileCitation[]
  /** Queries of the searches. */
  readonly queries: readonly string[]
  /** Texts of the found passages by their `chunk_id`. */
  readonly passages: ReadonlyMap<string, string>
  /** Reason of the state `failed`; otherwise null. */
  readonly error: Error | null
}

export const BEGUN: Answer = {
  state: 'waiting',
  text: '',
  partStart: 0,
  citations: [],
  queries: [],
  passages: new Map(),
  error: null,
}

export const isRunning = ({ state }: Answer): boolean =>
  state === 'waiting' || state === 'searching' || state === 'writing'

/** Returns the answer after an event of its stream. */
export function withEvent(answer: Answer, event: ResponseEvent): Answer {
  switch (event.type) {
    case 'response.file_search_call.searching':
      return { ...answer, state: 'searching' }
    case 'response.output_item.done':
      return event.item.type === 'file_search_call' ? withSearch(answer, event.item) : answer
    case 'response.content_part.added': {
      const text = answer.text === '' ? '' : `${answer.text}\n\n`
      return { ...answer, text, partStart: text.length }
    }
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return { ...answer, state: 'writing', text: answer.text + event.delta }
    case 'response.output_text.annotation.added': {
      const citation = { ...event.annotation, index: answer.partStart + event.annotation.index }
      return { ...answer, citations: [...answer.citations, citation] }
    }
    case 'response.completed':
      return { ...answer, state: 'complete' }
    case 'response.incomplete':
      return { ...answer, state: 'incomplete' }
    default:
      return answer
  }
}

function withSearch(answer: Answer, { queries, results }: FileSearchCall): Answer {
  const passages = new Map(answer.passages)
  for (const { chunk_id, text } of results ?? []) passages.set(chunk_id, text)
  return { ...answer, state: 'waiting', queries: [...answer.queries, ...queries], passages }
}
