import { type S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, hashAlgorithmsOf } from '../../domain/uploads/upload-session.ts'
import { createRunningChecksums, NO_BYTES } from '../block-checksums.ts'
import type { DirectPart, DirectPlan, DirectUpload, DirectUploads, DirectUrl } from '../direct-uploads.ts'
import { findMismatch } from '../find-mismatch.ts'
import { createGeneration } from '../generation.ts'
import { createRunningDigests } from '../running-digests.ts'
import {
  createFacts,
  findObject,
  GENERATION,
  type ObjectFacts,
  publishFacts,
  toMetadata,
} from './object-facts.ts'
import { keyOf } from './object-key.ts'
import { readUnverified } from './read-unverified.ts'
import type { S3 } from './s3.ts'
import { unquoted } from './s3-bucket.ts'
import type { S3Calls } from './s3-calls.ts'
import type { S3Location } from './s3-location.ts'
import { newRecord, type UploadRecord, type UploadRecords } from './upload-record.ts'

const MIB = 1024 * 1024
/** Larger than the parts of hosted uploads, because nobody holds them in memory. */
const MIN_PART_BYTES = 8 * MIB

export interface S3DirectUploadsOptions {
  readonly s3: S3
  readonly records: UploadRecords
  readonly client: S3Client
  readonly location: Pick<S3Location, 'bucket' | 'prefix'>
  readonly calls: S3Calls
}

/** Creates uploads with presigned URLs of UploadPart. */
export function createS3DirectUploads(options: S3DirectUploadsOptions): DirectUploads {
  const { s3, client, location, calls } = options
  const plan = (sizeBytes: number): DirectPlan => {
    const partBytes = Math.max(MIN_PART_BYTES, s3.partBytes)
    return { partBytes, partCount: Math.max(1, Math.ceil(sizeBytes / partBytes)) }
  }

  const urlOf = async (
    { name, uploadId }: UploadRecord,
    number: number,
    sizeBytes: number,
    expiresIn: number,
  ): Promise<DirectUrl> => {
    const command = new UploadPartCommand({
      Bucket: location.bucket,
      Key: location.prefix + keyOf(name),
      UploadId: uploadId ?? '',
      PartNumber: number,
      ContentLength: sizeBytes,
    })
    const signed = { expiresIn, signableHeaders: new Set(['content-length', 'host']) }
    const url = await calls.run('s3:PutObject', () => getSignedUrl(client, command, signed))
    return { number, url, sizeBytes }
  }

  return {
    plan,
    sign: async (upload, numbers, validSeconds) => {
      const { partBytes, partCount } = plan(upload.sizeBytes)
      if (!numbers.every((number) => number >= 1 && number <= partCount)) {
        throw new ServiceError(
          'INVALID_REQUEST',
          `the parts of the upload have the numbers 1 to ${partCount}`,
        )
      }
      const record = await begin(options, upload)
      if (record === null) return null
      return Promise.all(
        numbers.map((number) => urlOf(record, number, sizeOf(upload, partBytes, number), validSeconds)),
      )
    },
    complete: (upload, parts, expected) => complete(options, upload, plan(upload.sizeBytes), parts, expected),
  }
}

function sizeOf({ sizeBytes }: DirectUpload, partBytes: number, number: number): number {
  return Math.min(partBytes, sizeBytes - (number - 1) * partBytes)
}

/** Returns the record of the upload, and begins it when there is none; null when the object is complete. */
async function begin(
  { s3, records }: S3DirectUploadsOptions,
  { spec, sizeBytes }: DirectUpload,
): Promise<UploadRecord | null> {
  const stored = await records.load(spec.name)
  if ((await findObject(s3, spec.name)) !== null) return null
  if (stored !== null) return assertDirect(stored.record)
  const key = keyOf(spec.name)
  const generation = createGeneration()
  const uploadId = await s3.multipart.create(key, spec.contentType, { [GENERATION]: generation.generation })
  const record = { ...newRecord(s3, spec), directBytes: sizeBytes, uploadId, generation }
  try {
    return (await records.save(record, null)).record
  } catch (error) {
    // Another process was first.
    await s3.multipart.abort(key, uploadId).catch(() => {})
    const current = await records.load(spec.name)
    if (current === null) throw error
    return assertDirect(current.record)
  }
}

