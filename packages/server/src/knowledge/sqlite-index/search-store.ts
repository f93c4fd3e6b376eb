import { matches } from '../../domain/vector-stores/filter.ts'
import type { Attributes } from '../../domain/vector-stores/store-file.ts'
import type { SearchHit, SearchQuery } from '../search-index.ts'
import { queryTerms } from '../tokens/tokenize.ts'
import type { Corpus } from './corpus.ts'
import { visitChunks } from './frequency-terms.ts'
import { DEFAULT_WEIGHTS, fuse, matchScore } from './fuse.ts'
import type { OpenStore } from './open-stores.ts'
import {
  bestCandidates,
  type Candidate,
  type CorpusStatistics,
  otherChunks,
  type Postings,
  scoreChunks,
  scoresOf,
} from './rank.ts'
import type { StoreFile } from './store-file.ts'

/** Score of the first chunk that fills the list. */
const BEST_FILLER_SCORE = 0.1

/** Different words that a search reads, in all its queries together. Each one costs time; more add little. */
const MAX_WORDS = 256

/** Returns the counts of this store for the queries; searches of several stores add them up. */
export function countStatistics(file: StoreFile, corpus: Corpus, texts: readonly string[]): CorpusStatistics {
  return statisticsOf(corpus, readPostings(file, corpus, wordsOfQueries(corpus, texts)))
}

/** Returns the best chunks of the store. `statistics` are those of all stores of the search; null for this one alone. */
export function searchStore(
  store: OpenStore,
  query: SearchQuery,
  statistics: CorpusStatistics | null,
): SearchHit[] {
  const { file } = store
  const corpus = store.corpus()
  const queries = wordsOfQueries(corpus, query.texts)
  const postings = readPostings(file, corpus, queries)
  const counts = statistics ?? statisticsOf(corpus, postings)
  const allows = allowedChunks(file, corpus, query)
  const best = new Map<number, number>()
  for (const [index, words] of queries.entries()) {
    const lexical = scoreChunks(corpus, words, postings, counts)
    const vector = query.vectors?.[index] ?? null
    const scores =
      vector === null
        ? bestCandidates(corpus, lexical, allows, query.maxResults).map(toMatch)
        : fuse(store, corpus, lexical, vector, allows, query.weights ?? DEFAULT_WEIGHTS)
    for (const { chunk, score } of scores) best.set(chunk, Math.max(score, best.get(chunk) ?? 0))
  }
  const candidates = bestCandidates(corpus, scoresOf(best), () => true, query.maxResults)
  const missing = query.maxResults - candidates.length
  const fillers = otherChunks(corpus, (chunk) => best.has(chunk), allows, missing).map((chunk, rank) => ({
    chunk,
    score: Math.min(BEST_FILLER_SCORE / (rank + 1), candidates.at(-1)?.score ?? 1),
  }))
  return [...candidates, ...fillers]
    .filter(({ score }) => score >= query.scoreThreshold)
    .map((candidate) => readHit(file, corpus, store.storeId, candidate))
}

const toMatch = ({ chunk, score }: Candidate): Candidate => ({ chunk, score: matchScore(score) })

/** Returns the different words of each query, as their stems. The first words of a very long query count. */
function wordsOfQueries(corpus: Corpus, texts: readonly string[]): (readonly string[])[][] {
  const languages = corpus.languages()
  const maxWords = Math.floor(MAX_WORDS / texts.length)
  return texts.map((text) => {
    const words = new Map(queryTerms(text, languages).map((stems) => [stems.join(' '), stems]))
    return [...words.values()].slice(0, maxWords)
  })
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

function allowedChunks(
  file: StoreFile,
  corpus: Corpus,
  { filter, fileId }: SearchQuery,
): (chunk: number) => boolean {
  if (filter === null && fileId === null) return () => true
  const allowed = new Set<number>()
  for (const row of file
    .prepare(fileId === null ? LIVE_FILES : LIVE_FILE)
    .iterate(...(fileId === null ? [] : [fileId]))) {
    const [id, attributes] = row as unknown as [number, string]
    if (filter === null || matches(filter, JSON.parse(attributes) as Attributes)) allowed.add(id)
  }
  return (chunk) => allowed.has(corpus.fileOf(chunk))
}

const LIVE_FILES = 'SELECT id, attributes FROM files WHERE staged_by IS NULL'
const LIVE_FILE = `${LIVE_FILES} AND file_id = ?`

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
