import type { TextChunk } from '../search-index.ts'
import { termScore, termWeight } from '../tokens/bm25.ts'
import type { Language } from '../tokens/languages.ts'
import { countTerms, queryTerms } from '../tokens/tokenize.ts'

/** Longest text that is compared with a question, in UTF-16 units. */
const MAX_RANKED_LENGTH = 8 * 1024 * 1024

interface Counted {
  readonly chunk: TextChunk
  /** Frequencies of the terms of the question. */
  readonly found: ReadonlyMap<string, number>
  readonly length: number
}

/**
 * Returns the chunks that are nearest to the question by their words, best first, with at most `maxBytes` of text in
 * UTF-8; the first one is always returned. Chunks that share no word follow in the order of the document, so that an
 * empty question gives the beginning. Only the first 8 Mi characters of the chunks are read.
 */
export function rankChunks(
  chunks: Iterable<TextChunk>,
  language: Language,
  question: string,
  maxBytes: number,
): TextChunk[] {
  const wanted = new Set(queryTerms(question, [language]).flat())
  const counted = countChunks(chunks, language, wanted)
  const scores = scoresOf(counted, wanted)
  const best = counted.map(({ chunk }, place) => ({ chunk, score: scores[place] ?? 0 }))
  best.sort((one, other) => other.score - one.score || one.chunk.index - other.chunk.index)
  let free = maxBytes
  const chosen: TextChunk[] = []
  for (const { chunk } of best) {
    const bytes = Buffer.byteLength(chunk.text)
    if (bytes > free && chosen.length > 0) continue
    free -= bytes
    chosen.push(chunk)
    if (free <= 0) break
  }
  return chosen
}

function countChunks(
  chunks: Iterable<TextChunk>,
  language: Language,
  wanted: ReadonlySet<string>,
): readonly Counted[] {
  const counted: Counted[] = []
  let readLength = 0
  for (const chunk of chunks) {
    const { terms, length } = countTerms(`${chunk.context}\n${chunk.text}`, language)
    const found = new Map(
      [...wanted].flatMap((term) => (terms.has(term) ? [[term, terms.get(term) ?? 0]] : [])),
    )
    counted.push({ chunk, found, length })
    readLength += chunk.text.length
    if (readLength > MAX_RANKED_LENGTH) break
  }
  return counted
}

function scoresOf(counted: readonly Counted[], wanted: ReadonlySet<string>): readonly number[] {
  const totalLength = counted.reduce((sum, { length }) => sum + length, 0)
  const averageLength = Math.max(1, totalLength / Math.max(1, counted.length))
  const weights = new Map(
    [...wanted].map((term) => {
      const withTerm = counted.filter(({ found }) => found.has(term)).length
      return [term, termWeight(counted.length, withTerm)]
    }),
  )
  return counted.map(({ found, length }) => {
    let score = 0
    for (const [term, frequency] of found)
      score += termScore(weights.get(term) ?? 0, frequency, length, averageLength)
    return score
  })
}
