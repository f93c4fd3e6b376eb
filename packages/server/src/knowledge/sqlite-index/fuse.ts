import type { SearchWeights } from '../search-index.ts'
import type { Corpus } from './corpus.ts'
import type { OpenStore } from './open-stores.ts'
import { bestCandidates, type Candidate, type Scores, scoresOf } from './rank.ts'

/** Tuned on cranfield with the weak embedder of the benchmark; a query can ask for others. */
export const DEFAULT_WEIGHTS: SearchWeights = { text: 0.8, embedding: 0.2 }

/** Scores of chunks that share a word with the query begin here; fillers stay below. */
const MIN_MATCH_SCORE = 0.2
/** BM25 score at which half of the range above is reached: half of the words, in a chunk of average length. */
const HALF_SCORE = 0.5
/** Chunks of each kind of search whose exact scores are computed. */
const LEXICAL_CANDIDATES = 200
const VECTOR_CANDIDATES = 50

/** Maps a BM25 score of any size to (0.2, 1), in the same order. */
export function matchScore(score: number): number {
  return MIN_MATCH_SCORE + ((1 - MIN_MATCH_SCORE) * score) / (score + HALF_SCORE)
}

/**
 * Returns the candidates of both kinds of search with weighted means of their scores: the BM25 score in [0, 1], and the
 * cosine, of which a negative one counts as 0. Ranks are not used: they make a weak kind as strong as a good one.
 */
export function fuse(
  { vectors }: OpenStore,
  corpus: Corpus,
  lexical: Scores,
  query: Float32Array,
  allows: (chunk: number) => boolean,
  weights: SearchWeights,
): Candidate[] {
  const chunks = new Set<number>()
  if (weights.text > 0) {
    for (const { chunk } of bestCandidates(corpus, lexical, allows, LEXICAL_CANDIDATES)) chunks.add(chunk)
  }
  if (weights.embedding > 0) {
    for (const { chunk } of nearestChunks(vectors, corpus, query, allows)) chunks.add(chunk)
  }
  const all = weights.text + weights.embedding
  return [...chunks].map((chunk) => {
    const found = lexical.of(chunk)
    const text = found === 0 ? 0 : matchScore(found)
    const embedding = Math.min(1, Math.max(0, vectors.similarity(query, chunk) ?? 0))
    return { chunk, score: (weights.text * text + weights.embedding * embedding) / all }
  })
}

function nearestChunks(
  vectors: OpenStore['vectors'],
  corpus: Corpus,
  query: Float32Array,
  allows: (chunk: number) => boolean,
): Candidate[] {
  const similarities = new Map<number, number>()
  let lowest = Number.NEGATIVE_INFINITY
  vectors.scan(corpus, query, (chunk, similarity) => {
    if (!allows(chunk)) return lowest
    similarities.set(chunk, similarity)
    // Few chunks are kept: the others are dropped from time to time.
    if (similarities.size < VECTOR_CANDIDATES * 8) return lowest
    const kept = bestCandidates(corpus, scoresOf(similarities), () => true, VECTOR_CANDIDATES)
    lowest = kept.at(-1)?.score ?? lowest
    similarities.clear()
    for (const candidate of kept) similarities.set(candidate.chunk, candidate.score)
    return lowest
  })
  return bestCandidates(corpus, scoresOf(similarities), () => true, VECTOR_CANDIDATES)
}
