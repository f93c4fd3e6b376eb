import type { ResponseRequest } from '../../domain/conversations/response.ts'
import { ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readBoolean,
  readId,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { readInputs } from './read-inputs.ts'
import { readModelTools } from './read-model-tools.ts'
import { conversationIdOf } from './thread-id.ts'

/** Form of the answer: blocks, or one text. */
export type OutputMode = 'text' | 'plain' | 'blocks'

export const OUTPUT_MODES: readonly OutputMode[] = ['text', 'plain', 'blocks']

/** Request of a response, with the form of the answer. */
export interface ModelRequest {
  readonly request: ResponseRequest
  readonly isStreamed: boolean
  readonly isWithSearchResults: boolean
  readonly outputMode: OutputMode
  /** Organization that the client names; null for that of its key. */
  readonly organizationId: string | null
}

const MAX_MODEL_LENGTH = 256
const MAX_INSTRUCTIONS_LENGTH = 1_048_576
const MAX_EFFORT_LENGTH = 32
const MAX_INCLUDED = 50

/** Models of the hosted service, which stand for the default model. */
const HOSTED_MODEL = /^ftg-/i

/**
 * Returns the request of a body. Unknown members are ignored, and null is the same as absent. Throws VALIDATION_ERROR,
 * and ASSISTANT_NOT_FOUND for every assistant.
 */
export function readModelRequest(body: JsonObject): ModelRequest {
  if (!isAbsent(body.assistant_id)) {
    const assistant_id = readId(body.assistant_id, 'assistant_id')
    throw new ServiceError('ASSISTANT_NOT_FOUND', 'this service has no assistants', { assistant_id })
  }
  const input = readInputs(body.inputs, 'inputs')
  const previousResponseId = given(body, 'previous_response_id', readId)
  const threadId = given(body, 'thread_id', readId)
  if (previousResponseId !== null && threadId !== null)
    throw invalidValue('previous_response_id', 'invalid', 'must not be sent together with thread_id')
  return {
    request: {
      ...{ ...readOptions(body), input, previousResponseId },
      conversationId: threadId === null ? null : conversationIdOf(threadId),
      longFiles: 'relevant',
    },
    isStreamed: given(body, 'stream', readBoolean) ?? false,
    isWithSearchResults: given(body, 'include', readInclude) ?? false,
    outputMode: given(body, 'output_mode', readOutputMode) ?? 'text',
    organizationId: given(body, 'organization_id', readId),
  }
}

function readOptions(body: JsonObject) {
  return {
    model: given(body, 'model', readModel),
    instructions:
      given(body, 'instructions', (text, at) => readText(text, at, MAX_INSTRUCTIONS_LENGTH)) || null,
    isStored: given(body, 'store', readBoolean) ?? true,
    tools: given(body, 'tools', readModelTools) ?? [],
    toolChoice: { kind: 'auto' },
    isParallelToolCalls: true,
    maxToolCalls: null,
    maxOutputTokens: given(body, 'max_output_synapses', (value, at) =>
      readInteger(value, at, 1, Number.MAX_SAFE_INTEGER),
    ),
    temperature: given(body, 'temperature', (value, at) => readNumber(value, at, 0, 2)),
    topP: given(body, 'top_p', (value, at) => readNumber(value, at, 0, 1)),
    topLogprobs: null,
    reasoningEffort: given(body, 'reasoning', readEffort),
    textFormat: { type: 'text' },
    truncation: 'refuse',
    metadata: given(body, 'metadata', parseMetadata) ?? {},
    ...{ user: null, safetyIdentifier: null, promptCacheKey: null },
  } as const
}

/** Returns the value of a member; null when the client leaves it out. */
function given<Value>(
  body: JsonObject,
  member: string,
  read: (value: unknown, path: string) => Value,
): Value | null {
  return isAbsent(body[member]) ? null : read(body[member], member)
}

function readModel(value: unknown, path: string): string | null {
  const model = readText(value, path, MAX_MODEL_LENGTH)
  return model === '' || HOSTED_MODEL.test(model) ? null : model
}

function readEffort(value: unknown, path: string): string | null {
  const { effort } = readObject(value, path)
  return isAbsent(effort) ? null : readText(effort, `${path}.effort`, MAX_EFFORT_LENGTH) || null
}

export function readOutputMode(value: unknown, path: string): OutputMode {
  return readOneOf(value, path, OUTPUT_MODES)
}

/** Returns true when the client asks for the results of searches. Throws VALIDATION_ERROR for other parts. */
export function readInclude(value: unknown, path: string): boolean {
  const names = readList(value, path, MAX_INCLUDED).map((name, index) =>
    readOneOf(name, `${path}[${index}]`, ['file_search.results', 'file_search_call.results']),
  )
  return names.length > 0
}
