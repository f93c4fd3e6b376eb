import type { FunctionTool, ResponseOptions, TextFormat } from '../../domain/conversations/response.ts'
import type { ModelBody } from '../../models/model-server.ts'
import type { ChatMessage } from './chat-messages.ts'

/** Use of tools in one call of the model. */
export interface ToolUse {
  /** Functions of the client that the model may call. */
  readonly functions: readonly FunctionTool[]
  /** Name of the function that searches; null when the model cannot search. */
  readonly searchFunction: string | null
  /** True for the first call of the model, to which a required tool applies when no search has been made. */
  readonly isToolDue: boolean
}

/** Returns the functions that the model may call by the tools and the choice of the request. */
export function offeredFunctions({ tools, toolChoice }: ResponseOptions): readonly FunctionTool[] {
  const functions = tools.filter((tool) => tool.type === 'function')
  if (toolChoice.kind !== 'allowed') return functions
  return functions.filter(({ name }) =>
    toolChoice.tools.some((tool) => tool.type === 'function' && tool.name === name),
  )
}

/** Returns the body of a chat completion that answers the request. Absent options are left to the model server. */
export function toChatBody(
  options: ResponseOptions,
  messages: readonly ChatMessage[],
  use: ToolUse,
): ModelBody {
  const { reasoningEffort, topLogprobs, safetyIdentifier, promptCacheKey } = options
  const optional = {
    temperature: options.temperature,
    top_p: options.topP,
    max_tokens: options.maxOutputTokens,
    // Model servers refuse `top_logprobs` without `logprobs`, and 0 asks for none.
    top_logprobs: topLogprobs || null,
    logprobs: topLogprobs ? true : null,
    reasoning_effort: reasoningEffort,
    response_format: toResponseFormat(options.textFormat),
    user: options.user,
    safety_identifier: safetyIdentifier,
    prompt_cache_key: promptCacheKey,
  }
  return {
    model: options.model,
    messages,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
    ...toTools(options, use),
    stream: true,
    stream_options: { include_usage: true },
  }
}

function toTools(options: ResponseOptions, use: ToolUse): Record<string, unknown> {
  const tools = use.functions.map(toFunction)
  if (use.searchFunction !== null) tools.push(toSearchFunction(use.searchFunction))
  if (tools.length === 0) return {}
  return {
    tools,
    tool_choice: toToolChoice(options, use),
    ...(!options.isParallelToolCalls && { parallel_tool_calls: false }),
  }
}

function toToolChoice({ toolChoice }: ResponseOptions, use: ToolUse): unknown {
  const { searchFunction, isToolDue } = use
  if (toolChoice.kind === 'none') return 'none'
  if (toolChoice.kind === 'function') {
    const isOffered = use.functions.some(({ name }) => name === toolChoice.name)
    return isOffered ? { type: 'function', function: { name: toolChoice.name } } : 'auto'
  }
  if (!isToolDue) return 'auto'
  if (toolChoice.kind === 'file_search') {
    return searchFunction === null ? 'auto' : { type: 'function', function: { name: searchFunction } }
  }
  return toolChoice.kind === 'allowed' ? toolChoice.mode : toolChoice.kind
}

function toFunction({ name, description, parameters, isStrict }: FunctionTool): Record<string, unknown> {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== null && { description }),
      ...(parameters !== null && { parameters }),
      ...(isStrict !== null && { strict: isStrict }),
    },
  }
}

function toSearchFunction(name: string): Record<string, unknown> {
  const queries = {
    type: 'array',
    items: { type: 'string' },
    description: 'One to ten search queries, in the words that the files may use.',
  }
  return {
    type: 'function',
    function: {
      name,
      description: "Searches the user's files, and returns numbered passages.",
      parameters: { type: 'object', properties: { queries }, required: ['queries'] },
    },
  }
}

function toResponseFormat(format: TextFormat): unknown {
  if (format.type !== 'json_schema') return format.type === 'text' ? null : { type: format.type }
  const { name, schema, description, isStrict } = format
  return {
    type: 'json_schema',
    json_schema: {
      name,
      schema,
      ...(description !== null && { description }),
      ...(isStrict !== null && { strict: isStrict }),
    },
  }
}
