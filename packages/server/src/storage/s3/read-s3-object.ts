import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { crc32c } from '../../platform/crc32c.ts'
import { BLOCK_BYTES } from '../block-checksums.ts'
import type { ByteRange } from '../stored-object.ts'
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
export function readS3Object(s3: S3, name: string, object: KnownObject, range: ByteRange | null): Readable {
  const { sizeBytes } = object.facts
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 }
  const bytes = verifiedBytes(s3, name, object, { start, end: Math.min(end, sizeBytes - 1) })
  return Readable.from(bytes, { objectMode: false, highWaterMark: 2 * BLOCK_BYTES })
}

async function* verifiedBytes(
  s3: S3,
  name: string,
  { etag, facts }: KnownObject,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  let block = Math.floor(start / BLOCK_BYTES)
  const lastBlock = Math.floor(end / BLOCK_BYTES)
  let fruitless = 0
  while (start <= end && block <= lastBlock) {
    const from = {
      start: block * BLOCK_BYTES,
      end: Math.min((lastBlock + 1) * BLOCK_BYTES, facts.sizeBytes) - 1,
    }
    const source = await s3.bucket.open(keyOf(name), etag, from)
    if (source === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
    const before = block
    for await (const bytes of completeBlocks(s3, source, from.end - from.start + 1)) {
      if (crc32c(bytes) !== facts.blocks[block]) {
        throw new ServiceError('OBJECT_DAMAGED', `block ${block} of the object does not match its checksum`)
      }
      const blockStart = block * BLOCK_BYTES
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
 * Yields the complete blocks of a response, and the incomplete last one. Ends early when the connection is lost. Each block
 * has memory of its own, which the reader may release.
 */
async function* completeBlocks(s3: S3, source: Readable, expectedBytes: number): AsyncGenerator<Buffer> {
  let missingBytes = expectedBytes
  let block = allocateBlock(missingBytes)
  let filledBytes = 0
  for await (const chunk of untilCut(s3, source)) {
    for (let position = 0; position < chunk.length && missingBytes > 0; ) {
      const copiedBytes = chunk.copy(block, filledBytes, position)
      position += copiedBytes
      filledBytes += copiedBytes
      if (filledBytes < block.length) continue
      missingBytes -= filledBytes
      yield block
      block = allocateBlock(missingBytes)
      filledBytes = 0
    }
  }
}

const allocateBlock = (missingBytes: number) => Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, missingBytes))
