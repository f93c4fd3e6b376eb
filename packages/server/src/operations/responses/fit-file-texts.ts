import { setImmediate } from 'node:timers/promises'
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
      fitted.push({ text: await relevant(chunks, question, share), isTruncated: true })
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

/** Chunks that are read before other work of the process gets its turn. */
const CHUNKS_AT_ONCE = 200

function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.toLowerCase().matchAll(WORDS)) yield word
}

/** Returns how often each word of the question stands in each chunk. */
async function countWords(
  chunks: readonly TextChunk[],
  question: string,
): Promise<readonly ReadonlyMap<string, number>[]> {
  const wanted = new Set(wordsOf(question))
  const counts: Map<string, number>[] = []
  for (const [index, { text }] of chunks.entries()) {
    if (index % CHUNKS_AT_ONCE === 0) await setImmediate()
    const count = new Map<string, number>()
    for (const word of wordsOf(text)) if (wanted.has(word)) count.set(word, (count.get(word) ?? 0) + 1)
    counts.push(count)
  }
  return counts
}

/** Returns the chunks that share the most and the rarest words with the question, in the order of the document. */
async function relevant(chunks: readonly TextChunk[], question: string, maxTokens: number): Promise<string> {
  const counts = await countWords(chunks, question)
  const found = new Map<string, number>()
  for (const count of counts) for (const word of count.keys()) found.set(word, (found.get(word) ?? 0) + 1)
  const scored = chunks.map((chunk, index) => {
    let score = 0
    for (const [word, count] of counts[index] ?? []) {
      score += Math.log(1 + chunks.length / (1 + (found.get(word) ?? 0))) * (count / (count + 1))
    }
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
