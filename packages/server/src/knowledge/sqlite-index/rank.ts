import { termScore, termWeight } from '../tokens/bm25.ts'
import type { Corpus } from './corpus.ts'

/** Scores are compared rounded, so that machines that round sums differently rank alike. */
const SCORE_STEPS = 1e9

/** Counts over all chunks that a search ranks together, which may be those of several stores. */
export interface CorpusStatistics {
  readonly chunkCount: number
  readonly totalLength: number
  /** Chunks that hold each term of the queries. */
  readonly chunksByTerm: ReadonlyMap<string, number>
}

/** Chunks that hold a term, with the frequency in each. */
export interface Postings {
  readonly chunks: readonly number[]
  readonly frequencies: readonly number[]
}

/** Scores of some chunks; that of all others is 0. */
export interface Scores {
  readonly chunks: Iterable<number>
  of(chunk: number): number
}

export const scoresOf = (scores: ReadonlyMap<number, number>): Scores => ({
  chunks: scores.keys(),
  of: (chunk) => scores.get(chunk) ?? 0,
})

/** Chunk with its score. */
export interface Candidate {
  readonly chunk: number
  readonly score: number
}

/**
 * Returns the BM25 score of each chunk that shares a term with the query, divided by the largest sum of weights that one
 * word each can bring, so that queries of any length are comparable. A chunk of average length with each word once has
 * the score 1. `words` are the stems of each different word.
 */
export function scoreChunks(
  corpus: Corpus,
  words: readonly (readonly string[])[],
  postings: ReadonlyMap<string, Postings>,
  { chunkCount, totalLength, chunksByTerm }: CorpusStatistics,
): Scores {
  const weightOf = (term: string) => termWeight(chunkCount, chunksByTerm.get(term) ?? 0)
  const averageLength = Math.max(1, totalLength / Math.max(1, chunkCount))
  const sums = new Float64Array(postings.size === 0 ? 0 : corpus.maxChunk() + 1)
  const touched: number[] = []
  // Sums of floating-point numbers depend on the order: it must not depend on the order of the words.
  const terms = [...new Set(words.flat())].sort()
  for (const term of terms) {
    const found = postings.get(term)
    if (!found) continue
    const weight = weightOf(term)
    for (let i = 0; i < found.chunks.length; i++) {
      const chunk = found.chunks[i] as number
      const frequency = found.frequencies[i] as number
      if (sums[chunk] === 0) touched.push(chunk)
      sums[chunk] =
        (sums[chunk] as number) + termScore(weight, frequency, corpus.lengthOf(chunk), averageLength)
    }
  }
  let allWeights = 0
  for (const stems of words) allWeights += wordWeight(stems, chunksByTerm, weightOf)
  return { chunks: touched, of: (chunk) => roundScore((sums[chunk] ?? 0) / allWeights) }
}

/** Weight of a word: that of its rarest stem that occurs. A word that never occurs has the largest weight. */
function wordWeight(
  stems: readonly string[],
  chunksByTerm: ReadonlyMap<string, number>,
  weightOf: (term: string) => number,
): number {
  const occurring = stems.filter((stem) => (chunksByTerm.get(stem) ?? 0) > 0)
  return Math.max(...(occurring.length > 0 ? occurring : stems).map(weightOf))
}

const roundScore = (score: number): number => Math.round(score * SCORE_STEPS) / SCORE_STEPS

/**
 * Returns the best `count` candidates, best first. Equal scores are ordered by file id and position, because row ids
 * depend on the history of an index.
 */
export function bestCandidates(
  corpus: Corpus,
  scores: Scores,
  allows: (chunk: number) => boolean,
  count: number,
): Candidate[] {
  return topOf(
    scores.chunks,
    allows,
    (one, other) => scores.of(other) - scores.of(one) || comparePlaces(corpus, one, other),
    count,
  ).map((chunk) => ({ chunk, score: scores.of(chunk) }))
}

/** Returns the first `count` other chunks: beginnings of files before later chunks. */
export function otherChunks(
  corpus: Corpus,
  isTaken: (chunk: number) => boolean,
  allows: (chunk: number) => boolean,
  count: number,
): number[] {
  return topOf(
    liveChunks(corpus),
    (chunk) => !isTaken(chunk) && allows(chunk),
    (one, other) => corpus.positionOf(one) - corpus.positionOf(other) || comparePlaces(corpus, one, other),
    count,
  )
}

function* liveChunks(corpus: Corpus): Generator<number> {
  for (let chunk = 1; chunk <= corpus.maxChunk(); chunk++) {
    if (corpus.fileOf(chunk) !== 0) yield chunk
  }
}

function comparePlaces(corpus: Corpus, one: number, other: number): number {
  const fileOfOne = corpus.fileIdOf(corpus.fileOf(one))
  const fileOfOther = corpus.fileIdOf(corpus.fileOf(other))
  if (fileOfOne !== fileOfOther) return fileOfOne < fileOfOther ? -1 : 1
  return corpus.positionOf(one) - corpus.positionOf(other)
}

/** Returns the first `count` items in the order, without sorting the others. */
function topOf<T>(
  items: Iterable<T>,
  allows: (item: T) => boolean,
  compare: (one: T, other: T) => number,
  count: number,
): T[] {
  const top: T[] = []
  if (count <= 0) return top
  for (const item of items) {
    const last = top.at(-1)
    if (top.length >= count && last !== undefined && compare(item, last) >= 0) continue
    if (!allows(item)) continue
    let low = 0
    let high = top.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compare(item, top[middle] as T) < 0) high = middle
      else low = middle + 1
    }
    top.splice(low, 0, item)
    if (top.length > count) top.pop()
  }
  return top
}
