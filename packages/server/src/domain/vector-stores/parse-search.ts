import { invalidValue } from '../invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readBoolean,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
  readText,
} from '../read-values.ts'
import type { Filter } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import type { SearchWeights } from './search.ts'

/** Rankers that clients may name. All of them are the same ranking. */
const RANKERS = ['auto', 'none', 'default-2024-11-15', 'default-2024-08-21', 'default_2024_08_21'] as const

const MAX_QUERIES = 10
const MAX_QUERY_LENGTH = 8192
const MAX_RESULTS = 50
const DEFAULT_RESULTS = 10

/** Search as a client asks for it, without its stores. */
export interface SearchRequest {
  readonly queries: readonly string[]
  readonly maxResults: number
  readonly filter: Filter | null
  readonly minScore: number
  /** Weights of the two rankings; null for the default ones. */
  readonly weights: SearchWeights | null
  readonly rewritesQuery: boolean
}

/**
 * Returns the search of a body with `query`, `max_num_results`, `filters`, `ranking_options` and `rewrite_query`. Unknown
 * members are ignored. Throws VALIDATION_ERROR.
 */
export function parseSearch(body: JsonObject): SearchRequest {
  const { rewrite_query } = body
  return {
    queries: parseQueries(body.query),
    ...parseSearchLimits(body, ''),
    rewritesQuery: isAbsent(rewrite_query) ? false : readBoolean(rewrite_query, 'rewrite_query'),
  }
}

/**
 * Returns the limits of a search: `max_num_results`, `filters` and `ranking_options`. `prefix` comes before their names in
 * errors, such as `tools[0].`. Throws VALIDATION_ERROR.
 */
export function parseSearchLimits(
  { max_num_results, filters, ranking_options }: JsonObject,
  prefix: string,
): Pick<SearchRequest, 'maxResults' | 'filter' | 'minScore' | 'weights'> {
  const path = `${prefix}ranking_options`
  const ranking = isAbsent(ranking_options) ? {} : readObject(ranking_options, path)
  if (!isAbsent(ranking.ranker)) readOneOf(ranking.ranker, `${path}.ranker`, RANKERS)
  return {
    maxResults: isAbsent(max_num_results)
      ? DEFAULT_RESULTS
      : readInteger(max_num_results, `${prefix}max_num_results`, 1, MAX_RESULTS),
    filter: parseFilter(filters, `${prefix}filters`),
    minScore: parseMinScore(ranking, path),
    weights: isAbsent(ranking.hybrid_search)
      ? null
      : parseWeights(ranking.hybrid_search, `${path}.hybrid_search`),
  }
}

function parseQueries(query: unknown): readonly string[] {
  if (typeof query === 'string') return [readQuery(query, 'query')]
  if (!isAbsent(query) && !Array.isArray(query))
    throw invalidValue('query', 'wrong_type', 'must be a string or an array of strings', query)
  return readList(query, 'query', MAX_QUERIES, 1).map((one, index) => readQuery(one, `query[${index}]`))
}

function readQuery(query: unknown, path: string): string {
  return readText(query, path, MAX_QUERY_LENGTH, 1)
}

/** Reads `score_threshold`, or `scoreThreshold`, which OpenAI's Agents SDK sends. */
function parseMinScore({ score_threshold, scoreThreshold }: JsonObject, path: string): number {
  if (!isAbsent(score_threshold)) return readNumber(score_threshold, `${path}.score_threshold`, 0, 1)
  if (!isAbsent(scoreThreshold)) return readNumber(scoreThreshold, `${path}.scoreThreshold`, 0, 1)
  return 0
}

function parseWeights(value: unknown, path: string): SearchWeights {
  const { embedding_weight, text_weight } = readObject(value, path)
  const embedding = readWeight(embedding_weight, `${path}.embedding_weight`)
  const text = readWeight(text_weight, `${path}.text_weight`)
  const larger = Math.max(embedding, text)
  // Only their ratio matters, and sums of huge weights would be infinite.
  if (larger > 0) return { embedding: embedding / larger, text: text / larger }
  throw invalidValue(path, 'invalid', 'must have a weight above 0')
}

function readWeight(value: unknown, path: string): number {
  return readNumber(value, path, 0, Number.MAX_VALUE)
}
