import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

/** Smallest part of a text that chunks are made of: a word with the space before it, or a part of a long run. */
export interface TextPiece {
  readonly text: string
  readonly tokens: number
}

/**
 * Longer runs are split before the tokenizer sees them: its time grows with the square of a run. A piece has at most 64
 * tokens, less than the smallest chunk.
 */
const PIECES = /\s{0,16}\S{1,16}|\s{1,16}/gu

/** Pieces whose tokens are remembered: a text repeats its words. */
const MAX_KNOWN_PIECES = 20_000
const known = new Map<string, number>()

/** Splits a text into pieces, which joined are the text. */
export function* textPieces(text: string): Generator<TextPiece> {
  for (const [piece] of text.matchAll(PIECES)) yield { text: piece, tokens: tokensOf(piece) }
}

/** Returns the tokens of a text, as the sum of its pieces. */
export function countTextTokens(text: string): number {
  let tokens = 0
  for (const piece of textPieces(text)) tokens += piece.tokens
  return tokens
}

function tokensOf(piece: string): number {
  const found = known.get(piece)
  if (found !== undefined) return found
  // Control tokens of language models are ordinary text here.
  const tokens = countTokens(piece, { disallowedSpecial: new Set() })
  if (known.size >= MAX_KNOWN_PIECES) known.clear()
  known.set(piece, tokens)
  return tokens
}
