import type { JSONSchema } from 'json-schema-to-ts'
import type { ModelResponse } from '../../domain/conversations/response.ts'
import { type Rendering, toItemObject } from '../http/item-object.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { toResponseObject, toUsageObject } from '../http/response-object.ts'
import type { OutputMode } from './read-model-request.ts'
import { threadId } from './thread-id.ts'
import { toTime } from './vector-store-shapes.ts'

const Block = object({ type: { type: 'string', enum: ['text'] }, text: { type: 'string' } })

const OutputItem = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string' } },
  additionalProperties: true,
} as const satisfies JSONSchema

const Usage = object({
  input_tokens: { type: 'integer' },
  input_tokens_details: { type: 'object', additionalProperties: true },
  output_tokens: { type: 'integer' },
  output_tokens_details: { type: 'object', additionalProperties: true },
  total_tokens: { type: 'integer' },
})

export const ModelResponseBody = object({
  success: { type: 'boolean', enum: [true] },
  thread_id: nullable(
    { type: 'string' },
    'The thread; null for a response that continues another one or that is not stored.',
  ),
  response_id: { type: 'string', examples: ['resp_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  response: {
    anyOf: [{ type: 'array', items: Block }, { type: 'string' }],
    description: 'The answer in blocks; a string with the output mode `plain`.',
  },
  is_summarized: { type: 'boolean', description: 'Always false.' },
  stop_reason: { type: 'string', enum: ['end_turn', 'max_tokens', 'content_filter', 'tool_use'] },
  output: {
    type: 'array',
    items: OutputItem,
    description: 'Searches (`file_search_call`) and messages (`message`) with citations, in their order.',
  },
  usage: nullable(Usage, 'The tokens of all calls of the model.'),
  model: { type: 'string' },
  created_at: Time,
  truncated_files: {
    type: 'array',
    items: { type: 'string' },
    description: 'The ids of Files whose text did not fit completely.',
  },
})

interface BodyOptions {
  readonly rendering: Rendering
  readonly outputMode: OutputMode
}

/** Returns a response in the flat form of the JSON API. */
export function toModelResponseBody(response: ModelResponse, { rendering, outputMode }: BodyOptions) {
  const texts = textsOf(response)
  return {
    success: true as const,
    thread_id: threadIdOf(response),
    response_id: response.id,
    response:
      outputMode === 'plain' ? texts.join('\n') : texts.map((text) => ({ type: 'text' as const, text })),
    is_summarized: false,
    stop_reason: stopReasonOf(response),
    output: response.output.map((item) => {
      const { results, ...members } = toItemObject(item, rendering)
      return isNothing(results) ? members : { ...members, results }
    }),
    usage: response.usage === null ? null : toUsageObject(response.usage),
    model: response.model,
    created_at: toTime(response.createdAtMs),
    truncated_files: [...response.truncatedFileIds],
  }
}

const isNothing = (value: unknown) => value === null || value === undefined

/** Returns a response as the events of a stream show it: that of OpenAI's API, with a thread instead of a conversation. */
export function toStreamedResponse(response: ModelResponse, rendering: Rendering) {
  const { conversation: _conversation, ...members } = toResponseObject(response, rendering)
  return { ...members, thread_id: threadIdOf(response) }
}

function threadIdOf({ conversationId }: ModelResponse): string | null {
  return conversationId === null ? null : threadId(conversationId)
}

function textsOf({ output }: ModelResponse): readonly string[] {
  return output.flatMap((item) =>
    item.type !== 'message'
      ? []
      : item.content.flatMap((part) => {
          if (part.type === 'output_text') return [part.text]
          return part.type === 'refusal' ? [part.refusal] : []
        }),
  )
}

type StopReason = TypeOf<typeof ModelResponseBody>['stop_reason']

function stopReasonOf({ output, incompleteReason }: ModelResponse): StopReason {
  if (incompleteReason === 'max_output_tokens') return 'max_tokens'
  if (incompleteReason !== null) return incompleteReason
  return output.some(({ type }) => type === 'function_call') ? 'tool_use' : 'end_turn'
}
