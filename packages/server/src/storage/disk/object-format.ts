import { ServiceError } from '../../domain/errors.ts'
import { crc32c } from '../../platform/crc32c.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import type { Segment } from './upload-log.ts'

/**
 * An object's file, version 1: the object's last segment of bytes, then the CRC-32C of each of the object's
 * blocks (32 bits, little-endian), then a description in JSON, then this trailer of 16 bytes: the length of
 * the description, the CRC-32C of the checksums and the description, and the magic with the version.
 */
const MAGIC = 'WAYBILL1'
export const TRAILER_BYTES = 16
const CHECKSUM_BYTES = 4

export interface ObjectDescription {
  readonly metadata: ObjectMetadata
  /** Segments before the last, in files of their own; nearly always none. */
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

/** Everything that follows the bytes in an object's file. */
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

/** Throws OBJECT_DAMAGED when the bytes are no trailer of this version. */
export function parseTrailer(bytes: Buffer): Trailer {
  const magic = bytes.toString('latin1', 8, TRAILER_BYTES)
  if (magic !== MAGIC) throw damaged('the object file does not end as one of this version')
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

/** Throws OBJECT_DAMAGED when the table or the description is not what was written. */
export function verifyFooter(table: Buffer, description: Buffer, trailer: Trailer): void {
  if (crc32c(description, crc32c(table)) !== trailer.checksum) {
    throw damaged('the checksums or the description of the object are damaged')
  }
}

export function blockChecksum(table: Buffer, index: number): number {
  return table.readUInt32LE(index * CHECKSUM_BYTES)
}
