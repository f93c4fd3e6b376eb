import { ServiceError } from '../../domain/errors.ts'
import { createDigestCache } from '../digest-cache.ts'
import type { HostedStorage } from '../object-storage.ts'
import { createPartAttempts } from '../part-attempts.ts'
import { CALL_LIMITS, type CallLimits } from '../provider-calls.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { createWriterLocks } from '../writer-locks.ts'
import { copyS3Object } from './copy-s3-object.ts'
import { createInternalTexts } from './internal-texts.ts'
import { findObject, toMetadata } from './object-facts.ts'
import { createPartRecords } from './part-records.ts'
import { readS3Object } from './read-s3-object.ts'
import { removeS3Object } from './remove-s3-object.ts'
import type { S3, S3Features } from './s3.ts'
import { createS3Bucket } from './s3-bucket.ts'
import { createS3Calls } from './s3-calls.ts'
import { createS3Client } from './s3-client.ts'
import { createS3DirectUploads } from './s3-direct-uploads.ts'
import { createS3Downloads } from './s3-downloads.ts'
import { findFeatures } from './s3-features.ts'
import { createS3Inventory } from './s3-inventory.ts'
import type { S3Location } from './s3-location.ts'
import { createS3Multipart } from './s3-multipart.ts'
import { createS3Parts } from './s3-parts.ts'
import { S3Problem } from './s3-problem.ts'
import { createS3Uploads } from './s3-uploads.ts'
import { createUploadRecords } from './upload-record.ts'

export interface S3StorageOptions {
  readonly limits?: Partial<CallLimits>
  /** Memory for bytes of unfinished parts; more are stored as objects of their own. */
  readonly memoryBytes?: number
  /** True when other processes use the same bucket at the same time. */
  readonly isShared?: boolean
}

/** Text that marks a bucket as the storage that was opened. */
const FORMAT = 'format'
const FORMAT_TEXT = 'waybill s3 1'
/** Limits of calls that move a part or join parts. */
const SLOW_LIMITS = { attemptMs: 60_000, deadlineMs: 180_000 }
const MEMORY_BYTES = 256 * 1024 * 1024
const MIB = 1024 * 1024
/** Smallest part that S3 allows, except for the last one. */
const MIN_PART_BYTES = 5 * MIB
/** Parts of the largest file; the rest of the 10,000 is for parts that are stored again. */
const PLANNED_PARTS = 9000

/**
 * Opens a bucket of an S3 server. Throws when the bucket or the credentials are configured incorrectly, or when the
 * server lacks what several processes need, but not on a transient error: the service can start while the server is
 * unreachable.
 */
export async function openS3Storage(
  location: S3Location,
  maxFileBytes: number,
  budget: BodyBudget,
  options: S3StorageOptions = {},
): Promise<HostedStorage> {
  const limits = { ...CALL_LIMITS, ...options.limits }
  const calls = createS3Calls(location.bucket, limits, { ...limits, ...SLOW_LIMITS, ...options.limits })
  const client = createS3Client(location)
  const { bucket: bucketName, prefix } = location
  const closing = new AbortController()
  const bucket = createS3Bucket(client, bucketName, prefix, calls)
  const multipart = createS3Multipart(client, bucketName, prefix, calls)
  const s3: S3 = {
    bucket,
    multipart,
    features: onceDone(() => findFeatures({ bucket, multipart })),
    partBytes: Math.max(MIN_PART_BYTES, Math.ceil(maxFileBytes / PLANNED_PARTS / MIB) * MIB),
    budget,
    memory: { heldBytes: 0, limitBytes: options.memoryBytes ?? MEMORY_BYTES },
    closing: closing.signal,
  }
  const texts = createInternalTexts(s3)
  await examine(s3, texts.readOrCreate(FORMAT, FORMAT_TEXT), options.isShared ?? false)
  const locks = createWriterLocks()
  const records = createUploadRecords(s3)
  const partRecords = createPartRecords(records)
  const attempts = createPartAttempts()
  const digestCache = createDigestCache()
  const uploads = createS3Uploads({ s3, records, partRecords, attempts, locks, digestCache })
  const isInUse = (name: string) => locks.isTaken(name) || attempts.isActive(name)

  return {
    kind: 's3',
    isExclusive: false,
    readsAreFree: false,
    uploads,
    parts: createS3Parts({ s3, records: partRecords, locks, attempts }),
    directUploads: location.isDirect ? createS3DirectUploads({ s3, records, client, location, calls }) : null,
    downloads: location.isDirect ? createS3Downloads(client, location, calls) : null,
    stat: async (name) => {
      const found = await findObject(s3, name)
      return found && toMetadata(name, found)
    },
    read: async (name, range, generation) => {
      const found = await findObject(s3, name)
      if (found === null || (generation ?? found.facts.generation) !== found.facts.generation) {
        throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
      }
      return readS3Object(s3, name, found, range ?? null)
    },
    write: (spec, body, maxBytes, room) => writeObject(uploads, spec, body, maxBytes, room),
    copy: (spec, source) => copyS3Object(s3, spec, source),
    remove: (name, generation) => removeS3Object(s3, name, generation ?? null),
    inventory: createS3Inventory(s3, records, texts, isInUse),
    roomBytes: async () => null,
    check: () => texts.check(FORMAT),
    close: async () => {
      await Promise.all([locks.endAll(), attempts.endAll()])
      closing.abort()
      client.destroy()
    },
  }
}

/** Checks what the storage needs, unless the server is unreachable. */
async function examine(s3: S3, format: Promise<string>, isShared: boolean): Promise<void> {
  let features: S3Features
  try {
    const found = await format
    if (found !== FORMAT_TEXT)
      throw new Error(`the bucket has the format "${found}", which this program cannot read`)
    features = await s3.features()
  } catch (error) {
    if (isTransient(error)) return
    throw error
  }
  if (isShared && (features.ifMatch === null || !features.createsOnce)) {
    throw new Error(
      'this S3 server has no conditional writes, which several processes need: use SQLite and one process, or another server',
    )
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof ServiceError && error.cause instanceof S3Problem && error.cause.isTransient
}

/** Returns a function that runs `work` until it succeeds, and then returns that result. */
function onceDone<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null
  return () => {
    running ??= work().catch((error) => {
      running = null
      throw error
    })
    return running
  }
}
