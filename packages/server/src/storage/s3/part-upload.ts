import { createHash, randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { ServiceError } from '../../domain/errors.ts'
import { MAX_PARTS, type StoredPart } from '../part-uploads.ts'
import type { Digests } from '../running-digests.ts'
import { blocksFromBase64, blocksToBase64 } from './object-facts.ts'

/** Parts of an upload of parts, in its record. */
export interface PartUpload {
  /** Distinguishes this upload from an earlier one of the same name. */
  readonly id: string
  /** Number of parts that were stored, replaced ones included. */
  readonly attempts: number
  /** The parts that count, in the order in which they were stored. */
  readonly stored: readonly RecordedPart[]
  /** The completion that has begun; null before. */
  readonly completion: PartCompletion | null
  /** True when the object exists or the upload was cancelled: only its bytes remain to be removed. */
  readonly isOver: boolean
}

/** Part whose bytes are in consecutive objects, see `partPieceKey`. */
export interface PiecedPart extends StoredPart {
  /** Sizes of the objects. */
  readonly pieces: readonly number[]
  /** CRC-32C of each block, and where the blocks begin. See `ObjectFacts`. */
  readonly blocks: readonly number[]
  readonly runs: readonly number[] | null
}

/** Part that counts, in the record of its upload. */
export interface RecordedPart extends PiecedPart {
  /** Versions of the latest parts that this one has replaced, directly or not. */
  readonly replaced: readonly string[]
}

/** Everything that follows from the decision to join parts, so that any process can finish it. */
export interface PartCompletion {
  /** Multipart uploads of the processes that join the parts. */
  readonly uploadIds: readonly string[]
  /** Versions of the parts in their order. */
  readonly versions: readonly string[]
  readonly partsDigest: string
  readonly md5: string | null
  readonly sha256: string | null
  readonly generation: string
  readonly createdAtMs: number
}

/** Versions that a part remembers: more than one process can replace while another waits for the response to its own. */
const MAX_REMEMBERED = 16
/** Largest number of parts that one upload may store, replaced ones included. */
const MAX_ATTEMPTS = 10 * MAX_PARTS

export const STORED_PART_UPLOAD = v.object({
  id: v.string(),
  attempts: v.number(),
  stored: v.array(
    v.object({
      partId: v.string(),
      version: v.string(),
      sizeBytes: v.number(),
      crc32c: v.string(),
      digests: v.record(v.string(), v.string()),
      storedAtMs: v.number(),
      note: v.exactOptional(v.string()),
      pieces: v.array(v.number()),
      blocks: v.string(),
      runs: v.nullish(v.array(v.number()), null),
      replaced: v.array(v.string()),
    }),
  ),
  completion: v.nullable(
    v.object({
      uploadIds: v.array(v.string()),
      versions: v.array(v.string()),
      partsDigest: v.string(),
      md5: v.nullable(v.string()),
      sha256: v.nullable(v.string()),
      generation: v.string(),
      createdAtMs: v.number(),
    }),
  ),
  isOver: v.boolean(),
})

type StoredPartUpload = v.InferOutput<typeof STORED_PART_UPLOAD>

export function serializePartUpload({ stored, completion, ...upload }: PartUpload): StoredPartUpload {
  return {
    ...upload,
    stored: stored.map(({ blocks, digests, pieces, runs, replaced, ...part }) => ({
      ...part,
      digests: { ...digests },
      pieces: [...pieces],
      blocks: blocksToBase64(blocks),
      runs: runs && [...runs],
      replaced: [...replaced],
    })),
    completion: completion && {
      ...completion,
      uploadIds: [...completion.uploadIds],
      versions: [...completion.versions],
    },
  }
}

export function parsePartUpload({ stored, ...upload }: StoredPartUpload): PartUpload {
  return {
    ...upload,
    stored: stored.map(({ blocks, digests, ...part }) => ({
      ...part,
      digests: digests as Digests,
      blocks: blocksFromBase64(blocks),
    })),
  }
}

/** Returns an upload without parts. */
export function newPartUpload(): PartUpload {
  return { id: randomBytes(8).toString('hex'), attempts: 0, stored: [], completion: null, isOver: false }
}

/** Returns true when parts can be stored. */
export function takesParts({ completion, isOver }: PartUpload): boolean {
  return completion === null && !isOver
}

/** Returns the upload with another part, which replaces the one with its id. Throws INVALID_REQUEST beyond the limits. */
export function withPart(upload: PartUpload, part: PiecedPart): PartUpload {
  assertWithinLimits(upload, part.partId)
  const earlier = upload.stored.find(({ partId }) => partId === part.partId)
  const replaced = earlier === undefined ? [] : [...earlier.replaced, earlier.version].slice(-MAX_REMEMBERED)
  const others = upload.stored.filter((one) => one !== earlier)
  return { ...upload, attempts: upload.attempts + 1, stored: [...others, { ...part, replaced }] }
}

/** Returns true when the part was stored in the upload, also when another one has replaced it since. */
export function wasStored({ stored }: PartUpload, version: string): boolean {
  return stored.some((part) => part.version === version || part.replaced.includes(version))
}

/** Throws INVALID_REQUEST when a part of this id cannot be stored. */
export function assertWithinLimits({ stored, attempts }: PartUpload, partId: string): void {
  if (stored.length >= MAX_PARTS && !stored.some((part) => part.partId === partId)) {
    throw new ServiceError('INVALID_REQUEST', `the upload has ${MAX_PARTS} parts, which is the limit`)
  }
  if (attempts >= MAX_ATTEMPTS) {
    throw new ServiceError('INVALID_REQUEST', 'the upload has too many attempts to store a part')
  }
}

export function describePart(part: PiecedPart & Partial<RecordedPart>): StoredPart {
  const { pieces: _, blocks: _blocks, runs: _runs, replaced: _replaced, ...stored } = part
  return stored
}

/** Returns a text that is the same only for the same list of parts. */
export function digestOfIds(partIds: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(partIds)).digest('hex')
}
