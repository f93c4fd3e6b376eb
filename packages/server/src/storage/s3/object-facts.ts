import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { allBlocks, type Checksums, combinedCrc32c } from '../block-checksums.ts'
import { createGeneration } from '../generation.ts'
import type { Digests } from '../running-digests.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import type { BlockLayout } from './block-bounds.ts'
import { keyOf } from './object-key.ts'
import { INTERNAL_FOLDER, type S3 } from './s3.ts'
import type { StoredHead } from './s3-bucket.ts'

/** Facts about an object that S3 does not compute. */
export interface ObjectFacts extends BlockLayout {
  readonly crc32c: string
  /** CRC-32C of each block, which has 1 MiB unless it is the last one of a run. */
  readonly blocks: readonly number[]
  readonly md5: string | null
  readonly sha256: string | null
  readonly generation: string
  readonly createdAtMs: number
}

/** Version of an object and its facts. */
export interface KnownObject {
  readonly etag: string
  readonly contentType: string
  readonly facts: ObjectFacts
  /** Identifies the list of parts that were joined; null for another object. */
  readonly partsDigest: string | null
}

/** Largest number of blocks in the metadata of an object, which S3 limits to 2 KB. */
const MAX_METADATA_BLOCKS = 128
/** Metadata entry of every object of this storage. */
export const GENERATION = 'waybill-generation'
const PARTS_DIGEST = 'waybill-parts'

const Sidecar = v.object({
  name: v.string(),
  sizeBytes: v.number(),
  crc32c: v.string(),
  blocks: v.string(),
  runs: v.nullish(v.array(v.number()), null),
  md5: v.nullable(v.string()),
  sha256: v.nullable(v.string()),
  generation: v.string(),
  createdAtMs: v.number(),
})

/** Returns the facts of a new object. */
export function createFacts(
  checksums: Checksums,
  digests: Digests,
  generation = createGeneration(),
): ObjectFacts {
  return {
    sizeBytes: checksums.offset,
    crc32c: crc32cToBase64(combinedCrc32c(checksums)),
    blocks: allBlocks(checksums),
    runs: null,
    md5: digests.md5 ?? null,
    sha256: digests.sha256 ?? null,
    ...generation,
  }
}

export function toMetadata(
  name: string,
  { contentType, facts }: Pick<KnownObject, 'contentType' | 'facts'>,
): ObjectMetadata {
  const { sizeBytes, crc32c, md5, sha256, generation, createdAtMs } = facts
  return { name, contentType, sizeBytes, crc32c, md5, sha256, generation, createdAtMs }
}

/** Returns true when the facts fit in the metadata of the object. */
export function fitsInMetadata({ blocks, runs }: ObjectFacts): boolean {
  return blocks.length <= MAX_METADATA_BLOCKS && runs === null
}

/** Returns the metadata of an object whose facts are known before its first byte, and fit. */
export function factsMetadata(facts: ObjectFacts): Record<string, string> {
  return {
    [GENERATION]: facts.generation,
    'waybill-created': String(facts.createdAtMs),
    'waybill-crc32c': facts.crc32c,
    'waybill-blocks': blocksToBase64(facts.blocks),
    ...(facts.md5 !== null && { 'waybill-md5': facts.md5 }),
    ...(facts.sha256 !== null && { 'waybill-sha256': facts.sha256 }),
  }
}

/** Returns the metadata of an object whose parts are joined. */
export function joinedMetadata(facts: ObjectFacts, partsDigest: string): Record<string, string> {
  const own = fitsInMetadata(facts) ? factsMetadata(facts) : { [GENERATION]: facts.generation }
  return { ...own, [PARTS_DIGEST]: partsDigest }
}

/**
 * Publishes an object whose facts are not in its metadata, because they were unknown at its first byte: it exists for
 * this service from now on. The facts are in an object of their own.
 */
export async function publishFacts(
  { bucket }: Pick<S3, 'bucket'>,
  name: string,
  facts: ObjectFacts,
): Promise<void> {
  const text = JSON.stringify({ name, ...facts, blocks: blocksToBase64(facts.blocks) })
  await bucket.put(sidecarKey(name), Buffer.from(text), { contentType: 'application/json' })
}

export function removeFacts({ bucket }: Pick<S3, 'bucket'>, name: string): Promise<void> {
  return bucket.remove(sidecarKey(name))
}

/** Returns the object and its facts; null when there is no object, or none that is published. */
export async function findObject(s3: Pick<S3, 'bucket'>, name: string): Promise<KnownObject | null> {
  const head = await s3.bucket.head(keyOf(name))
  if (head === null) return null
  const facts = parseMetadata(head) ?? (await readFacts(s3, name, head))
  const { etag, contentType, metadata } = head
  return facts && { etag, contentType, facts, partsDigest: metadata[PARTS_DIGEST] ?? null }
}

function parseMetadata({ metadata, sizeBytes }: StoredHead): ObjectFacts | null {
  const { [GENERATION]: generation, 'waybill-crc32c': crc32c, 'waybill-blocks': blocks } = metadata
  if (generation === undefined || crc32c === undefined || blocks === undefined) return null
  return {
    sizeBytes,
    crc32c,
    blocks: blocksFromBase64(blocks),
    runs: null,
    md5: metadata['waybill-md5'] ?? null,
    sha256: metadata['waybill-sha256'] ?? null,
    generation,
    createdAtMs: Number(metadata['waybill-created']),
  }
}

/** Returns the published facts of this version of the object. */
async function readFacts(
  { bucket }: Pick<S3, 'bucket'>,
  name: string,
  head: StoredHead,
): Promise<ObjectFacts | null> {
  const stored = await bucket.get(sidecarKey(name))
  if (stored === null) return null
  const { name: _, blocks, ...facts } = v.parse(Sidecar, JSON.parse(stored.bytes.toString()))
  const isSame = facts.sizeBytes === head.sizeBytes && facts.generation === head.metadata[GENERATION]
  return isSame ? { ...facts, blocks: blocksFromBase64(blocks) } : null
}

/** The hash keeps the key short, since a name can take all bytes of a key. */
function sidecarKey(name: string): string {
  return `${INTERNAL_FOLDER}objects/${createHash('sha256').update(name).digest('hex')}`
}

export function blocksToBase64(blocks: readonly number[]): string {
  const bytes = Buffer.alloc(4 * blocks.length)
  for (const [index, block] of blocks.entries()) bytes.writeUInt32BE(block, 4 * index)
  return bytes.toString('base64')
}

export function blocksFromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32BE(4 * index))
}
