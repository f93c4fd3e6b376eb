import { hash as hashOf } from 'node:crypto'
import { ServiceError } from '../../domain/errors.ts'
import { crc32c } from '../../platform/crc32c.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import type { PartFile } from './part-file.ts'
import type { Segment } from './upload-log.ts'

/**
 * Magic numbers of an object file, by version. Every version ends with a description in JSON and a trailer of 16 bytes:
 * the length of the description, the CRC-32C of the checksums and the description, and the magic number.
 * Version 1 begins with the last segment of the object and the CRC-32C of each block of the object (32 bits,
 * little-endian). Version 2 consists of the description and the trailer: the bytes are in files of version 1.
 */
const MAGIC = { 1: 'WAYBILL1', 2: 'WAYBILL2' } as const
export const TRAILER_BYTES = 16
const CHECKSUM_BYTES = 4

export type ObjectDescription = BlocksDescription | PartsDescription

/** Version 1: one row of blocks. */
export interface BlocksDescription {
  readonly metadata: ObjectMetadata
  /** Segments before the last one, each in its own file; nearly always none. */
  readonly earlierSegments: readonly Segment[]
  /** Bytes of the object in this file. */
  readonly lastSegmentBytes: number
  readonly blockBytes: number
  readonly blockCount: number
}

/** Version 2: parts joined in their order, each with its own blocks. */
export interface PartsDescription {
  readonly metadata: ObjectMetadata
  readonly files: readonly PartFile[]
  /** Identifies the list of parts that was joined, see `listDigest`. */
  readonly partsDigest: string
}

export interface Trailer {
  readonly descriptionBytes: number
  readonly checksum: number
}

/** Returns everything that follows the bytes of the last segment in an object file of version 1. */
export function formatFooter(description: BlocksDescription, blocks: readonly number[]): Buffer {
  const table = Buffer.alloc(blocks.length * CHECKSUM_BYTES)
  blocks.forEach((block, index) => {
    table.writeUInt32LE(block, index * CHECKSUM_BYTES)
  })
  return formatEnd(1, table, description)
}

/** Returns an object file of version 2. */
export function formatPartsObject(description: PartsDescription): Buffer {
  return formatEnd(2, Buffer.alloc(0), description)
}

function formatEnd(version: keyof typeof MAGIC, table: Buffer, description: ObjectDescription): Buffer {
  const json = Buffer.from(JSON.stringify(description))
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeUInt32LE(json.length, 0)
  trailer.writeUInt32LE(crc32c(json, crc32c(table)), 4)
  trailer.write(MAGIC[version], 8, 'latin1')
  return Buffer.concat([table, json, trailer])
}

/** Throws OBJECT_DAMAGED when the bytes are not a trailer of these versions. */
export function parseTrailer(bytes: Buffer): Trailer {
  const magic = bytes.toString('latin1', 8, TRAILER_BYTES)
  if (magic !== MAGIC[1] && magic !== MAGIC[2])
    throw damaged('the object file has no trailer of a known version')
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

export function checksumTableBytes(description: ObjectDescription): number {
  return 'files' in description ? 0 : description.blockCount * CHECKSUM_BYTES
}

/** Returns the SHA-256 of the list of part ids in hex, so that a repeated completion can be told from another one. */
export function listDigest(partIds: readonly string[]): string {
  return hashOf('sha256', JSON.stringify(partIds), 'hex')
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
