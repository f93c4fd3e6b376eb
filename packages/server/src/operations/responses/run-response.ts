import type { Caller } from '../../domain/access/caller.ts'
import type { FileSearchCall, FileSearchResult, Item } from '../../domain/conversations/item.ts'
import type {
  FileSearchTool,
  FunctionTool,
  ModelResponse,
  ResponseError,
  ResponseRequest,
  TokenUsage,
} from '../../domain/conversations/response.ts'
import type { ResponseEvent } from '../../domain/conversations/response-event.ts'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import type { ChatStream } from '../../models/model-server.ts'
import type { Context } from '../context.ts'
import { toChatBody } from './chat-body.ts'
import type { ChatMessagesOptions } from './chat-messages.ts'
import { BYTES_PER_TOKEN } from './estimate-tokens.ts'
import type { Output } from './item-writers.ts'
import { type Answer, isCut, readAnswer, writeEmptyMessage } from './read-answer.ts'
import { fitContext } from './response-context.ts'
import { queriesOfCall, searchFiles } from './search-files.ts'

export type ResponseContext = Pick<
  Context,
  'database' | 'storage' | 'knowledge' | 'models' | 'audit' | 'log' | 'now'
> & { readonly limits: Pick<Context['limits'], 'models'> }

/** Everything that a response in progress needs. */
export interface ResponseRun extends ModelCallRun {
  readonly response: ModelResponse
  /** Searches that were made before the first call of the model. */
  readonly searched: readonly FileSearchCall[]
  readonly first: ModelCall
  /** Searches that the model can ask for. */
  readonly onCall: readonly FileSearchTool[]
  readonly maxSearches: number
  readonly cancelling: AbortController
  /** Gives the conversation and the slot of the organization free. */
  release(): Promise<void>
}

interface ModelCallRun {
  readonly request: ResponseRequest
  readonly history: readonly Item[]
  /** Items of the request with their ids. */
  readonly input: readonly Item[]
  readonly contents: ChatMessagesOptions['contents']
  readonly functions: readonly FunctionTool[]
  readonly searchFunction: string | null
  readonly signal: AbortSignal
}

interface ModelCall {
  readonly chunks: ChatStream
  readonly sources: ReadonlyMap<FileSearchResult, number>
  /** Estimated tokens of the context. */
  readonly inputTokens: number
  readonly searchFunction: string | null
}

const NO_USAGE: TokenUsage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 }

const RESPONSE_ERRORS: Partial<Record<ErrorCode, ResponseError['code']>> = {
  RATE_LIMIT_EXCEEDED: 'rate_limit_exceeded',
  MODEL_REQUEST_REFUSED: 'invalid_prompt',
  CONTEXT_LENGTH_EXCEEDED: 'invalid_prompt',
}

/** Calls the model with all items so far, and returns when the model server has accepted the call. */
export async function callModel(
  { models, limits }: Pick<ResponseContext, 'models' | 'limits'>,
  { request, history, input, contents, functions, signal, ...run }: ModelCallRun,
  {
    output,
    canSearch,
    isToolDue,
  }: { readonly output: readonly Item[]; readonly canSearch: boolean; readonly isToolDue: boolean },
): Promise<ModelCall> {
  const { instructions, truncation, maxOutputTokens } = request
  const fitted = fitContext({
    ...{ instructions, truncation, maxOutputTokens, contents, history, functions },
    searchFunction: run.searchFunction,
    current: [...input, ...output],
    contextTokens: limits.models.contextTokens,
  })
  const searchFunction = canSearch ? run.searchFunction : null
  const body = toChatBody(request, fitted.messages, { functions, searchFunction, isToolDue })
  const chunks = await models.streamChat(body, signal)
  return { chunks, sources: fitted.sources, inputTokens: fitted.tokens, searchFunction }
}

/**
 * Yields the events of a response whose first call the model server has accepted. Stores it before the terminal event.
 * Never throws; gives the conversation free and cancels the model's call on every way out.
 */
export async function* runResponse(
  context: ResponseContext,
  caller: Caller,
  run: ResponseRun,
): AsyncGenerator<ResponseEvent, void> {
  const output: Output = []
  try {
    yield { type: 'created', response: run.response }
    yield { type: 'in_progress', response: run.response }
    const end = yield* answer(context, caller, run, output)
    const response = { ...end, output, completedAtMs: context.now() }
    run.signal.throwIfAborted()
    await store(context, run, response)
    await run.release()
    yield { type: end.status, response }
  } catch (error) {
    yield failed(context, run, output, error)
  } finally {
    run.cancelling.abort()
    await run.release()
  }
}

type EndedResponse = ModelResponse & { readonly status: 'completed' | 'incomplete' }

