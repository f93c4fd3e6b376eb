import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { crc32c } from '../../platform/crc32c.ts'
import { BLOCK_BYTES } from '../block-checksums.ts'
import type { ByteRange } from '../stored-object.ts'
import { blockAt, blockBounds } from './block-bounds.ts'
import type { KnownObject } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import { untilCut } from './read-unverified.ts'
import type { S3 } from './s3.ts'

/** Consecutive requests for the rest of the bytes that may end without a complete block. */
const MAX_FRUITLESS_REQUESTS = 3

/**
 * Streams the bytes of a range, or of the complete object. Verifies each block before it delivers a byte of it; a
 * damaged block ends the stream with OBJECT_DAMAGED. Requests the rest when the connection is lost.
 */
export function readS3Object(
  s3: S3,
  name: string,
  object: Pick<KnownObject, 'etag' | 'facts'>,
  range: ByteRange | null,
): Readable {
  const { sizeBytes } = object.facts
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 }
  const bytes = verifiedBytes(s3, name, object, { start, end: Math.min(end, sizeBytes - 1) })
  return Readable.from(bytes, { objectMode: false, highWaterMark: 2 * BLOCK_BYTES })
}

async function* verifiedBytes(
  s3: S3,
  name: string,
  { etag, facts }: Pick<KnownObject, 'etag' | 'facts'>,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  const bounds = blockBounds(facts)
  const boundAt = (index: number) => bounds[index] ?? facts.sizeBytes
  const afterLast = blockAt(bounds, end) + 1
  let block = blockAt(bounds, start)
  let fruitless = 0
  while (start <= end && block < afterLast) {
    const from = { start: boundAt(block), end: boundAt(afterLast) - 1 }
    const source = await s3.bucket.open(keyOf(name), etag, from)
    if (source === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
    const before = block
    for await (const bytes of completeBlocks(s3, source, bounds.slice(block, afterLast + 1))) {
      if (crc32c(bytes) !== facts.blocks[block]) {
        throw new ServiceError('OBJECT_DAMAGED', `block ${block} of the object does not match its checksum`)
      }
      const blockStart = boundAt(block)
      block++
      yield bytes.subarray(Math.max(0, start - blockStart), Math.min(bytes.length, end + 1 - blockStart))
    }
    fruitless = block > before ? 0 : fruitless + 1
    if (fruitless >= MAX_FRUITLESS_REQUESTS) {
      throw new ServiceError('STORAGE_UNAVAILABLE', 'the storage ends its responses before their end')
    }
  }
}

/**
 * Yields the complete blocks of a response, which are between the bounds. Ends early when the connection is lost. Each
 * block has memory of its own, which the reader may release.
 */
async function* completeBlocks(s3: S3, source: Readable, bounds: readonly number[]): AsyncGenerator<Buffer> {
  const sizes = bounds.slice(1).map((bound, index) => bound - (bounds[index] ?? 0))
  let next = 0
  let block = Buffer.allocUnsafeSlow(sizes[next++] ?? 0)
  let filledBytes = 0
  for await (const chunk of untilCut(s3, source)) {
    for (let position = 0; position < chunk.length && block.length > 0; ) {
      const copiedBytes = chunk.copy(block, filledBytes, position)
      position += copiedBytes
      filledBytes += copiedBytes
      if (filledBytes < block.length) continue
      yield block
      block = Buffer.allocUnsafeSlow(sizes[next++] ?? 0)
      filledBytes = 0
    }
  }
}
