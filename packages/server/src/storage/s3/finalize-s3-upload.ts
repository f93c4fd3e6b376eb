import { ServiceError } from '../../domain/errors.ts'
import { type HashAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, hashAlgorithmsOf } from '../../domain/uploads/upload-session.ts'
import { findMismatch } from '../find-mismatch.ts'
import type { Finalized } from '../hosted-uploads.ts'
import { createRunningDigests, type Digests, type RunningDigests } from '../running-digests.ts'
import { digestsOf } from './copy-s3-object.ts'
import {
  createFacts,
  factsMetadata,
  fitsInMetadata,
  GENERATION,
  type ObjectFacts,
  publishFacts,
  toMetadata,
} from './object-facts.ts'
import { keyOf } from './object-key.ts'
import { fenced } from './upload-record.ts'
import { removeUnusedPieces, type S3WriterParts } from './writer-parts.ts'

/** Checksums of all bytes of an upload, and those that were announced. */
interface Content {
  readonly facts: ObjectFacts
  /** Digests; null when this process has not seen all bytes. */
  readonly digests: Digests | null
  readonly algorithms: readonly HashAlgorithm[]
  readonly expected: AnnouncedHashes
}

/**
 * Makes all bytes of the upload an object. An upload without a part is stored with one request, together with its facts;
 * the object of a longer one exists for this service when its facts are published.
 */
export async function finalizeS3Upload(
  parts: S3WriterParts,
  running: RunningDigests | null,
  expected: AnnouncedHashes,
): Promise<Finalized> {
  const { spec, bytes } = parts
  const algorithms = mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected))
  const isKnown = algorithms.every((algorithm) => running?.algorithms.includes(algorithm))
  const digests = isKnown ? (running?.current() ?? {}) : null
  const facts = createFacts(bytes.checksums(), digests ?? {})
  const mismatch = findMismatch(expected, { ...digests, crc32c: facts.crc32c })
  if (mismatch !== null) return mismatch
  const content = { facts, digests, algorithms, expected }
  const isOneRequest = bytes.layout().parts.length === 0 && fitsInMetadata(facts)
  return isOneRequest ? putObject(parts, content) : joinParts(parts, content)
}

async function putObject(
  { s3, spec, record, bytes, ...parts }: S3WriterParts,
  { facts, digests, algorithms, expected }: Content,
): Promise<Finalized> {
  const { name, contentType } = spec
  const body = await bytes.readTail()
  const known = digests ?? digestsIn(body, algorithms)
  const mismatch = findMismatch(expected, known)
  if (mismatch !== null) return mismatch
  const complete = withDigests(facts, known)
  await record.assertOwner()
  const stored = await s3.bucket.put(keyOf(name), body, {
    contentType,
    metadata: factsMetadata(complete),
    condition: { ifNoneMatch: true },
  })
  // The writer that has taken over has completed the upload.
  if (stored === null) throw fenced()
  const { uploadId } = bytes.layout()
  if (uploadId !== null) await s3.multipart.abort(keyOf(name), uploadId)
  await record.remove()
  await removeUnusedPieces({ s3, spec, record, bytes, ...parts })
  return { kind: 'object', object: toMetadata(name, { contentType, facts: complete }), isOwn: true }
}

async function joinParts(parts: S3WriterParts, content: Content): Promise<Finalized> {
  const { s3, spec, record, bytes } = parts
  const { name, contentType } = spec
  const { expected, algorithms } = content
  while (bytes.tailBytes() > 0) await bytes.storePart(Math.min(record.partBytes, bytes.tailBytes()))
  await record.save(bytes.layout(), { isSealed: true })
  const { etag, generation } = await complete(parts, content.facts.sizeBytes)
  const facts = { ...content.facts, ...generation }
  const object = { etag, contentType, facts }
  const digests = content.digests ?? (await digestsOf(s3, name, object, algorithms))
  const mismatch = findMismatch(expected, digests)
  if (mismatch !== null) {
    await s3.bucket.remove(keyOf(name))
    await record.remove()
    return mismatch
  }
  const known = withDigests(facts, digests)
  await publishFacts(s3, name, known)
  await record.remove()
  await removeUnusedPieces(parts)
  // An earlier attempt, also of another process, may have joined the parts.
  return { kind: 'object', object: toMetadata(name, { contentType, facts: known }), isOwn: false }
}

/** Joins the parts, unless an earlier attempt has, and returns the entity tag of the object. */
async function complete({ s3, spec, bytes }: S3WriterParts, sizeBytes: number) {
  const { uploadId, generation, parts } = bytes.layout()
  if (uploadId === null || generation === null) throw new Error('an upload with parts has an id')
  const key = keyOf(spec.name)
  const completed = await s3.multipart.complete(key, uploadId, parts)
  if (completed === 'invalid') {
    throw new ServiceError(
      'STORAGE_UNAVAILABLE',
      'parts of the upload were replaced, so it has to begin again',
    )
  }
  const head = await s3.bucket.head(key)
  if (head?.metadata[GENERATION] === generation.generation && head.sizeBytes === sizeBytes) {
    return { etag: head.etag, generation }
  }
  throw new ServiceError(
    'STORAGE_UNAVAILABLE',
    'the multipart upload is gone, so the upload has to begin again',
  )
}

function withDigests(facts: ObjectFacts, { md5, sha256 }: Digests): ObjectFacts {
  return { ...facts, md5: md5 ?? null, sha256: sha256 ?? null }
}

function digestsIn(bytes: Buffer, algorithms: readonly HashAlgorithm[]): Digests {
  const digests = createRunningDigests(algorithms)
  digests.update(bytes)
  return digests.current()
}
