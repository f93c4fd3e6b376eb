import type { TextChunk } from '../../knowledge/search-index.ts'
import type { ExtractedText } from '../../knowledge/text-extractor.ts'
import type { Context } from '../context.ts'
import { estimateTokens } from './estimate-tokens.ts'

/** Text of a file that shares the space for files with others. */
export interface BoundedText {
  readonly extracted: ExtractedText
  /** `cut` keeps the beginning of a text that is too long; `relevant` keeps the passages that are near to the question. */
  readonly excess: 'cut' | 'relevant'
}

export interface FittedText {
  readonly text: string
  readonly isTruncated: boolean
}

const BYTES_PER_TOKEN = 4
const GAP = '\n[…]\n'

/** Fits texts into `maxTokens` together: complete when all fit, otherwise each gets an equal share. */
export async function fitFileTexts(
  { knowledge }: Pick<Context, 'knowledge'>,
  texts: readonly BoundedText[],
  { question, maxTokens }: { readonly question: string; readonly maxTokens: number },
  signal: AbortSignal,
): Promise<readonly FittedText[]> {
  const complete = texts.map(({ extracted }) => textOf(extracted))
  const tokens = complete.map(estimateTokens)
  if (tokens.reduce((sum, count) => sum + count, 0) <= maxTokens) {
    return complete.map((text) => ({ text, isTruncated: false }))
  }
  const share = Math.floor(maxTokens / texts.length)
  const fitted: FittedText[] = []
  for (const [index, { extracted, excess }] of texts.entries()) {
    const text = complete[index] ?? ''
    if ((tokens[index] ?? 0) <= share) fitted.push({ text, isTruncated: false })
    else if (excess === 'cut') fitted.push({ text: beginning(text, share), isTruncated: true })
    else {
      const { chunks } = await knowledge.chunker.split(
        extracted,
        { kind: 'static', maxChunkTokens: 200, overlapTokens: 0 },
        signal,
      )
      fitted.push({ text: relevant(chunks, question, share), isTruncated: true })
    }
  }
  return fitted
}

export function textOf({ parts }: ExtractedText): string {
  return parts.map(({ text }) => text).join('')
}

/** Returns the beginning of a text, which ends with a complete character. */
function beginning(text: string, maxTokens: number): string {
  const bytes = Buffer.from(text).subarray(0, maxTokens * BYTES_PER_TOKEN)
  return bytes.toString('utf8').replace(/\ufffd$/, '')
}

const WORDS = /[\p{L}\p{M}\p{N}]+/gu

function countWords(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(WORDS)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** Returns the chunks that share the most and the rarest words with the question, in the order of the document. */
function relevant(chunks: readonly TextChunk[], question: string, maxTokens: number): string {
  const terms = [...countWords(question).keys()]
  const counts = chunks.map(({ text }) => countWords(text))
  const weights = terms.map((term) => {
    const found = counts.filter((count) => count.has(term)).length
    return Math.log(1 + chunks.length / (1 + found))
  })
  const scored = chunks.map((chunk, index) => {
    const score = terms.reduce((sum, term, position) => {
      const count = counts[index]?.get(term) ?? 0
      return sum + (weights[position] ?? 0) * (count / (count + 1))
    }, 0)
    return { chunk, score }
  })
  const best = scored.toSorted((a, b) => b.score - a.score || a.chunk.index - b.chunk.index)
  const chosen: TextChunk[] = []
  let free = maxTokens
  for (const { chunk } of best) {
    const tokens = estimateTokens(chunk.text + GAP)
    if (tokens > free) continue
    free -= tokens
    chosen.push(chunk)
  }
  return chosen
    .toSorted((a, b) => a.index - b.index)
    .map(({ text }) => text)
    .join(GAP)
}
