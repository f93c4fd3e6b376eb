import { allBlocks, BLOCK_BYTES, type Checksums } from '../block-checksums.ts'
import { createGeneration } from '../generation.ts'
import type { Digests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'
import { type BlocksDescription, formatFooter } from './object-format.ts'

export interface NewObject {
  readonly spec: Pick<UploadSpec, 'name' | 'contentType'>
  /** Checksums of all bytes. */
  readonly checksums: Checksums
  readonly crc32c: string
  readonly digests: Digests
}

/** Where the bytes are. */
type Place = Pick<BlocksDescription, 'earlierSegments' | 'lastSegmentBytes'>

/** Returns the description of a new object with a generation of its own, and the footer of its last segment. */
export function describeBlocks(
  { spec: { name, contentType }, checksums, crc32c, digests }: NewObject,
  place: Place,
): { readonly description: BlocksDescription; readonly footer: Buffer } {
  const { md5 = null, sha256 = null } = digests
  const blocks = allBlocks(checksums)
  const metadata = {
    ...{ name, sizeBytes: checksums.offset, contentType, crc32c, md5, sha256 },
    ...createGeneration(),
  }
  const description = { metadata, ...place, blockBytes: BLOCK_BYTES, blockCount: blocks.length }
  return { description, footer: formatFooter(description, blocks) }
}
