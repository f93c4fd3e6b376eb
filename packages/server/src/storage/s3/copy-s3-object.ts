import { ServiceError } from '../../domain/errors.ts'
import { CHECKSUM_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import { createGeneration } from '../generation.ts'
import type { Digests } from '../running-digests.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import { mapInParallel } from './map-in-parallel.ts'
import {
  factsMetadata,
  findObject,
  fitsInMetadata,
  GENERATION,
  type KnownObject,
  type ObjectFacts,
  publishFacts,
  toMetadata,
} from './object-facts.ts'
import { keyOf } from './object-key.ts'
import { readS3Object } from './read-s3-object.ts'
import type { S3 } from './s3.ts'

/**
 * Largest object that one request copies, and size of the parts of larger ones. S3 copies up to 5 GiB with one request,
 * but a slow server needs longer for that than a request may take.
 */
export const COPIED_PART_BYTES = 1024 ** 3
const PARALLEL_COPIES = 4

/** See `ObjectStorage.copy`. The server copies the bytes. */
export async function copyS3Object(
  s3: S3,
  { name, contentType, checksums = [] }: UploadSpec,
  source: Pick<ObjectMetadata, 'name' | 'generation'>,
): Promise<ObjectMetadata | null> {
  const existing = await findObject(s3, name)
  if (existing !== null) return toMetadata(name, existing)
  const found = await findObject(s3, source.name)
  if (found === null || found.facts.generation !== source.generation) return null
  const missing = CHECKSUM_ALGORITHMS.filter(
    (algorithm) => checksums.includes(algorithm) && found.facts[algorithm] === null,
  )
  const digests = missing.length === 0 ? {} : await digestsOf(s3, source.name, found, missing)
  const facts: ObjectFacts = { ...found.facts, ...digests, ...createGeneration() }
  const isCopied = await copyWithFacts(s3, source.name, { name, contentType, facts })
  return isCopied ? toMetadata(name, { contentType, facts }) : null
}

async function copyWithFacts(
  s3: S3,
  sourceName: string,
  {
    name,
    contentType,
    facts,
  }: { readonly name: string; readonly contentType: string; readonly facts: ObjectFacts },
): Promise<boolean> {
  const metadata = fitsInMetadata(facts) ? factsMetadata(facts) : { [GENERATION]: facts.generation }
  const target = { key: keyOf(name), contentType, metadata, sizeBytes: facts.sizeBytes }
  if (!(await copyBytes(s3, keyOf(sourceName), target))) return false
  if (!fitsInMetadata(facts)) await publishFacts(s3, name, facts)
  return true
}

export interface CopyTarget {
  readonly key: string
  readonly contentType: string
  readonly metadata: Readonly<Record<string, string>>
  readonly sizeBytes: number
}

/** Lets the server copy an object of any size to another key. Returns false when there is no source. */
export async function copyBytes(s3: S3, sourceKey: string, target: CopyTarget): Promise<boolean> {
  const { key, contentType, metadata, sizeBytes } = target
  if (sizeBytes <= COPIED_PART_BYTES) return s3.bucket.copy(sourceKey, key, { contentType, metadata })
  return copyParts(s3, sourceKey, target)
}

async function copyParts(
  { bucket, multipart }: S3,
  from: string,
  { key, contentType, metadata, sizeBytes }: CopyTarget,
): Promise<boolean> {
  const uploadId = await multipart.create(key, contentType, metadata)
  try {
    const starts = Array.from(
      { length: Math.ceil(sizeBytes / COPIED_PART_BYTES) },
      (_, index) => index * COPIED_PART_BYTES,
    )
    const copied = await mapInParallel(PARALLEL_COPIES, starts, (start, index) => {
      const range = { start, end: Math.min(start + COPIED_PART_BYTES, sizeBytes) - 1 }
      return multipart.copyPart(key, uploadId, index + 1, from, range)
    })
    const parts = copied.filter((part) => part !== null)
    if (parts.length < copied.length) {
      await multipart.abort(key, uploadId)
      return false
    }
    const joined = await multipart.complete(key, uploadId, parts)
    // `missing`: an earlier attempt of the request may have been successful.
    if (joined === 'object' || (joined === 'missing' && (await bucket.head(key))?.sizeBytes === sizeBytes))
      return true
    throw new ServiceError('STORAGE_UNAVAILABLE', 'the S3 server does not join the parts of a copy')
  } catch (error) {
    await multipart.abort(key, uploadId).catch(() => {})
    throw error
  }
}

/** Computes digests with one read of the object. */
export async function digestsOf(
  s3: S3,
  name: string,
  object: Pick<KnownObject, 'etag' | 'facts'>,
  algorithms: Parameters<typeof createRunningDigests>[0],
): Promise<Digests> {
  const digests = createRunningDigests(algorithms)
  for await (const bytes of readS3Object(s3, name, object, null)) digests.update(bytes as Buffer)
  return digests.current()
}
