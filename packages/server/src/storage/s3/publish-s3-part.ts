import { ServiceError } from '../../domain/errors.ts'
import type { PartLimits, PartLinked, PartSpec, PartWritten } from '../part-uploads.ts'
import { findObject } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { PartRecords } from './part-records.ts'
import {
  assertWithinLimits,
  describePart,
  newPartUpload,
  type PartUpload,
  type PiecedPart,
  takesParts,
  wasStored,
  withPart,
} from './part-upload.ts'
import type { S3 } from './s3.ts'
import { newRecord, partPieceKey, type UploadRecord } from './upload-record.ts'

export interface PartTarget {
  readonly s3: S3
  readonly records: PartRecords
  readonly spec: PartSpec
}

/**
 * Returns the id of the upload, which begins with its first part; null when it takes no parts any more. Throws
 * INVALID_REQUEST for a sequential upload with bytes, and beyond the limits.
 */
export async function beginPart(target: PartTarget): Promise<string | null> {
  const { s3, records, spec } = target
  s3.bucket.assertKey(keyOf(spec.name))
  const known = (await records.peek(spec.name))?.partUpload ?? (await beginUpload(target))
  if (known === null || !takesParts(known)) return null
  assertWithinLimits(known, spec.partId)
  return known.id
}

/** Stores the record of a new upload, unless there is one already. Returns null when the object is complete. */
async function beginUpload({ s3, records, spec }: PartTarget): Promise<PartUpload | null> {
  const { name } = spec
  const own = newPartUpload()
  let replaced = null as UploadRecord | null
  const record = await records.update(name, (current) => {
    if (current !== null && current.partUpload !== null) return null
    assertWithoutBytes(current)
    replaced = current
    return { ...newRecord(s3, { name, contentType: 'application/octet-stream' }), partUpload: own }
  })
  const emptyUploadId = replaced?.uploadId ?? null
  if (emptyUploadId !== null) await s3.multipart.abort(keyOf(name), emptyUploadId)
  // The object after the record: a completion creates the object before it removes its record.
  if ((await findObject(s3, name)) === null) return record?.partUpload ?? null
  if (record?.partUpload?.id === own.id) await records.remove(name)
  return null
}

function assertWithoutBytes(record: UploadRecord | null): void {
  if (record === null || (record.directBytes === null && record.checksums.offset === 0)) return
  throw new ServiceError('INVALID_REQUEST', 'the upload has bytes already that are not parts')
}

/** Makes a part whose pieces are stored one of the upload, durable. Then removes the part that it replaces. */
export async function publishPart(
  { s3, records, spec: { name } }: PartTarget,
  uploadId: string,
  part: PiecedPart,
  accepts: PartLimits['accepts'] = () => true,
): Promise<PartLinked | Extract<PartWritten, { kind: 'not-accepted' }>> {
  let outcome = 'closed' as 'part' | 'closed' | 'not-accepted'
  let replaced = undefined as PiecedPart | undefined
  await records.update(name, (record) => {
    const upload = record?.partUpload ?? null
    outcome = 'closed'
    if (record === null || upload?.id !== uploadId) return null
    // The response to an earlier attempt to store the record was lost. Meanwhile, others may have replaced or joined the part.
    if (wasStored(upload, part.version)) {
      outcome = 'part'
      return null
    }
    if (!takesParts(upload)) return null
    const others = upload.stored.filter(({ partId }) => partId !== part.partId)
    outcome = accepts(others, part) ? 'part' : 'not-accepted'
    if (outcome !== 'part') return null
    replaced = upload.stored.find(({ partId }) => partId === part.partId)
    return { ...record, partUpload: withPart(upload, part) }
  })
  if (outcome !== 'part') return { kind: outcome }
  if (replaced !== undefined) await removePieces(s3, name, uploadId, replaced)
  return { kind: 'part', part: describePart(part), replacedBytes: replaced?.sizeBytes ?? 0 }
}

/** Errors do not matter: the pieces are removed with the upload. */
async function removePieces(
  { bucket }: S3,
  name: string,
  uploadId: string,
  { version, pieces }: PiecedPart,
): Promise<void> {
  const keys = pieces.map((_, index) => partPieceKey(name, uploadId, version, index))
  await Promise.allSettled(keys.map(bucket.remove))
}
