import type { Readable } from 'node:stream'
import { type Caller, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import {
  type BucketFile,
  type BucketPlace,
  type ObjectAttributes,
  withDeclaredType,
} from '../../domain/files/bucket-file.ts'
import { placeOfKey } from '../../domain/files/bucket-key.ts'
import { parseMediaType, UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import type { File } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import type { WriteCondition } from '../../domain/files/write-condition.ts'
import { createId } from '../../domain/ids.ts'
import { type ChecksumAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import { type CheckAdmission, holdAdmission } from '../access/hold-admission.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { directChecksums, soonWithinQuota } from '../files/check-scan.ts'
import { fileOfObject } from '../files/file-of-object.ts'
import type { DirectReservation } from '../files/reserve-uploads.ts'
import { settleType } from '../files/settle-type.ts'
import { readRemainingQuota } from '../organizations/read-remaining-quota.ts'
import { quotaExceeded } from '../uploads/open-upload.ts'
import { checkKey } from './check-key.ts'
import { checkStored } from './check-stored.ts'
import { findBucketId } from './get-bucket.ts'
import type { NamedKey } from './get-bucket-file.ts'
import { checkCondition, recordBucketFile, removeObject } from './record-bucket-file.ts'

export interface NewBucketFileInput extends NamedKey {
  /** Declared type; null for none. A File whose bytes contradict it has no known type. */
  readonly contentType: string | null
  readonly sizeBytes: number
  /** Bytes of the File. It must fail when they are not those that the client announced. */
  readonly body: Readable
  /** Checksums to compute in addition to those of the operator's settings. */
  readonly checksums: readonly ChecksumAlgorithm[]
  readonly condition: WriteCondition
  /** Returns what to store with the File. Called after the end of the body. */
  describe(file: Pick<File, 'md5'>): PutDescription
}

export interface PutDescription {
  readonly attributes: ObjectAttributes
  /** MD5 of the bytes in hex; null when it was not computed. */
  readonly md5: string | null
}

type PutContext = Pick<
  Context,
  'database' | 'storage' | 'contents' | 'reservations' | 'checkFreeSpace' | 'limits' | 'scans' | 'log' | 'now'
>

/**
 * Stores a File under a key and deletes the one that had it. The last of several requests wins.
 * Throws BUCKET_NOT_FOUND, VALIDATION_ERROR for a key that no File can have, PRECONDITION_FAILED, FILE_TOO_LARGE,
 * UNSUPPORTED_FILE_TYPE, FILE_REJECTED, STORAGE_QUOTA_EXCEEDED, STORAGE_FULL, INVALID_REQUEST for a body that stops early,
 * SERVICE_UNAVAILABLE while the file is scanned: nothing of the request is kept then but the verdict. Throws the errors of
 * `CheckAdmission` for a caller that lost its rights meanwhile.
 */
export const putBucketFile = defineOperation(
  {
    action: 'putBucketFile',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_input, stored) => stored?.file.id ?? null,
  },
  async (
    context: PutContext,
    caller: Caller,
    input: NewBucketFileInput,
    takeEvent: TakeEvent,
  ): Promise<BucketFile> => {
    const { organizationId } = caller
    const checkAdmission = holdAdmission(context, caller, 'files:write')
    const { key, sizeBytes } = input
    checkKey(key)
    const bucket = await findBucketId(context, organizationId, input.bucket)
    checkSize(context, sizeBytes)
    await checkEarly(context, organizationId, { bucket, key }, input.condition)
    await context.checkFreeSpace(organizationId, sizeBytes)
    const reservation = context.reservations.open(organizationId, sizeBytes)
    try {
      const { object, file, declared } = await storeFile(context, caller, input, {
        reservation,
        checkAdmission,
      })
      if (context.scans !== null) await checkStored(context, context.scans, object, file, reservation)
      const { md5, ...described } = input.describe(file)
      const attributes = withDeclaredType(described.attributes, declared, file.contentType)
      const added = { bucket, key, attributes, file: { ...file, md5: md5 ?? file.md5 } }
      const source = { kind: 'reservation', id: reservation.id() } as const
      const event = takeEvent(file.id)
      await recordBucketFile(context, organizationId, {
        ...{ added, source, object, condition: input.condition, event },
      })
      return added
    } catch (error) {
      throw soonWithinQuota(error, reservation)
    } finally {
      // Last, because the bytes of a refused file must be removed first.
      await reservation.end()
    }
  },
)

/** Evaluates a condition before the body. Only the transaction that adds the File decides. */
async function checkEarly(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  place: BucketPlace,
  condition: WriteCondition,
): Promise<void> {
  if (condition.ifMatch === null && condition.ifNoneMatch === null) return
  checkCondition(condition, await database.buckets.findFile(organizationId, place, now()))
}

function checkSize({ limits: { maxFileBytes } }: Pick<Context, 'limits'>, sizeBytes: number): void {
  if (sizeBytes <= maxFileBytes) return
  const details = { file_size: sizeBytes, max_file_size: maxFileBytes }
  throw new ServiceError('FILE_TOO_LARGE', `a file may have at most ${maxFileBytes} bytes`, details)
}

interface StoredFile {
  readonly object: ObjectMetadata
  readonly file: File
  /** Declared type; null for none. */
  readonly declared: string | null
}

interface Storing {
  readonly reservation: DirectReservation
  readonly checkAdmission: CheckAdmission
}

async function storeFile(
  context: PutContext,
  caller: Caller,
  input: NewBucketFileInput,
  { reservation, checkAdmission }: Storing,
): Promise<StoredFile> {
  const { storage, now } = context
  const { organizationId } = caller
  const { filename, path } = placeOfKey(input.key)
  const declared = input.contentType === null ? null : (parseMediaType(input.contentType)?.text ?? null)
  const id = createId('file')
  const quotaBytes = (await readRemainingQuota(context, organizationId)) + reservation.recordedBytes()
  if (quotaBytes < input.sizeBytes) throw quotaExceeded()
  const spec = {
    name: objectName(organizationId, id, filename),
    contentType: declared ?? UNKNOWN_CONTENT,
    checksums: mergeAlgorithms(directChecksums(context), input.checksums),
  }
  const written = await storage.write(spec, input.body, input.sizeBytes, reservation.roomAfter(0))
  if (written.kind === 'too-long' && reservation.isExhausted()) throw quotaExceeded()
  if (written.kind !== 'object') throw new ServiceError('INVALID_REQUEST', 'the body is incomplete')
  const { object, content } = written
  try {
    if (object.sizeBytes !== input.sizeBytes)
      throw new ServiceError('INVALID_REQUEST', 'the body is incomplete')
    await checkAdmission()
    const hint = { declared, typesAreHints: true, contradicted: UNKNOWN_CONTENT, content }
    const types = await settleType(context, object, { filename }, hint)
    const file = fileOfObject(object, {
      ...{ id, organizationId, filename, path, metadata: {}, ...types },
      ...{
        uploadedByApiKeyId: keyIdOf(caller),
        uploadedBy: userIdOf(caller),
        uploadedAtMs: now(),
        purpose: null,
        expiresAtMs: null,
      },
      sharesBytesOf: null,
    })
    return { object, file, declared }
  } catch (error) {
    await removeObject(context, object)
    throw error
  }
}
