import { ServiceError } from '../domain/errors.ts'
import type { ChatChunk, ChatUsage, ToolCallDelta } from './model-server.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Reads one `chat.completion.chunk`. Members of other types than expected count as absent. Throws MODEL_SERVER_ERROR for
 * a value that is no object, and for an error that the server sends within the stream.
 */
export function readChatChunk(value: unknown): ChatChunk {
  if (typeof value !== 'object' || value === null)
    throw new ServiceError('MODEL_SERVER_ERROR', 'the model server returned no chunk')
  const chunk = value as Values
  if (chunk.error) throw new ServiceError('MODEL_SERVER_ERROR', 'the model server failed within its answer')
  const choice = objectOf(Array.isArray(chunk.choices) ? chunk.choices[0] : null)
  const delta = objectOf(choice.delta)
  return {
    model: typeof chunk.model === 'string' ? chunk.model : null,
    text: textOf(delta.content),
    refusal: textOf(delta.refusal),
    // Servers name it differently.
    reasoning: textOf(delta.reasoning_content) || textOf(delta.reasoning),
    toolCalls: Array.isArray(delta.tool_calls) ? delta.tool_calls.map(readToolCall) : [],
    finishReason: typeof choice.finish_reason === 'string' ? choice.finish_reason : null,
    usage: chunk.usage ? readUsage(objectOf(chunk.usage)) : null,
  }
}

function readToolCall(value: unknown): ToolCallDelta {
  const { index, id, function: called } = objectOf(value)
  const { name, arguments: text } = objectOf(called)
  return {
    index: typeof index === 'number' ? index : null,
    // Servers send empty ones where others leave them out.
    id: textOf(id) || null,
    name: textOf(name) || null,
    arguments: textOf(text),
  }
}

function readUsage(usage: Values): ChatUsage {
  const prompt = objectOf(usage.prompt_tokens_details)
  const completion = objectOf(usage.completion_tokens_details)
  return {
    promptTokens: countOf(usage.prompt_tokens),
    cachedTokens: countOf(prompt.cached_tokens),
    completionTokens: countOf(usage.completion_tokens),
    reasoningTokens: countOf(completion.reasoning_tokens),
  }
}

function objectOf(value: unknown): Values {
  return typeof value === 'object' && value !== null ? (value as Values) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
