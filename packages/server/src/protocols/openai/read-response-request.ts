import type { ResponseOptions, ResponseRequest, TextFormat } from '../../domain/conversations/response.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readBoolean,
  readId,
  readInteger,
  readNumber,
  readObject,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { optional } from './read-body.ts'
import { readInputItems } from './read-items.ts'
import { readToolChoice, readTools } from './read-tools.ts'

const MAX_MODEL_LENGTH = 256
const MAX_LABEL_LENGTH = 512
const MAX_INSTRUCTIONS_LENGTH = 1_048_576
const MAX_EFFORT_LENGTH = 32
const MAX_FORMAT_NAME_LENGTH = 64
const MIN_OUTPUT_TOKENS = 16
const MAX_TOP_LOGPROBS = 20

/** Members of OpenAI's request that this service does not serve. */
const UNSUPPORTED = ['prompt', 'context_management', 'moderation'] as const

/**
 * Returns the request of a response. Unknown members are ignored, and null is the same as absent. Throws
 * VALIDATION_ERROR, with the problem `unsupported` for members that this service does not serve.
 */
export function readResponseRequest(body: JsonObject): ResponseRequest {
  refuseUnsupported(body)
  const previousResponseId = optional(body.previous_response_id, 'previous_response_id', readId)
  const conversationId = optional(body.conversation, 'conversation', readConversation)
  if (previousResponseId !== null && conversationId !== null)
    throw invalidValue('previous_response_id', 'invalid', 'must not be sent together with conversation')
  const input = readInputItems(body.input, 'input')
  if (input.length === 0 && previousResponseId === null && conversationId === null)
    throw invalidValue('input', 'too_few', 'must have at least 1 entries')
  return { ...readOptions(body), input, previousResponseId, conversationId, longFiles: 'whole' }
}

function refuseUnsupported(body: JsonObject): void {
  for (const member of UNSUPPORTED) {
    if (!isAbsent(body[member])) throw invalidValue(member, 'unsupported', 'is not supported')
  }
  if (optional(body.background, 'background', readBoolean) === true)
    throw invalidValue('background', 'unsupported', 'is not supported')
}

function readOptions(body: JsonObject): ResponseOptions {
  const tools = optional(body.tools, 'tools', readTools) ?? []
  optional(body.service_tier, 'service_tier', readLabel)
  return {
    model: readName(body.model, 'model', MAX_MODEL_LENGTH),
    instructions: readName(body.instructions, 'instructions', MAX_INSTRUCTIONS_LENGTH),
    isStored: optional(body.store, 'store', readBoolean) ?? true,
    tools,
    toolChoice: readToolChoice(body.tool_choice, 'tool_choice', tools),
    isParallelToolCalls: optional(body.parallel_tool_calls, 'parallel_tool_calls', readBoolean) ?? true,
    maxToolCalls: readCount(body, 'max_tool_calls', 1, Number.MAX_SAFE_INTEGER),
    maxOutputTokens: readCount(body, 'max_output_tokens', MIN_OUTPUT_TOKENS, Number.MAX_SAFE_INTEGER),
    temperature: readShare(body, 'temperature', 2),
    topP: readShare(body, 'top_p', 1),
    topLogprobs: readCount(body, 'top_logprobs', 0, MAX_TOP_LOGPROBS),
    reasoningEffort: optional(body.reasoning, 'reasoning', readEffort),
    textFormat: optional(body.text, 'text', readFormat) ?? { type: 'text' },
    truncation: optional(body.truncation, 'truncation', readTruncation) ?? 'refuse',
    metadata: optional(body.metadata, 'metadata', parseMetadata) ?? {},
    user: readName(body.user, 'user', MAX_LABEL_LENGTH),
    safetyIdentifier: readName(body.safety_identifier, 'safety_identifier', MAX_LABEL_LENGTH),
    promptCacheKey: readName(body.prompt_cache_key, 'prompt_cache_key', MAX_LABEL_LENGTH),
  }
}

/** Returns a text; null for an absent or empty one. */
function readName(value: unknown, path: string, max: number): string | null {
  return optional(value, path, (text, at) => readText(text, at, max)) || null
}

function readCount(body: JsonObject, member: string, min: number, max: number): number | null {
  return optional(body[member], member, (value, path) => readInteger(value, path, min, max))
}

function readShare(body: JsonObject, member: string, max: number): number | null {
  return optional(body[member], member, (value, path) => readNumber(value, path, 0, max))
}

const readLabel = (value: unknown, path: string) => readText(value, path, MAX_LABEL_LENGTH)

function readConversation(value: unknown, path: string): string {
  return typeof value === 'object' ? readId(readObject(value, path).id, `${path}.id`) : readId(value, path)
}

function readTruncation(value: unknown, path: string): ResponseOptions['truncation'] {
  return readOneOf(value, path, ['disabled', 'auto']) === 'auto' ? 'drop-oldest' : 'refuse'
}

function readEffort(value: unknown, path: string): string | null {
  return readName(readObject(value, path).effort, `${path}.effort`, MAX_EFFORT_LENGTH)
}

function readFormat(value: unknown, path: string): TextFormat | null {
  const at = `${path}.format`
  return optional(readObject(value, path).format, at, (sent) => {
    const format = readObject(sent, at)
    const type = readOneOf(format.type, `${at}.type`, ['text', 'json_object', 'json_schema'])
    if (type !== 'json_schema') return { type }
    return {
      type,
      name: readText(format.name, `${at}.name`, MAX_FORMAT_NAME_LENGTH, 1),
      schema: readObject(format.schema, `${at}.schema`),
      description: readName(format.description, `${at}.description`, MAX_INSTRUCTIONS_LENGTH),
      isStrict: optional(format.strict, `${at}.strict`, readBoolean),
    }
  })
}
