import { createOverlapCutter } from '../../knowledge/chunks/without-overlaps.ts'
import type { TextChunk } from '../../knowledge/search-index.ts'
import type { ExtractedText } from '../../knowledge/text-extractor.ts'
import type { Context } from '../context.ts'
import { BYTES_PER_TOKEN, estimateTokens } from './estimate-tokens.ts'

/** Part of a long file. */
export type Passage = Pick<TextChunk, 'text' | 'startOffset' | 'endOffset'>

/**
 * Part of a text that stays when it is too long: `beginning`, or `relevant` for the passages that are near to the
 * question.
 */
export type Excess = 'beginning' | 'relevant'

/** Text of a file that shares the space for files with others. A long one holds no more than the space. */
export type FileText =
  | { readonly kind: 'complete'; readonly extracted: ExtractedText; readonly excess: Excess }
  /** Passages of a text that is longer than the space, best first. */
  | { readonly kind: 'long'; readonly passages: readonly Passage[] }

export interface FittedText {
  readonly text: string
  readonly isTruncated: boolean
}

export interface Space {
  readonly question: string
  readonly maxTokens: number
}

const GAP = '\n[…]\n'

/** Fits texts into the space together: complete when all fit, otherwise each gets an equal share. */
export async function fitFileTexts(
  context: Pick<Context, 'knowledge'>,
  texts: readonly FileText[],
  { question, maxTokens }: Space,
  signal: AbortSignal,
): Promise<readonly FittedText[]> {
  const complete = texts.map((text) => (text.kind === 'complete' ? textOf(text.extracted) : null))
  const tokens = complete.map((text) => (text === null ? Infinity : estimateTokens(text)))
  const sum = tokens.reduce((total, count) => total + count, 0)
  const share = sum <= maxTokens ? maxTokens : Math.floor(maxTokens / texts.length)
  const fitted: FittedText[] = []
  for (const [index, file] of texts.entries()) {
    const text = complete[index] ?? null
    if (text !== null && (tokens[index] ?? Infinity) <= share) fitted.push({ text, isTruncated: false })
    else {
      const space = { question, maxTokens: share }
      const passages = file.kind === 'long' ? file.passages : await passagesOf(context, file, space, signal)
      fitted.push({ text: joinPassages(passages, share), isTruncated: true })
    }
  }
  return fitted
}

/** Returns the passages of a text that count, best first, with about as many tokens as there is space. */
export async function passagesOf(
  { knowledge }: Pick<Context, 'knowledge'>,
  { extracted, excess }: { readonly extracted: ExtractedText; readonly excess: Excess },
  { question, maxTokens }: Space,
  signal: AbortSignal,
): Promise<readonly Passage[]> {
  const maxBytes = maxTokens * BYTES_PER_TOKEN
  if (excess === 'relevant')
    return knowledge.chunker.findRelevant(extracted, { text: question, maxBytes }, signal)
  let text = ''
  for (const part of extracted.parts) {
    if (text.length >= maxBytes) break
    text += part.text
  }
  const start = beginning(text, maxTokens)
  return [{ text: start, startOffset: 0, endOffset: start.length }]
}

export function textOf({ parts }: ExtractedText): string {
  return parts.map(({ text }) => text).join('')
}

/** Returns the beginning of a text, which ends with a complete character. */
function beginning(text: string, maxTokens: number): string {
  const bytes = Buffer.from(text).subarray(0, maxTokens * BYTES_PER_TOKEN)
  return bytes.toString('utf8').replace(/\ufffd$/, '')
}

/** Returns the best passages that fit, in the order of the document; the beginning of the best one when none fits. */
function joinPassages(passages: readonly Passage[], maxTokens: number): string {
  const chosen: Passage[] = []
  let free = maxTokens
  for (const passage of passages) {
    const tokens = estimateTokens(passage.text + GAP)
    if (tokens > free) continue
    free -= tokens
    chosen.push(passage)
  }
  const [best] = passages
  if (chosen.length === 0) return best === undefined ? '' : beginning(best.text, maxTokens)
  const cut = createOverlapCutter()
  let end = 0
  let text = ''
  for (const passage of chosen.toSorted((one, other) => one.startOffset - other.startOffset)) {
    if (text !== '' && passage.startOffset > end) text += GAP
    text += cut(passage)
    end = Math.max(end, passage.endOffset)
  }
  return text
}
