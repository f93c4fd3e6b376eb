import type { NewBucketFile } from '../../database/records/buckets.ts'
import { type Caller, checkScope, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import {
  type BucketFile,
  etagOf,
  type ObjectAttributes,
  withDeclaredType,
} from '../../domain/files/bucket-file.ts'
import { placeOfKey } from '../../domain/files/bucket-key.ts'
import { parseMediaType, UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import type { File } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import type { WriteCondition } from '../../domain/files/write-condition.ts'
import { createId } from '../../domain/ids.ts'
import type { ObjectMetadata, UploadSpec } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { soonWithinQuota } from '../files/check-scan.ts'
import { fileOfObject } from '../files/file-of-object.ts'
import { settleType } from '../files/settle-type.ts'
import { checkKey } from './check-key.ts'
import { checkStored } from './check-stored.ts'
import { findBucketId } from './get-bucket.ts'
import { findBucketFile, type NamedKey } from './get-bucket-file.ts'
import { preconditionFailed, recordBucketFile, removeObject } from './record-bucket-file.ts'

export interface CopyInput extends NamedKey {
  readonly source: NamedKey
  /** Condition on the source. Pure. */
  acceptsSource(source: BucketFile): boolean
  readonly condition: WriteCondition
  /** Replaces type, headers and metadata of the copy; null to keep those of the source. */
  readonly replacement: CopyReplacement | null
}

export interface CopyReplacement extends Pick<ObjectAttributes, 'headers' | 'metadata'> {
  readonly contentType: string | null
}

type CopyContext = Pick<
  Context,
  'database' | 'storage' | 'contents' | 'reservations' | 'limits' | 'scans' | 'log' | 'now'
>

/**
 * Stores the bytes of a File under another key as a File of its own; on disk no byte is copied. Needs the scope
 * `files:read` too. Throws INSUFFICIENT_PERMISSIONS, BUCKET_NOT_FOUND, FILE_NOT_FOUND, VALIDATION_ERROR,
 * PRECONDITION_FAILED, UNSUPPORTED_FILE_TYPE, FILE_REJECTED, STORAGE_QUOTA_EXCEEDED, STORAGE_FULL, STORAGE_UNAVAILABLE,
 * SERVICE_UNAVAILABLE while the copy is scanned.
 */
export const copyBucketFile = defineOperation(
  {
    action: 'copyBucketFile',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_input, stored) => stored?.file.id ?? null,
  },
  async (
    context: CopyContext,
    caller: Caller,
    input: CopyInput,
    takeEvent: TakeEvent,
  ): Promise<BucketFile> => {
    const { organizationId } = caller
    // A key that may only write must not read through its copies.
    checkScope(caller, 'files:read')
    const { key, replacement, condition } = input
    checkKey(key)
    const bucket = await findBucketId(context, organizationId, input.bucket)
    const source = await findBucketFile(context, organizationId, input.source)
    if (!input.acceptsSource(source)) throw preconditionFailed()
    const { filename, path } = placeOfKey(key)
    const id = createId('file')
    const declared = (replacement?.contentType && parseMediaType(replacement.contentType)?.text) || null
    const contentType = declared ?? source.file.contentType
    const spec = { name: objectName(organizationId, id, filename), contentType }
    const object = await copyObject(context, source.file, spec)
    const types = declared === null ? source.file : await replaceType(context, object, filename, declared)
    const file = {
      ...fileOfObject(object, {
        ...{ id, organizationId, filename, path, metadata: source.file.metadata },
        ...{ contentType: types.contentType, detectedContentType: types.detectedContentType },
        ...{
          uploadedByApiKeyId: keyIdOf(caller),
          uploadedBy: userIdOf(caller),
          uploadedAtMs: context.now(),
          purpose: null,
          expiresAtMs: null,
          sharesBytesOf: source.file.sharesBytesOf ?? source.file.id,
        },
      }),
      md5: source.file.md5,
      sha256: source.file.sha256,
    }
    const attributes = withDeclaredType(attributesOf(source, replacement), declared, file.contentType)
    const added = { bucket, key, attributes, file }
    await recordCopy(context, added, object, condition, takeEvent)
    return added
  },
)

/** Records a copy, after the verdict of the scanner. */
async function recordCopy(
  context: CopyContext,
  added: NewBucketFile,
  object: ObjectMetadata,
  condition: WriteCondition,
  takeEvent: TakeEvent,
): Promise<void> {
  const { file } = added
  const reservation = context.reservations.open(file.organizationId, file.sizeBytes)
  try {
    if (context.scans !== null) await checkStored(context, context.scans, object, file, reservation)
    const source = { kind: 'reservation', id: reservation.id() } as const
    const event = takeEvent(file.id)
    await recordBucketFile(context, file.organizationId, { added, source, object, condition, event })
  } catch (error) {
    throw soonWithinQuota(error, reservation)
  } finally {
    await reservation.end()
  }
}

/** Returns the types of a copy with another declared type. Removes the copy when the type is not allowed. */
async function replaceType(
  context: CopyContext,
  object: ObjectMetadata,
  filename: string,
  declared: string,
): Promise<Pick<File, 'contentType' | 'detectedContentType'>> {
  const hint = { declared, typesAreHints: true, contradicted: UNKNOWN_CONTENT }
  try {
    return await settleType(context, object, { filename }, hint)
  } catch (error) {
    await removeObject(context, object)
    throw error
  }
}

function attributesOf(source: BucketFile, replacement: CopyReplacement | null): ObjectAttributes {
  const { headers = {}, metadata = {}, checksum = null, parts = null } = source.attributes ?? {}
  const { headers: newHeaders = headers, metadata: newMetadata = metadata } = replacement ?? {}
  return { etag: etagOf(source), headers: newHeaders, metadata: newMetadata, checksum, parts }
}

/** Stores the bytes of the source under another name. Throws FILE_NOT_FOUND when they are gone. */
async function copyObject(
  { storage }: CopyContext,
  { objectName: name, generation }: File,
  spec: UploadSpec,
): Promise<ObjectMetadata> {
  const copied = await storage.copy(spec, { name, generation })
  if (copied === null) throw new ServiceError('FILE_NOT_FOUND', 'the file was deleted')
  return copied
}