/** Yields the events of the answer in rounds: each round after the first one has the results of further searches. */
async function* answer(
  context: ResponseContext,
  caller: Caller,
  run: ResponseRun,
  output: Output,
): AsyncGenerator<ResponseEvent, EndedResponse> {
  const { response, request } = run
  for (const call of run.searched) yield* showSearch(output, call.queries, async () => call)
  const functionNames = new Set(
    request.toolChoice.kind === 'none' ? [] : run.functions.map(({ name }) => name),
  )
  let { first: call, maxSearches: searchesLeft } = run
  let usage = NO_USAGE
  let model: string | null = null
  for (;;) {
    const { chunks, searchFunction } = call
    const end = yield* readAnswer(
      withModel(chunks, (name) => (model ??= name)),
      {
        ...{ output, functionNames, searchFunction },
        sources: canCite(run, call) ? invert(call.sources) : null,
      },
    )
    usage = addUsage(usage, end, call.inputTokens)
    const isOver = isCut(end.finishReason) || end.searches.length === 0
    if (!isOver) {
      for (const text of end.searches.slice(0, searchesLeft)) {
        const queries = queriesOfCall(text)
        yield* showSearch(output, queries, async (begun) => {
          const results = await searchFiles(context, caller, run.onCall, queries)
          return { ...begun, status: 'completed', queries, results }
        })
      }
      searchesLeft -= end.searches.length
    }
    if (isOver || end.callsFunctions) {
      yield* addMissingMessage(output, end)
      return { ...response, ...toStatus(end), usage, model: request.model || model || response.model }
    }
    call = await callModel(context, run, { output, canSearch: searchesLeft > 0, isToolDue: false })
  }
}

/** Yields the events of a search around the search itself. */
async function* showSearch(
  output: Output,
  queries: readonly string[],
  search: (begun: FileSearchCall) => Promise<FileSearchCall>,
): AsyncGenerator<ResponseEvent> {
  const begun: FileSearchCall = {
    ...{ type: 'file_search_call', id: createId('fs'), status: 'in_progress', queries: [], results: [] },
  }
  const outputIndex = output.push({ ...begun, queries }) - 1
  const place = { outputIndex, itemId: begun.id }
  yield { type: 'item_added', outputIndex, item: begun }
  yield { type: 'search_in_progress', ...place }
  yield { type: 'search_searching', ...place }
  const item: FileSearchCall = { ...(await search(begun)), id: begun.id }
  output[outputIndex] = item
  yield { type: 'search_completed', ...place }
  yield { type: 'item_done', outputIndex, item }
}

function* addMissingMessage(output: Output, { finishReason }: Answer): Generator<ResponseEvent> {
  if (output.some(({ type }) => type === 'message' || type === 'function_call')) return
  yield* writeEmptyMessage(output, isCut(finishReason) ? 'incomplete' : 'completed')
}

/** Returns true when brackets with numbers can be citations; otherwise they are the model's own text. */
function canCite({ searched, onCall }: ResponseRun, { sources }: ModelCall): boolean {
  return searched.length > 0 || onCall.length > 0 || sources.size > 0
}

function invert(sources: ReadonlyMap<FileSearchResult, number>): ReadonlyMap<number, FileSearchResult> {
  return new Map([...sources].map(([result, number]) => [number, result]))
}

async function* withModel(
  chunks: ChatStream,
  onModel: (name: string) => void,
): AsyncGenerator<ChatStream extends AsyncIterable<infer Chunk> ? Chunk : never> {
  for await (const chunk of chunks) {
    if (chunk.model !== null) onModel(chunk.model)
    yield chunk
  }
}

function toStatus({ finishReason }: Answer): Pick<EndedResponse, 'status' | 'incompleteReason'> {
  if (!isCut(finishReason)) return { status: 'completed', incompleteReason: null }
  const incompleteReason = finishReason === 'length' ? 'max_output_tokens' : 'content_filter'
  return { status: 'incomplete', incompleteReason }
}

function addUsage(sum: TokenUsage, { usage, writtenBytes }: Answer, inputTokens: number): TokenUsage {
  return {
    inputTokens: sum.inputTokens + (usage?.promptTokens ?? Math.ceil(inputTokens)),
    cachedTokens: sum.cachedTokens + (usage?.cachedTokens ?? 0),
    outputTokens: sum.outputTokens + (usage?.completionTokens ?? Math.ceil(writtenBytes / BYTES_PER_TOKEN)),
    reasoningTokens: sum.reasoningTokens + (usage?.reasoningTokens ?? 0),
  }
}

async function store(
  { database, limits, now }: ResponseContext,
  { input }: ResponseRun,
  response: ModelResponse,
): Promise<void> {
  if (!response.isStored && response.conversationId === null) return
  if (await database.responses.add(response, input, now() + limits.models.responseMs)) return
  const { organizationId, conversationId } = response
  const details = { field: 'conversation', conversation_id: conversationId }
  if (conversationId !== null && (await database.conversations.find(organizationId, conversationId)) !== null)
    throw new ServiceError('THREAD_BUSY', 'another response has taken the conversation', details)
  throw new ServiceError('THREAD_NOT_FOUND', 'the conversation was deleted', details)
}

function failed(
  { now }: ResponseContext,
  { response, signal }: ResponseRun,
  output: Output,
  cause: unknown,
): ResponseEvent {
  const error = toServiceError(cause, signal)
  return {
    type: 'failed',
    error,
    response: {
      ...response,
      status: 'failed',
      completedAtMs: now(),
      output: output.map(toEnded),
      error: { code: RESPONSE_ERRORS[error.code] ?? 'server_error', message: error.message },
    },
  }
}

function toServiceError(cause: unknown, signal: AbortSignal): ServiceError {
  if (cause instanceof ServiceError) return cause
  return signal.aborted
    ? new ServiceError('SERVICE_UNAVAILABLE', 'the response was cancelled')
    : new ServiceError('INTERNAL_ERROR', 'the response failed', {}, { cause })
}

function toEnded(item: Item): Item {
  return 'status' in item && item.status === 'in_progress' ? { ...item, status: 'incomplete' } : item
}
