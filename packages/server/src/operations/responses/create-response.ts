import type { Caller } from '../../domain/access/caller.ts'
import { actorIdOf } from '../../domain/access/caller.ts'
import type { FileSearchCall, Item } from '../../domain/conversations/item.ts'
import type {
  FileSearchTool,
  ModelResponse,
  ResponseOptions,
  ResponseRequest,
} from '../../domain/conversations/response.ts'
import type { RunningResponse } from '../../domain/conversations/running-response.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import { defineOperation } from '../define-operation.ts'
import { offeredFunctions } from './chat-body.ts'
import { type HeldConversation, holdConversation } from './hold-conversation.ts'
import { readContext } from './read-context.ts'
import { callModel, type ResponseContext, type ResponseRun, runResponse } from './run-response.ts'
import { checkStores, queriesOfNewest, searchFiles } from './search-files.ts'
import { withVisibleStores } from './visible-stores.ts'

export interface CreateResponseInput {
  readonly request: ResponseRequest
  /** Ends when the client has gone: the model's call is cancelled, and nothing is stored. */
  readonly signal: AbortSignal
}

/** Default limit of search rounds. */
const MAX_TOOL_CALLS = 5
const SEARCH_FUNCTION = 'file_search'

/**
 * Begins a response of the model and returns it when the model server has accepted the first call. Everything that the
 * request names is checked before.
 * Throws RATE_LIMIT_EXCEEDED, VALIDATION_ERROR, INSUFFICIENT_PERMISSIONS, RESPONSE_NOT_FOUND, THREAD_NOT_FOUND, THREAD_BUSY,
 * MESSAGE_NOT_FOUND for a reference, VECTOR_STORE_NOT_FOUND, VECTOR_STORE_EXPIRED, FILE_NOT_FOUND,
 * UNSUPPORTED_FILE_TYPE, CONTEXT_LENGTH_EXCEEDED, and the errors of models/model-server.ts.
 */
export const createResponse = defineOperation(
  {
    action: 'createResponse',
    kind: 'change',
    scope: 'models:use',
    targetOf: (_input: CreateResponseInput, result: RunningResponse | null) => result?.response.id ?? null,
    hasChanged: ({ response }) => response.isStored || response.conversationId !== null,
  },
  async (
    context: ResponseContext,
    caller: Caller,
    { request: given, signal }: CreateResponseInput,
  ): Promise<RunningResponse> => {
    signal.throwIfAborted()
    if (given.previousResponseId !== null && given.conversationId !== null) {
      throw new ServiceError('VALIDATION_ERROR', 'previous_response_id and conversation exclude each other', {
        field: 'previous_response_id',
      })
    }
    const request = await withVisibleStores(context, caller, given)
    await checkStores(context, caller, request)
    const responseId = createId('resp')
    const { conversationId } = request
    const { organizationId } = caller
    let held: HeldConversation | null = null
    const releaseSlot = context.models.takeSlot(organizationId)
    const release = async () => {
      releaseSlot()
      await held?.release()
    }
    try {
      if (conversationId !== null) {
        held = await holdConversation(context, organizationId, conversationId, responseId)
      }
      const run = await begin(context, caller, { request, signal, responseId, release })
      signal.addEventListener('abort', () => void release(), { once: true })
      signal.throwIfAborted()
      return { response: run.response, events: runResponse(context, caller, run) }
    } catch (error) {
      await release()
      throw error
    }
  },
)

async function begin(
  context: ResponseContext,
  caller: Caller,
  {
    request,
    signal,
    responseId,
    release,
  }: CreateResponseInput & { readonly responseId: string; readonly release: () => Promise<void> },
): Promise<ResponseRun> {
  const { history, input, contents, truncatedFileIds } = await readContext(context, caller, request, signal)
  const { always, onCall } = chooseSearches(request, context.limits.models.fileSearch)
  const cancelling = new AbortController()
  const run = {
    ...{ request, history, input, contents, onCall, release, cancelling },
    signal: AbortSignal.any([signal, cancelling.signal]),
    response: { ...toResponse(context, caller, request, responseId), truncatedFileIds },
    functions: offeredFunctions(request),
    searchFunction: onCall.length === 0 ? null : searchFunctionOf(request),
    maxSearches: request.maxToolCalls ?? MAX_TOOL_CALLS,
  }
  const searched = await searchAlways(context, caller, always, input)
  const first = await callModel(context, run, {
    output: searched,
    canSearch: run.maxSearches > 0,
    isToolDue: searched.length === 0,
  })
  return { ...run, searched, first }
}

/** Returns the searches of the request: those that are made always, and those for which the model asks. */
function chooseSearches({ tools, toolChoice }: ResponseOptions, defaultMode: 'always' | 'tool') {
  const isAllowed =
    toolChoice.kind !== 'none' &&
    (toolChoice.kind !== 'allowed' || toolChoice.tools.some(({ type }) => type === 'file_search'))
  const searches = isAllowed ? tools.filter((tool) => tool.type === 'file_search') : []
  const { always = [], tool = [] } = Object.groupBy(searches, ({ mode }) => mode ?? defaultMode)
  return { always, onCall: tool }
}

/** Searches with the newest message of the user. Returns the search as an item; none when there is nothing to search. */
async function searchAlways(
  context: ResponseContext,
  caller: Caller,
  tools: readonly FileSearchTool[],
  input: readonly Item[],
): Promise<readonly FileSearchCall[]> {
  const queries = queriesOfNewest(input)
  if (tools.length === 0 || queries.length === 0) return []
  const results = await searchFiles(context, caller, tools, queries)
  return [{ type: 'file_search_call', id: createId('fs'), status: 'completed', queries, results }]
}

/** Returns a name for the function that searches, which no function of the client has. */
function searchFunctionOf({ tools }: ResponseOptions): string {
  const names = new Set(tools.flatMap((tool) => (tool.type === 'function' ? [tool.name] : [])))
  let name = SEARCH_FUNCTION
  while (names.has(name)) name = `waybill_${name}`
  return name
}

function toResponse(
  { now, models }: Pick<ResponseContext, 'now' | 'models'>,
  caller: Caller,
  { input: _input, longFiles: _longFiles, ...request }: ResponseRequest,
  id: string,
): ModelResponse {
  return {
    ...request,
    id,
    organizationId: caller.organizationId,
    createdBy: actorIdOf(caller) ?? 'operator',
    createdAtMs: now(),
    completedAtMs: null,
    status: 'in_progress',
    model: request.model || models.defaultModel || '',
    output: [],
    error: null,
    incompleteReason: null,
    usage: null,
    truncatedFileIds: [],
  }
}
