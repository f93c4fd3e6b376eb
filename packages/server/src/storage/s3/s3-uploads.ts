import type { DigestCache } from '../digest-cache.ts'
import type { HostedUploads, UploadWriter } from '../hosted-uploads.ts'
import type { PartAttempts } from '../part-attempts.ts'
import type { UploadSpec } from '../stored-object.ts'
import { assertNewest, type WriterLock, type WriterLocks } from '../writer-locks.ts'
import { endPartUpload } from './end-part-upload.ts'
import { findObject } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { PartRecords } from './part-records.ts'
import type { S3 } from './s3.ts'
import { createS3Writer } from './s3-writer.ts'
import { createUploadBytes } from './upload-bytes.ts'
import {
  createWriterId,
  fenced,
  newRecord,
  type StoredRecord,
  type UploadRecord,
  type UploadRecords,
} from './upload-record.ts'
import { createWriterRecord } from './writer-record.ts'

/** Attempts to replace a record that an older writer changes at the same time. */
const MAX_ATTEMPTS = 5

export interface S3UploadsOptions {
  readonly s3: S3
  readonly records: UploadRecords
  readonly partRecords: PartRecords
  readonly attempts: PartAttempts
  readonly locks: WriterLocks
  readonly digestCache: DigestCache
}

/** Creates uploads whose parts go to multipart uploads, with one writer each in all processes. */
export function createS3Uploads(options: S3UploadsOptions): HostedUploads {
  const { s3, records, partRecords, attempts, locks } = options
  const { bucket, multipart } = s3

  const withLock = async <T>(name: string, work: (lock: WriterLock) => Promise<T>): Promise<T> => {
    const lock = await locks.take(name)
    try {
      return await work(lock)
    } finally {
      lock.end()
    }
  }

  return {
    mode: 'hosted',
    offset: async (name) => {
      await locks.settled(name)
      const stored = await records.load(name)
      if (stored === null) return 0
      const { isSealed, checksums } = stored.record
      return isSealed && (await findObject(s3, name)) !== null ? 0 : checksums.offset
    },
    claim: async (spec) => {
      const lock = await locks.take(spec.name)
      try {
        assertNewest(lock)
        const writer = await claim(options, spec, lock)
        if (writer === null) lock.end()
        return writer
      } catch (error) {
        lock.end()
        throw error
      }
    },
    fence: (spec) =>
      withLock(spec.name, async (lock) => {
        assertNewest(lock)
        return fence(options, spec)
      }),
    cancel: (name) =>
      withLock(name, async () => {
        const stored = await records.load(name)
        if (stored === null) return
        const { uploadId, pieces, partUpload } = stored.record
        if (partUpload !== null) {
          await endPartUpload({ s3, records: partRecords, spec: { name } }, partUpload)
          // Bodies that are still arriving can no longer be stored.
          return attempts.endAllOf(name)
        }
        // From now on, no writer can add bytes.
        await records.remove(name)
        if (uploadId !== null) await multipart.abort(keyOf(name), uploadId)
        await Promise.all(pieces.map(({ key }) => bucket.remove(key)))
      }),
  }
}

async function claim(
  options: S3UploadsOptions,
  spec: UploadSpec,
  lock: WriterLock,
): Promise<UploadWriter | null> {
  const { s3, records, digestCache } = options
  s3.bucket.assertKey(keyOf(spec.name))
  const writerId = createWriterId()
  const stored = await records.load(spec.name)
  if (await isComplete(options, spec.name, stored)) return null
  // Its bytes are parts, or do not come through this service.
  if (stored !== null && !isSequential(stored.record)) throw fenced()
  const { joinsSomeParts } = await s3.features()
  // The record of a new upload is stored with its first part, or at the end of its first request.
  const claimed =
    stored === null
      ? { record: { ...newRecord(s3, spec), writerId }, etag: null }
      : await replaceWriter(options, spec, stored, writerId)
  const { record } = claimed
  const start = joinsSomeParts ? record : { ...record, nextNumber: (record.parts.at(-1)?.number ?? 0) + 1 }
  return createS3Writer({
    s3,
    spec,
    lock,
    digestCache,
    start,
    record: createWriterRecord(records, start, claimed.etag),
    bytes: createUploadBytes({ s3, spec, writerId, joinsSomeParts }, start),
  })
}

/** Ends the writer of the upload. See `HostedUploads.fence`. */
async function fence(options: S3UploadsOptions, spec: UploadSpec): Promise<number | null> {
  const stored = await options.records.load(spec.name)
  if (await isComplete(options, spec.name, stored)) return null
  if (stored !== null && !isSequential(stored.record)) return 0
  // The first writer may be active without a record.
  const isActive = stored === null || stored.record.writerId !== null
  const { record } = isActive ? await replaceWriter(options, spec, stored, null) : stored
  return record.checksums.offset
}

/**
 * Stores another writer in the record, also when the older one stores bytes meanwhile. Throws UPLOAD_FENCED when a newer
 * one has taken over.
 */
async function replaceWriter(
  { s3, records }: S3UploadsOptions,
  spec: UploadSpec,
  found: StoredRecord | null,
  writerId: string | null,
): Promise<StoredRecord> {
  let stored = found
  for (let attempt = 1; ; attempt++) {
    const before = stored?.record ?? newRecord(s3, spec)
    // The writer before may be storing a part with the next number.
    const nextNumber = before.nextNumber + (before.writerId === null ? 0 : 1)
    try {
      return await records.save(
        { ...before, writerId, nextNumber, modifiedAtMs: Date.now() },
        stored?.etag ?? null,
      )
    } catch (error) {
      const current = await records.load(spec.name)
      const isSameWriter = current?.record.writerId === (found?.record.writerId ?? null)
      const canRetry = current !== null && (isSameWriter || current.record.writerId === null)
      if (!canRetry || attempt >= MAX_ATTEMPTS) throw error
      stored = current
    }
  }
}

/** Returns true when the object exists, and removes what is left of its upload. */
async function isComplete(
  { s3, records, partRecords }: S3UploadsOptions,
  name: string,
  stored: StoredRecord | null,
): Promise<boolean> {
  if (stored !== null && !stored.record.isSealed) {
    return false
  }
  if ((await findObject(s3, name)) === null) return false
  if (stored === null) return true
  const { pieces, partUpload } = stored.record
  await Promise.allSettled(pieces.map(({ key }) => s3.bucket.remove(key)))
  if (partUpload === null) await records.remove(name)
  else await endPartUpload({ s3, records: partRecords, spec: { name } }, partUpload)
  return true
}

function isSequential({ directBytes, partUpload }: UploadRecord): boolean {
  return directBytes === null && partUpload === null
}
