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
