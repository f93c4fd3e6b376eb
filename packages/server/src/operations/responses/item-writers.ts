import type {
  Citation,
  ContentPart,
  FileSearchResult,
  FunctionCall,
  Item,
  ItemStatus,
  Message,
  Reasoning,
} from '../../domain/conversations/item.ts'
import type { ResponseEvent } from '../../domain/conversations/response-event.ts'
import { createId } from '../../domain/ids.ts'
import { createMarkerFilter, createTextFilter, type UnmarkedText } from './citation-markers.ts'

/** Items of the answer in their order; an unfinished one stands there as far as it has come. */
export type Output = Item[]

type Send = (event: ResponseEvent) => void

/** Writer of one item. `end` finishes the item; later pieces are not allowed. */
interface ItemWriter {
  end(status: ItemStatus): void
}

export interface MessageWriter extends ItemWriter {
  readonly type: 'message'
  addText(piece: string): void
  addRefusal(piece: string): void
}

export interface ReasoningWriter extends ItemWriter {
  readonly type: 'reasoning'
  add(piece: string): void
}

export interface CallWriter extends ItemWriter {
  readonly type: 'function_call'
  add(piece: string): void
}

/** Longest beginning of a chunk that a citation shows, in UTF-16 units. */
const MAX_QUOTE_LENGTH = 200

/** Part of the message that is being written. */
interface OpenPart {
  readonly contentIndex: number
  readonly isRefusal: boolean
  text: string
  readonly citations: Citation[]
  readonly filter: { add(piece: string): UnmarkedText; end(): UnmarkedText }
}

/**
 * Begins a message. `sources` are the results that the model can cite, by number: markers become citations, and markers of
 * other numbers vanish. Without sources, null, brackets stay as they are.
 */
export function createMessageWriter(
  output: Output,
  sources: ReadonlyMap<number, FileSearchResult> | null,
  send: Send,
): MessageWriter {
  const id = createId('msg')
  const parts: ContentPart[] = []
  let open: OpenPart | null = null
  const begun: Message = { type: 'message', id, role: 'assistant', status: 'in_progress', content: [] }
  const outputIndex = output.push(begun) - 1
  send({ type: 'item_added', outputIndex, item: begun })
  const inPart = ({ contentIndex }: OpenPart) => ({ outputIndex, itemId: id, contentIndex })

  const record = (status: ItemStatus): Message => {
    const content = open === null ? parts : [...parts, toPart(open)]
    const item: Message = { ...begun, status, content: [...content] }
    output[outputIndex] = item
    return item
  }

  const take = (part: OpenPart, { text, citations }: UnmarkedText): void => {
    part.text += text
    for (const { number, index } of citations) {
      const source = sources?.get(number)
      if (source !== undefined) part.citations.push(toCitation(source, index))
    }
    if (text === '') return
    const type = part.isRefusal ? 'refusal_delta' : 'text_delta'
    send({ type, ...inPart(part), delta: text })
  }

  const endPart = (): void => {
    if (open === null) return
    const part = open
    take(part, part.filter.end())
    for (const [citationIndex, citation] of part.citations.entries()) {
      send({ type: 'citation_added', ...inPart(part), citationIndex, citation })
    }
    send({ type: part.isRefusal ? 'refusal_done' : 'text_done', ...inPart(part), text: part.text })
    send({ type: 'part_done', ...inPart(part), part: toPart(part) })
    parts.push(toPart(part))
    open = null
  }

  const add = (piece: string, isRefusal: boolean): void => {
    if (open?.isRefusal !== isRefusal) endPart()
    if (open === null) {
      const filter = sources === null || isRefusal ? createTextFilter() : createMarkerFilter()
      open = { contentIndex: parts.length, isRefusal, text: '', citations: [], filter }
      send({ type: 'part_added', ...inPart(open), part: toPart(open) })
    }
    take(open, open.filter.add(piece))
    record('in_progress')
  }

  return {
    type: 'message',
    addText: (piece) => add(piece, false),
    addRefusal: (piece) => add(piece, true),
    end: (status) => {
      endPart()
      send({ type: 'item_done', outputIndex, item: record(status) })
    },
  }
}

function toPart({ isRefusal, text, citations }: OpenPart): ContentPart {
  return isRefusal
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', text, citations: [...citations] }
}

function toCitation(source: FileSearchResult, index: number): Citation {
  const { fileId, filename, vectorStoreId, chunkId, page, startOffset, endOffset, text } = source
  const quote = text.slice(0, MAX_QUOTE_LENGTH).replace(/[\ud800-\udbff]$/, '')
  return { index, fileId, filename, vectorStoreId, chunkId, page, startOffset, endOffset, quote }
}

export function createReasoningWriter(output: Output, send: Send): ReasoningWriter {
  const id = createId('rs')
  const filter = createTextFilter()
  let text = ''
  const begun: Reasoning = { type: 'reasoning', id, text, status: 'in_progress' }
  const outputIndex = output.push(begun) - 1
  send({ type: 'item_added', outputIndex, item: begun })
  const place = { outputIndex, itemId: id, contentIndex: 0 }

  const take = (piece: string): void => {
    text += piece
    output[outputIndex] = { ...begun, text }
    if (piece !== '') send({ type: 'reasoning_delta', ...place, delta: piece })
  }

  return {
    type: 'reasoning',
    add: (piece) => take(filter.add(piece).text),
    end: (status) => {
      take(filter.end().text)
      const item: Reasoning = { ...begun, text, status }
      output[outputIndex] = item
      send({ type: 'reasoning_done', ...place, text })
      send({ type: 'item_done', outputIndex, item })
    },
  }
}

export function createCallWriter(
  output: Output,
  { callId, name }: Pick<FunctionCall, 'callId' | 'name'>,
  send: Send,
): CallWriter {
  const id = createId('fc')
  const filter = createTextFilter()
  let text = ''
  const begun: FunctionCall = {
    ...{ type: 'function_call', id, callId, name, arguments: '', status: 'in_progress' },
  }
  const outputIndex = output.push(begun) - 1
  send({ type: 'item_added', outputIndex, item: begun })
  const place = { outputIndex, itemId: id }

  const take = (piece: string): void => {
    text += piece
    output[outputIndex] = { ...begun, arguments: text }
    if (piece !== '') send({ type: 'arguments_delta', ...place, delta: piece })
  }

  return {
    type: 'function_call',
    add: (piece) => take(filter.add(piece).text),
    end: (status) => {
      take(filter.end().text)
      const item: FunctionCall = { ...begun, arguments: text, status }
      output[outputIndex] = item
      send({ type: 'arguments_done', ...place, name, arguments: text })
      send({ type: 'item_done', outputIndex, item })
    },
  }
}
