import type { FileSearchResult, ItemStatus } from '../../domain/conversations/item.ts'
import type { ResponseEvent } from '../../domain/conversations/response-event.ts'
import { createId } from '../../domain/ids.ts'
import type { ChatStream, ChatUsage, ToolCallDelta } from '../../models/model-server.ts'
import {
  type CallWriter,
  createCallWriter,
  createMessageWriter,
  createReasoningWriter,
  type MessageWriter,
  type Output,
  type ReasoningWriter,
} from './item-writers.ts'

/** End of one call of the model. */
export interface Answer {
  readonly finishReason: string
  /** Tokens as the model server counts them; null when it does not. */
  readonly usage: ChatUsage | null
  /** Arguments of each search that the model asks for. */
  readonly searches: readonly string[]
  readonly callsFunctions: boolean
  /** Text and arguments that the model wrote, in UTF-8 bytes. */
  readonly writtenBytes: number
}

export interface AnswerOptions {
  /** Items of the response, to which those of this answer are added. */
  readonly output: Output
  /** Results that can be cited, by number; null when markers are no citations. */
  readonly sources: ReadonlyMap<number, FileSearchResult> | null
  /** Functions that the client offered. Calls of any others are dropped. */
  readonly functionNames: ReadonlySet<string>
  readonly searchFunction: string | null
}

interface ToolCall {
  id: string | null
  name: string | null
  arguments: string
  writer: CallWriter | null
}

/** Reads one answer of the model, yields the events of its items, and returns its end. Throws what `chunks` throws. */
export async function* readAnswer(
  chunks: ChatStream,
  options: AnswerOptions,
): AsyncGenerator<ResponseEvent, Answer> {
  const events: ResponseEvent[] = []
  const reader = createAnswerReader(options, (event) => events.push(event))
  let finishReason = ''
  let usage: ChatUsage | null = null
  for await (const chunk of chunks) {
    if (chunk.reasoning !== '') reader.addReasoning(chunk.reasoning)
    if (chunk.text !== '') reader.addText(chunk.text)
    if (chunk.refusal !== '') reader.addRefusal(chunk.refusal)
    for (const call of chunk.toolCalls) reader.addCall(call)
    finishReason = chunk.finishReason ?? finishReason
    usage = chunk.usage ?? usage
    yield* events.splice(0)
  }
  const rest = reader.end(isCut(finishReason) ? 'incomplete' : 'completed')
  yield* events.splice(0)
  return { finishReason, usage, ...rest }
}

/** Returns true when the model stopped before the end of its answer. */
export function isCut(finishReason: string): boolean {
  return finishReason === 'length' || finishReason === 'content_filter'
}

function createAnswerReader(options: AnswerOptions, send: (event: ResponseEvent) => void) {
  const { output, sources, functionNames, searchFunction } = options
  const calls = new Map<number, ToolCall>()
  let current: MessageWriter | ReasoningWriter | null = null
  let writtenBytes = 0

  const message = (): MessageWriter => {
    if (current?.type === 'message') return current
    current?.end('completed')
    const writer = createMessageWriter(output, sources, send)
    current = writer
    return writer
  }

  const count = (text: string) => {
    writtenBytes += Buffer.byteLength(text)
  }

  const addCall = (delta: ToolCallDelta) => {
    const call = calls.get(delta.index) ?? { id: null, name: null, arguments: '', writer: null }
    calls.set(delta.index, call)
    call.id ??= delta.id
    call.name ??= delta.name
    call.arguments += delta.arguments
    count(delta.arguments)
    if (call.writer !== null) {
      call.writer.add(delta.arguments)
      return
    }
    if (call.name === null || !functionNames.has(call.name)) return
    current?.end('completed')
    current = null
    const callId = call.id ?? createId('fc').replace('fc', 'call')
    call.writer = createCallWriter(output, { callId, name: call.name }, send)
    call.writer.add(call.arguments)
  }

  return {
    addText: (text: string) => {
      count(text)
      message().addText(text)
    },
    addRefusal: (text: string) => {
      count(text)
      message().addRefusal(text)
    },
    addReasoning: (text: string) => {
      count(text)
      if (current?.type !== 'reasoning') {
        current?.end('completed')
        current = createReasoningWriter(output, send)
      }
      current.add(text)
    },
    addCall,
    end: (status: ItemStatus) => {
      current?.end(status)
      const all = [...calls.values()]
      for (const { writer } of all) writer?.end(status)
      const searches = all.filter(({ name }) => name !== null && name === searchFunction)
      return {
        searches: searches.map((call) => call.arguments),
        callsFunctions: all.some(({ writer }) => writer !== null),
        writtenBytes,
      }
    },
  }
}

/** Adds an empty message, for a model that answered nothing: clients expect a message. */
export function* writeEmptyMessage(output: Output, status: ItemStatus): Generator<ResponseEvent> {
  const events: ResponseEvent[] = []
  const writer = createMessageWriter(output, null, (event) => events.push(event))
  writer.addText('')
  writer.end(status)
  yield* events
}
