import { invalidValue } from '../invalid-value.ts'
import { readInteger, readObject, readOneOf } from '../read-values.ts'
import type { ChunkingStrategy } from './store-file.ts'

const MIN_CHUNK_TOKENS = 100
const MAX_CHUNK_TOKENS = 4096

/** Chunk sizes of `auto`, as its answers show them. */
export const AUTO_CHUNKING = { maxChunkTokens: 800, overlapTokens: 400 } as const

/**
 * Returns the strategy of `{"type":"auto"}` or `{"type":"static","static":{"max_chunk_size_tokens":800,
 * "chunk_overlap_tokens":400}}`. Throws VALIDATION_ERROR.
 */
export function parseChunking(value: unknown, path: string): ChunkingStrategy {
  const strategy = readObject(value, path)
  const kind = readOneOf(strategy.type, `${path}.type`, ['auto', 'static'])
  if (kind === 'auto') return { kind }
  const at = `${path}.static`
  const sizes = readObject(strategy.static, at)
  const maxChunkTokens = readInteger(
    sizes.max_chunk_size_tokens,
    `${at}.max_chunk_size_tokens`,
    MIN_CHUNK_TOKENS,
    MAX_CHUNK_TOKENS,
  )
  const overlapPath = `${at}.chunk_overlap_tokens`
  const overlapTokens = readInteger(sizes.chunk_overlap_tokens, overlapPath, 0, MAX_CHUNK_TOKENS)
  if (overlapTokens > maxChunkTokens / 2)
    throw invalidValue(
      overlapPath,
      'above_maximum',
      'must be at most half of max_chunk_size_tokens',
      overlapTokens,
    )
  return { kind, maxChunkTokens, overlapTokens }
}
