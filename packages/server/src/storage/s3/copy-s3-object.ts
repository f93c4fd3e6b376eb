import { CHECKSUM_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import { createGeneration } from '../generation.ts'
import type { Digests } from '../running-digests.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
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

/** Largest object that one request copies, and size of the parts of larger ones: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MAX_COPY_BYTES = 5 * 1024 ** 3
const COPIED_PART_BYTES = 1024 ** 3

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
  const isCopied = await copyBytes(s3, source.name, { name, contentType, facts })
  return isCopied ? toMetadata(name, { contentType, facts }) : null
}

async function copyBytes(
  s3: S3,
  sourceName: string,
  {
    name,
    contentType,
    facts,
  }: { readonly name: string; readonly contentType: string; readonly facts: ObjectFacts },
): Promise<boolean> {
  const [from, to] = [keyOf(sourceName), keyOf(name)]
  const metadata = fitsInMetadata(facts) ? factsMetadata(facts) : { [GENERATION]: facts.generation }
  if (facts.sizeBytes <= MAX_COPY_BYTES) {
    if (!(await s3.bucket.copy(from, to, { contentType, metadata }))) return false
  } else await copyParts(s3, from, to, { contentType, metadata, sizeBytes: facts.sizeBytes })
  if (!fitsInMetadata(facts)) await publishFacts(s3, name, facts)
  return true
}

async function copyParts(
  { multipart }: S3,
  from: string,
  to: string,
  {
    contentType,
    metadata,
    sizeBytes,
  }: { readonly contentType: string; readonly metadata: Record<string, string>; readonly sizeBytes: number },
): Promise<void> {
  const uploadId = await multipart.create(to, contentType, metadata)
  try {
    const parts = []
    for (let start = 0; start < sizeBytes; start += COPIED_PART_BYTES) {
      const range = { start, end: Math.min(start + COPIED_PART_BYTES, sizeBytes) - 1 }
      parts.push(await multipart.copyPart(to, uploadId, parts.length + 1, from, range))
    }
    await multipart.complete(to, uploadId, parts)
  } catch (error) {
    await multipart.abort(to, uploadId).catch(() => {})
    throw error
  }
}

/** Computes digests with one read of the object. */
export async function digestsOf(
  s3: S3,
  name: string,
  object: KnownObject,
  algorithms: Parameters<typeof createRunningDigests>[0],
): Promise<Digests> {
  const digests = createRunningDigests(algorithms)
  for await (const bytes of readS3Object(s3, name, object, null)) digests.update(bytes as Buffer)
  return digests.current()
}
