import type { ExtractedText } from '../extracted-text.ts'
import type { TextChunk } from '../search-index.ts'
import { autoChunks } from './auto-chunks.ts'
import { staticChunks } from './static-chunks.ts'

/** Rule by which a document is split. */
export type ChunkingStrategy =
  /** Follows the structure of the document. */
  | { readonly type: 'auto' }
  /** Windows of `maxTokens` (100–4,096), each of which repeats up to `overlapTokens` (at most half of it). */
  | { readonly type: 'static'; readonly maxTokens: number; readonly overlapTokens: number }

/**
 * Yields the chunks of a document in order. Without overlaps they are its text, without a gap. A chunk ends between words;
 * only runs of more than 16 characters without a space are cut.
 */
export function chunkText(text: ExtractedText, strategy: ChunkingStrategy): Generator<TextChunk> {
  return strategy.type === 'static'
    ? staticChunks(text, strategy.maxTokens, strategy.overlapTokens)
    : autoChunks(text)
}

/** Yields the text of the document from its chunks in order, each without what the chunk before has in common. */
export function* withoutOverlaps(
  chunks: Iterable<Pick<TextChunk, 'text' | 'startOffset' | 'endOffset'>>,
): Generator<string> {
  let end = 0
  for (const { text, startOffset, endOffset } of chunks) {
    yield text.slice(Math.max(0, end - startOffset))
    end = Math.max(end, endOffset)
  }
}