function assertDirect(record: UploadRecord): UploadRecord {
  if (record.directBytes !== null) return record
  throw new ServiceError('INVALID_REQUEST', 'the upload has bytes already that came through this service')
}

async function complete(
  options: S3DirectUploadsOptions,
  { spec, sizeBytes }: DirectUpload,
  { partBytes, partCount }: DirectPlan,
  named: readonly DirectPart[],
  expected: AnnouncedHashes,
): ReturnType<DirectUploads['complete']> {
  const { s3, records } = options
  const { name, contentType } = spec
  const existing = await findObject(s3, name)
  if (existing !== null) return { kind: 'object', object: toMetadata(name, existing) }
  const stored = await records.load(name)
  const etags = new Map(named.map(({ number, etag }) => [number, unquoted(etag)]))
  const numbers = Array.from({ length: partCount }, (_, index) => index + 1)
  const missing = numbers.filter((number) => !etags.has(number))
  const uploadId = stored?.record.directBytes === null ? null : (stored?.record.uploadId ?? null)
  if (stored === null || uploadId === null || missing.length > 0 || etags.size > partCount) {
    return { kind: 'invalid-parts', partIds: (missing.length > 0 ? missing : numbers).map(String) }
  }
  const key = keyOf(name)
  const found = await s3.multipart.list(key, uploadId)
  // An earlier completion has joined the parts, and was stopped before the object was published.
  if (found !== null) {
    const byNumber = new Map(found.map((part) => [part.number, part]))
    const invalid = numbers.filter((number) => {
      const part = byNumber.get(number)
      const size = Math.min(partBytes, sizeBytes - (number - 1) * partBytes)
      return part === undefined || part.etag !== etags.get(number) || part.sizeBytes !== size
    })
    if (invalid.length > 0) return { kind: 'invalid-parts', partIds: invalid.map(String) }
    const parts = numbers.map((number) => ({ number, etag: etags.get(number) ?? '' }))
    await records.save({ ...stored.record, isSealed: true }, stored.etag)
    const joined = await s3.multipart.complete(key, uploadId, parts)
    if (joined === 'invalid') return { kind: 'invalid-parts', partIds: numbers.map(String) }
  }
  const facts = await describe(options, stored.record, spec, sizeBytes, expected)
  const mismatch = findMismatch(expected, { crc32c: facts.crc32c, ...facts.digests })
  if (mismatch !== null) {
    await s3.bucket.remove(key)
    await records.remove(name)
    return mismatch
  }
  await publishFacts(s3, name, facts.published)
  await records.remove(name)
  return { kind: 'object', object: toMetadata(name, { contentType, facts: facts.published }) }
}

interface Description {
  readonly crc32c: string
  readonly digests: ReturnType<ReturnType<typeof createRunningDigests>['current']>
  readonly published: ObjectFacts
}

/** Reads the joined object once, and returns its facts. */
async function describe(
  { s3 }: S3DirectUploadsOptions,
  { generation }: UploadRecord,
  { name, checksums = [] }: DirectUpload['spec'],
  sizeBytes: number,
  expected: AnnouncedHashes,
): Promise<Description> {
  const head = await s3.bucket.head(keyOf(name))
  const isOurs = head?.metadata[GENERATION] === generation?.generation && head?.sizeBytes === sizeBytes
  if (head === null || generation === null || !isOurs) {
    throw new ServiceError(
      'STORAGE_UNAVAILABLE',
      'the multipart upload is gone, so the upload has to begin again',
    )
  }
  const running = createRunningChecksums(NO_BYTES)
  const digests = createRunningDigests(mergeAlgorithms(checksums, hashAlgorithmsOf(expected)))
  for await (const bytes of readUnverified(s3, keyOf(name), head)) {
    running.update(bytes)
    digests.update(bytes)
  }
  const published = createFacts(running.snapshot(), digests.current(), generation)
  return { crc32c: published.crc32c, digests: digests.current(), published }
}
