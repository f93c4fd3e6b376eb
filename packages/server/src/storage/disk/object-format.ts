import { ServiceError } from '../../domain/errors.ts'
import { crc32c } from '../../platform/crc32c.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import type { Segment } from './upload-log.ts'

/**
 * Magic number of an object file, version 1. The file consists of the last segment of the object, the CRC-32C of each
 * block of the object (32 bits, little-endian), a description in JSON, and a trailer of 16 bytes: the length of the
 * description, the CRC-32C of the checksums and the description, and this magic number.
 */
const MAGIC = 'WAYBILL1'
export const TRAILER_BYTES = 16
const CHECKSUM_BYTES = 4

export interface ObjectDescription {
  readonly metadata: ObjectMetadata
  /** Segments before the last one, each in its own file; nearly always none. */
  readonly earlierSegments: readonly Segment[]
  /** Bytes of the object in this file. */
  readonly lastSegmentBytes: number
  readonly blockBytes: number
  readonly blockCount: number
}

export interface Trailer {
  readonly descriptionBytes: number
  readonly checksum: number
}

/** Returns everything that follows the bytes of the last segment in an object file. */
export function formatFooter(description: ObjectDescription, blocks: readonly number[]): Buffer {
  const table = Buffer.alloc(blocks.length * CHECKSUM_BYTES)
  blocks.forEach((block, index) => {
    table.writeUInt32LE(block, index * CHECKSUM_BYTES)
  })
  const json = Buffer.from(JSON.stringify(description))
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeUInt32LE(json.length, 0)
  trailer.writeUInt32LE(crc32c(json, crc32c(table)), 4)
  trailer.write(MAGIC, 8, 'latin1')
  return Buffer.concat([table, json, trailer])
}

/** Throws OBJECT_DAMAGED when the bytes are not a trailer of this version. */
export function parseTrailer(bytes: Buffer): Trailer {
  const magic = bytes.toString('latin1', 8, TRAILER_BYTES)
  if (magic !== MAGIC) throw damaged('the object file has no trailer of this version')
  return { descriptionBytes: bytes.readUInt32LE(0), checksum: bytes.readUInt32LE(4) }
}

/**
 * Parses the description; those of older versions have no SHA-256.
 * Throws OBJECT_DAMAGED when it is malformed; `verifyFooter` checks that it is unchanged.
 */
export function parseDescription(bytes: Buffer): ObjectDescription {
  try {
    const description: ObjectDescription = JSON.parse(bytes.toString())
    return {
      ...description,
      metadata: { ...description.metadata, sha256: description.metadata.sha256 ?? null },
    }
  } catch (error) {
    throw damaged('the description of the object is damaged', error)
  }
}

function damaged(problem: string, cause?: unknown): ServiceError {
  return new ServiceError('OBJECT_DAMAGED', problem, {}, { cause })
}

export function checksumTableBytes({ blockCount }: ObjectDescription): number {
  return blockCount * CHECKSUM_BYTES
}

/** Throws OBJECT_DAMAGED when the checksum table or the description has changed since it was written. */
export function verifyFooter(table: Buffer, description: Buffer, trailer: Trailer): void {
  if (crc32c(description, crc32c(table)) !== trailer.checksum) {
    throw damaged('the checksums or the description of the object are damaged')
  }
}

export function blockChecksum(table: Buffer, index: number): number {
  return table.readUInt32LE(index * CHECKSUM_BYTES)
}
