import type { FileSearchResult, Item } from '../../domain/conversations/item.ts'
import type { FunctionTool, ResponseOptions } from '../../domain/conversations/response.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type ChatMessage, type ChatMessagesOptions, toChatMessages, toSource } from './chat-messages.ts'
import { estimateMessages, estimateTokens } from './estimate-tokens.ts'

export interface ContextRequest
  extends Pick<ChatMessagesOptions, 'instructions' | 'contents' | 'searchFunction'>,
    Pick<ResponseOptions, 'truncation' | 'maxOutputTokens'> {
  /** Items of the conversation before the request, oldest first. */
  readonly history: readonly Item[]
  /** Items of the request, and what the model and its tools have added to them. */
  readonly current: readonly Item[]
  readonly functions: readonly FunctionTool[]
  readonly contextTokens: number
}

/** Messages for the model, and the numbers by which it can cite. */
export interface ModelContext {
  readonly messages: readonly ChatMessage[]
  readonly sources: ReadonlyMap<FileSearchResult, number>
  /** Estimated tokens of the messages. */
  readonly tokens: number
}

/** Share of the context that stays free for the answer when the client sets no limit for it. */
const ANSWER_SHARE = 1 / 8
/** Largest share of the context that is kept free for an answer whose limit the client set. */
const MAX_ANSWER_SHARE = 1 / 2
/** Tokens of the rules and marks around search results. */
const RULE_TOKENS = 120

/**
 * Fits items into the context of the model: results of searches take what the messages leave, those of the newest search
 * first, the best of each first. Throws CONTEXT_LENGTH_EXCEEDED for messages that are too long; with `drop-oldest` only
 * when those that must stay are.
 */
export function fitContext(request: ContextRequest): ModelContext {
  const { history, current, functions, contextTokens, truncation, maxOutputTokens } = request
  const answerTokens =
    maxOutputTokens === null
      ? contextTokens * ANSWER_SHARE
      : Math.min(maxOutputTokens, contextTokens * MAX_ANSWER_SHARE)
  const budget = contextTokens - answerTokens - estimateTokens(JSON.stringify(functions))
  const tokensOf = (items: readonly Item[], instructions: string | null) =>
    estimateMessages(toChatMessages(items, { ...request, instructions, sources: new Map() }))
  const all = [...history, ...current]
  const items =
    truncation === 'drop-oldest'
      ? dropOldest(all, budget - tokensOf([], request.instructions), (some) => tokensOf(some, null))
      : all
  const tokens = tokensOf(items, request.instructions)
  if (tokens > budget) throw contextLengthExceeded(Math.ceil(tokens), Math.floor(budget))
  const sources = chooseSources(items, budget - tokens - RULE_TOKENS)
  const messages = toChatMessages(items, { ...request, sources })
  return { messages, sources, tokens: estimateMessages(messages) }
}

function contextLengthExceeded(tokens: number, budget: number): ServiceError {
  return new ServiceError(
    'CONTEXT_LENGTH_EXCEEDED',
    `the input has about ${tokens} tokens; the model takes ${budget} beside its answer`,
    { field: 'input' },
  )
}

/**
 * Returns the newest items that fit. The newest message of the user and all after it stay, and so do calls whose output
 * stays and messages of the system. An output whose call was left out goes with it.
 */
function dropOldest(
  items: readonly Item[],
  budget: number,
  tokensOf: (items: readonly Item[]) => number,
): readonly Item[] {
  const callPlaces = findCallPlaces(items)
  const fixedFrom = startOfNewestTurn(items, callPlaces)
  const isSystem = (item: Item) => item.type === 'message' && item.role === 'system'
  const older = items.slice(0, fixedFrom)
  let free = budget - tokensOf([...older.filter(isSystem), ...items.slice(fixedFrom)])
  let start = fixedFrom
  for (const item of older.toReversed()) {
    if (!isSystem(item)) free -= tokensOf([item])
    if (free < 0) break
    start -= 1
  }
  const isKept = (item: Item, place: number) =>
    item.type === 'function_call_output' ? (callPlaces.get(place) ?? -1) >= start : place >= start
  return items.filter((item, place) => isSystem(item) || isKept(item, place))
}

/** Returns the place of the newest message of the user, or of an older call whose output comes after that message. */
function startOfNewestTurn(items: readonly Item[], callPlaces: ReadonlyMap<number, number>): number {
  const newest = items.findLastIndex((item) => item.type === 'message' && item.role === 'user')
  const from = newest === -1 ? Math.max(items.length - 1, 0) : newest
  const answered = [...callPlaces].filter(([outputPlace]) => outputPlace >= from)
  return answered.reduce((start, [, callPlace]) => Math.min(start, callPlace), from)
}

/**
 * Returns the place of the call of each output, by the place of the output. It is the nearest one before it with this id
 * that has no output yet, because some models begin their ids again in each turn. An output without one is left out.
 */
function findCallPlaces(items: readonly Item[]): ReadonlyMap<number, number> {
  const unanswered = new Map<string, number[]>()
  const callPlaces = new Map<number, number>()
  for (const [place, item] of items.entries()) {
    if (item.type !== 'function_call' && item.type !== 'function_call_output') continue
    const waiting = unanswered.get(item.callId) ?? []
    unanswered.set(item.callId, waiting)
    if (item.type === 'function_call') {
      waiting.push(place)
      continue
    }
    const callPlace = waiting.pop()
    if (callPlace !== undefined) callPlaces.set(place, callPlace)
  }
  return callPlaces
}

/** Returns the results that fit, numbered in the order in which the model reads them. */
function chooseSources(items: readonly Item[], budget: number): ReadonlyMap<FileSearchResult, number> {
  const searches = items.flatMap((item) => (item.type === 'file_search_call' ? [item.results ?? []] : []))
  const chosen = new Set<FileSearchResult>()
  let free = budget
  for (const result of searches.toReversed().flat()) {
    const tokens = estimateTokens(toSource(result, 1)) + 2
    if (tokens > free) continue
    free -= tokens
    chosen.add(result)
  }
  const inOrder = searches.flat().filter((result) => chosen.has(result))
  return new Map(inOrder.map((result, index) => [result, index + 1]))
}
