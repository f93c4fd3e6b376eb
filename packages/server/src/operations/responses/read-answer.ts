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
  readonly index: number
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
    for (const [place, call] of chunk.toolCalls.entries()) reader.addCall(call, place)
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
  const calls: ToolCall[] = []
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

  const addCall = (delta: ToolCallDelta, place: number) => {
    const call = findCall(calls, delta, place) ?? beginCall(calls, delta.index ?? place)
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
      for (const { writer } of calls) writer?.end(status)
      const searches = calls.filter(({ name }) => name !== null && name === searchFunction)
      return {
        searches: searches.map((call) => call.arguments),
        callsFunctions: calls.some(({ writer }) => writer !== null),
        writtenBytes,
      }
    },
  }
}

/**
 * Returns the call that a delta continues; null when it begins one. A known id tells it before the index does, because many
 * servers number all calls 0, or none: those have the place in their chunk. A name with another id begins a call, and so
 * does one without an id after complete arguments.
 */
function findCall(calls: readonly ToolCall[], delta: ToolCallDelta, place: number): ToolCall | null {
  const { id, index } = delta
  const known = id === null ? undefined : calls.findLast((call) => call.id === id && isAt(call, index))
  if (known !== undefined) return known
  const latest = calls.findLast((call) => isAt(call, index ?? place))
  if (latest === undefined) return null
  // Some servers make an id for each delta. A call begins with its name.
  if (delta.name === null) return latest
  if (id !== null && latest.id !== null) return null
  // Servers that repeat the name in each delta do so in an empty last one, too.
  const isNamed = delta.arguments !== '' || delta.name !== latest.name
  return isNamed && isComplete(latest.arguments) ? null : latest
}

function isAt(call: ToolCall, index: number | null): boolean {
  return index === null || call.index === index
}

function isComplete(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function beginCall(calls: ToolCall[], index: number): ToolCall {
  const call: ToolCall = { index, id: null, name: null, arguments: '', writer: null }
  calls.push(call)
  return call
}

/** Adds an empty message, for a model that answered nothing: clients expect a message. */
export function* writeEmptyMessage(output: Output, status: ItemStatus): Generator<ResponseEvent> {
  const events: ResponseEvent[] = []
  const writer = createMessageWriter(output, null, (event) => events.push(event))
  writer.addText('')
  writer.end(status)
  yield* events
}
