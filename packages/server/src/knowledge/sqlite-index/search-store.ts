import { type Filter, matches } from '../../domain/vector-stores/filter.ts'
import type { Attributes } from '../../domain/vector-stores/store-file.ts'
import type { SearchHit, SearchQuery } from '../search-index.ts'
import { queryTerms } from '../tokens/tokenize.ts'
import type { Corpus } from './corpus.ts'
import { visitChunks } from './frequency-terms.ts'
import {
  bestCandidates,
  type Candidate,
  type CorpusStatistics,
  otherChunks,
  type Postings,
  scoreChunks,
} from './rank.ts'
import type { StoreFile } from './store-file.ts'

/** Scores of chunks that share a word with the query begin here; all others stay below. */
const MIN_MATCH_SCORE = 0.2
/** Score at which half of the range above is reached: a third of the words in a chunk of average length. */
const HALF_SCORE = 0.5
const BEST_FILLER_SCORE = 0.1

/** Returns the counts of this store for the queries; searches of several stores add them up. */
export function countStatistics(file: StoreFile, corpus: Corpus, texts: readonly string[]): CorpusStatistics {
  const queries = texts.map((text) => queryTerms(text, corpus.languages()))
  return statisticsOf(corpus, readPostings(file, corpus, queries))
}

/** Returns the best chunks of the store. `statistics` are those of all stores of the search; null for this one alone. */
export function searchStore(
  file: StoreFile,
  corpus: Corpus,
  storeId: string,
  query: SearchQuery,
  statistics: CorpusStatistics | null,
): SearchHit[] {
  const queries = query.texts.map((text) => queryTerms(text, corpus.languages()))
  const postings = readPostings(file, corpus, queries)
  const scores = scoreChunks(corpus, queries, postings, statistics ?? statisticsOf(corpus, postings))
  const allows = allowedChunks(file, corpus, query.filter)
  const matching = bestCandidates(corpus, scores, allows, query.maxResults).map(({ chunk, score }) => ({
    chunk,
    score: matchScore(score),
  }))
  const fillers = otherChunks(
    corpus,
    (chunk) => scores.has(chunk),
    allows,
    query.maxResults - matching.length,
  ).map((chunk, rank) => ({ chunk, score: BEST_FILLER_SCORE / (rank + 1) }))
  return [...matching, ...fillers]
    .filter(({ score }) => score >= query.scoreThreshold)
    .map((candidate) => readHit(file, corpus, storeId, candidate))
}

/** Maps a BM25 score of any size to (0.2, 1), in the same order. */
function matchScore(score: number): number {
  return MIN_MATCH_SCORE + ((1 - MIN_MATCH_SCORE) * score) / (score + HALF_SCORE)
}

function readPostings(
  file: StoreFile,
  corpus: Corpus,
  queries: readonly (readonly string[])[][],
): Map<string, Postings> {
  const postings = new Map<string, Postings>()
  for (const term of new Set(queries.flat(2))) {
    const chunks: number[] = []
    const frequencies: number[] = []
    visitChunks(file, term, (chunk, frequency) => {
      if (corpus.fileOf(chunk) === 0) return
      chunks.push(chunk)
      frequencies.push(frequency)
    })
    if (chunks.length > 0) postings.set(term, { chunks, frequencies })
  }
  return postings
}

function statisticsOf(corpus: Corpus, postings: ReadonlyMap<string, Postings>): CorpusStatistics {
  return {
    chunkCount: corpus.chunkCount(),
    totalLength: corpus.totalLength(),
    chunksByTerm: new Map([...postings].map(([term, { chunks }]) => [term, chunks.length])),
  }
}

function allowedChunks(file: StoreFile, corpus: Corpus, filter: Filter | null): (chunk: number) => boolean {
  if (filter === null) return () => true
  const allowed = new Set<number>()
  for (const row of file.prepare('SELECT id, attributes FROM files WHERE staged_by IS NULL').iterate()) {
    const [id, attributes] = row as unknown as [number, string]
    if (matches(filter, JSON.parse(attributes) as Attributes)) allowed.add(id)
  }
  return (chunk) => allowed.has(corpus.fileOf(chunk))
}

function readHit(file: StoreFile, corpus: Corpus, storeId: string, { chunk, score }: Candidate): SearchHit {
  const row = file.prepare(HIT).get(chunk) as unknown as HitRow | undefined
  if (!row) throw new Error(`the index of ${storeId} lost chunk ${chunk}`)
  const [fileId, revision, attributes, text, context, page, startOffset, endOffset] = row
  return {
    storeId,
    fileId,
    revision,
    chunkIndex: corpus.positionOf(chunk),
    text,
    context,
    page,
    startOffset,
    endOffset,
    attributes: JSON.parse(attributes),
    score,
  }
}

type HitRow = [string, string, string, string, string, number | null, number, number]

const HIT = `
  SELECT f.file_id, f.revision, f.attributes, t.text, t.context, t.page, t.start_offset, t.end_offset
  FROM chunks c JOIN files f ON f.id = c.file JOIN texts t ON t.id = c.id WHERE c.id = ?`
