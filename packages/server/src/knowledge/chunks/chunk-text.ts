import type { ChunkingStrategy } from '../../domain/vector-stores/store-file.ts'
import type { TextChunk } from '../search-index.ts'
import type { ExtractedText } from '../text-extractor.ts'
import { autoChunks } from './auto-chunks.ts'
import { staticChunks } from './static-chunks.ts'

/**
 * Yields the chunks of a document in order. Without overlaps they are its text, without a gap. A chunk ends between words;
 * only runs of more than 16 characters without a space are cut.
 */
export function chunkText(text: ExtractedText, strategy: ChunkingStrategy): Generator<TextChunk> {
  return strategy.kind === 'static'
    ? staticChunks(text, strategy.maxChunkTokens, strategy.overlapTokens)
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
