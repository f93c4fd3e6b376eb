import type { TextChunk } from '../search-index.ts'
import type { ExtractedText } from '../text-extractor.ts'
import { type TextPiece, textPieces } from './text-pieces.ts'

interface PlacedPiece extends TextPiece {
  readonly offset: number
  readonly page: number | null
}

/** Yields windows of at most `maxTokens`. Each one repeats the last words of the one before, up to `overlapTokens`. */
export function* staticChunks(
  text: ExtractedText,
  maxTokens: number,
  overlapTokens: number,
): Generator<TextChunk> {
  let window: PlacedPiece[] = []
  let tokens = 0
  let index = 0
  for (const piece of placedPieces(text)) {
    if (window.length > 0 && tokens + piece.tokens > maxTokens) {
      yield chunkOf(index++, window, tokens)
      window = lastPieces(window, Math.min(overlapTokens, maxTokens - piece.tokens))
      tokens = sumTokens(window)
    }
    window.push(piece)
    tokens += piece.tokens
  }
  if (window.length > 0) yield chunkOf(index, window, tokens)
}

function* placedPieces({ parts }: ExtractedText): Generator<PlacedPiece> {
  let offset = 0
  for (const { text, page } of parts) {
    for (const piece of textPieces(text)) {
      yield { ...piece, offset, page }
      offset += piece.text.length
    }
  }
}

/** Returns the pieces at the end that have at most `maxTokens` together. */
function lastPieces(pieces: readonly PlacedPiece[], maxTokens: number): PlacedPiece[] {
  let start = pieces.length
  for (let tokens = 0; start > 0; start--) {
    tokens += pieces[start - 1]?.tokens ?? 0
    if (tokens > maxTokens) break
  }
  return pieces.slice(start)
}

const sumTokens = (pieces: readonly TextPiece[]): number =>
  pieces.reduce((sum, { tokens }) => sum + tokens, 0)

function chunkOf(index: number, pieces: readonly PlacedPiece[], tokenCount: number): TextChunk {
  const text = pieces.map((piece) => piece.text).join('')
  const startOffset = pieces[0]?.offset ?? 0
  const page = pieces[0]?.page ?? null
  return { index, text, context: '', page, startOffset, endOffset: startOffset + text.length, tokenCount }
}
