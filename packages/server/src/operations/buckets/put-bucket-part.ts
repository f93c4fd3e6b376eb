import type { Readable } from 'node:stream'
import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type BucketUpload, MAX_BUCKET_PART_BYTES } from '../../domain/uploads/bucket-upload.ts'
import { NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { deleteUploadBytes } from '../uploads/delete-upload-bytes.ts'
import { quotaExceeded } from '../uploads/open-upload.ts'
import {
  type BucketPart,
  findBucketUpload,
  findOpenBucketUpload,
  type NamedUpload,
  noUpload,
  type PartChecksum,
  toBucketPart,
} from './bucket-upload.ts'

interface NewPart extends NamedUpload {
  /** 1 to 10,000. */
  readonly number: number
  readonly sizeBytes: number
  /** Opens the bytes for this upload; null to refuse them. */
  open(upload: BucketUpload): PartBody | null
}

export interface PartBody {
  /** Bytes of the part. It must fail when they are not those that the client announced. */
  readonly stream: Readable
  /** MD5 that the client announced, in base64; null for none. */
  readonly md5: string | null
  /** Returns the checksum to store with the part; null for none. Called after the end of the bytes. */
  checksum(): PartChecksum | null
}

type PartContext = Pick<Context, 'database' | 'storage' | 'limits' | 'checkFreeSpace' | 'log' | 'now'>

/**
 * Stores a part, durable when this resolves, or not at all. It replaces an earlier one of the same number; of several at
 * the same time, one counts. The quota reserves its bytes before they are read, and those of a replaced part are given
 * back. Null: `open` has refused them.
 * Throws BUCKET_NOT_FOUND, UPLOAD_NOT_FOUND, FILE_TOO_LARGE, STORAGE_QUOTA_EXCEEDED, STORAGE_FULL, STORAGE_UNAVAILABLE,
 * CHECKSUM_MISMATCH, INVALID_REQUEST for a body that stops early.
 */
export const putBucketPart = defineOperation(
  { action: 'putBucketPart', kind: 'routine', scope: 'files:write', targetOf: ({ uploadId }) => uploadId },
  async (context: PartContext, { organizationId }: Caller, part: NewPart): Promise<BucketPart | null> => {
    const { session, place } = await findOpenBucketUpload(context, organizationId, part)
    const { sizeBytes } = part
    const maxBytes = Math.min(MAX_BUCKET_PART_BYTES, session.maxSizeBytes)
    if (sizeBytes > maxBytes) {
      const rule = `a part may have at most ${maxBytes} bytes`
      throw new ServiceError('FILE_TOO_LARGE', rule, { max_part_size: maxBytes })
    }
    const body = part.open(place)
    if (body === null) return null
    await context.checkFreeSpace(organizationId, sizeBytes)
    const { uploadSessions } = context.database
    if (!(await uploadSessions.addReserved(organizationId, session.fileId, sizeBytes))) throw quotaExceeded()
    const { stored, replacedBytes } = await storePart(context, session, part, body).catch(
      async (error: unknown) => {
        await releasePart(context, session, sizeBytes)
        throw error
      },
    )
    if (replacedBytes > 0) await releasePart(context, session, replacedBytes)
    // The upload may have ended while the part was stored.
    const { upload } = await findBucketUpload(context, organizationId, part)
    if (upload.status === 'pending') return stored
    if (upload.status !== 'completed') await deleteUploadBytes(context, session)
    throw noUpload()
  },
)

async function storePart(
  { storage, limits: { hasMd5Etags } }: PartContext,
  { objectName: name }: UploadSession,
  { number, sizeBytes }: NewPart,
  { stream, md5, checksum }: PartBody,
): Promise<{ readonly stored: BucketPart; readonly replacedBytes: number }> {
  const spec = { name, partId: String(number), checksums: hasMd5Etags ? (['md5'] as const) : [] }
  const expected = { ...NO_HASHES, md5 }
  const note = () => {
    const found = checksum()
    return found && JSON.stringify(found)
  }
  const written = await storage.parts.write(spec, stream, { maxBytes: sizeBytes, expected, note })
  if (written.kind === 'mismatch') {
    throw new ServiceError('CHECKSUM_MISMATCH', 'the bytes do not have the announced MD5')
  }
  if (written.kind === 'closed') throw noUpload()
  if (written.kind !== 'part' || written.part.sizeBytes !== sizeBytes) {
    throw new ServiceError('INVALID_REQUEST', 'the body is incomplete')
  }
  return { stored: toBucketPart(written.part), replacedBytes: written.replacedBytes }
}

/** Releases the bytes of a part that was not stored, or was replaced. The end of the session does it otherwise. */
async function releasePart(
  { database, log }: PartContext,
  { organizationId, fileId }: UploadSession,
  sizeBytes: number,
): Promise<void> {
  await database.uploadSessions
    .addReserved(organizationId, fileId, -sizeBytes)
    .catch((error: unknown) =>
      log.warn({ err: error, file_id: fileId }, 'the bytes of a part are still reserved'),
    )
}
