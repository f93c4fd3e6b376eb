import type {
  ModelResponse,
  TextFormat,
  TokenUsage,
  Tool,
  ToolChoice,
} from '../../domain/conversations/response.ts'
import type { Filter } from '../../domain/vector-stores/filter.ts'
import { type Rendering, toItemObject } from './item-object.ts'

/** Response as clients see it. */
export interface ResponseObject extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly object: 'response'
}

/** Returns a response in the form of OpenAI's Responses API, with every member that strict clients require. */
export function toResponseObject(response: ModelResponse, rendering: Rendering): ResponseObject {
  const { conversationId, incompleteReason, error, usage } = response
  return {
    id: response.id,
    object: 'response',
    created_at: toSeconds(response.createdAtMs),
    completed_at: completedAt(response),
    status: response.status,
    background: false,
    error: error === null ? null : { code: error.code, message: error.message },
    incomplete_details: incompleteReason === null ? null : { reason: incompleteReason },
    instructions: response.instructions,
    max_output_tokens: response.maxOutputTokens,
    max_tool_calls: response.maxToolCalls,
    model: response.model,
    output: response.output.map((item) => toItemObject(item, rendering)),
    parallel_tool_calls: response.isParallelToolCalls,
    previous_response_id: response.previousResponseId,
    conversation: conversationId === null ? null : { id: conversationId },
    reasoning: { effort: response.reasoningEffort, summary: null },
    store: response.isStored,
    temperature: response.temperature,
    text: { format: toFormatObject(response.textFormat) },
    tool_choice: toChoiceObject(response.toolChoice),
    tools: response.tools.map((tool) => toToolObject(tool, rendering)),
    top_logprobs: response.topLogprobs,
    top_p: response.topP,
    truncation: response.truncation === 'drop-oldest' ? 'auto' : 'disabled',
    service_tier: 'default',
    usage: usage === null ? null : toUsageObject(usage),
    user: response.user,
    safety_identifier: response.safetyIdentifier,
    prompt_cache_key: response.promptCacheKey,
    metadata: response.metadata,
  }
}

/** Returns the time of a completed response. One that was cut or failed has none. */
function completedAt({ status, completedAtMs }: ModelResponse): number | null {
  return status === 'completed' && completedAtMs !== null ? toSeconds(completedAtMs) : null
}

/** Returns the usage of a response with all members. */
export function toUsageObject({ inputTokens, cachedTokens, outputTokens, reasoningTokens }: TokenUsage) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}

function toFormatObject(format: TextFormat): object {
  if (format.type !== 'json_schema') return { type: format.type }
  const { type, name, schema, description, isStrict } = format
  return { type, name, schema, description, strict: isStrict }
}

function toChoiceObject(choice: ToolChoice): unknown {
  if (choice.kind === 'function') return { type: 'function', name: choice.name }
  if (choice.kind === 'file_search') return { type: 'file_search' }
  if (choice.kind === 'allowed') return { type: 'allowed_tools', mode: choice.mode, tools: choice.tools }
  return choice.kind
}

function toToolObject(tool: Tool, { fileIdOf }: Rendering): object {
  const { type } = tool
  switch (tool.type) {
    case 'function': {
      const { name, description, parameters, isStrict } = tool
      return { type, name, description, parameters, strict: isStrict }
    }
    case 'file_retrieval':
      return { type, file_ids: tool.fileIds.map(fileIdOf) }
    case 'file_search':
      return {
        type,
        vector_store_ids: tool.storeIds,
        max_num_results: tool.maxResults,
        filters: tool.filter === null ? null : toFilterObject(tool.filter),
        ranking_options: {
          ranker: 'auto',
          score_threshold: tool.minScore,
          ...(tool.weights !== null && {
            hybrid_search: { embedding_weight: tool.weights.embedding, text_weight: tool.weights.text },
          }),
        },
      }
  }
}

function toFilterObject(filter: Filter): object {
  switch (filter.type) {
    case 'and':
    case 'or':
      return { type: filter.type, filters: filter.filters.map(toFilterObject) }
    case 'in':
    case 'nin':
      return { type: filter.type, key: filter.key, value: filter.values }
    default:
      return { type: filter.type, key: filter.key, value: filter.value }
  }
}

function toSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000)
}
