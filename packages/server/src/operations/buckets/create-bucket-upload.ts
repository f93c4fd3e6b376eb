import type { Caller } from '../../domain/access/caller.ts'
import { placeOfKey } from '../../domain/files/bucket-key.ts'
import { parseMediaType, UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import type { BucketUpload } from '../../domain/uploads/bucket-upload.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { createUploadSession } from '../uploads/create-upload-session.ts'
import type { SessionContext } from '../uploads/open-session.ts'
import { checkKey } from './check-key.ts'
import { findBucketId } from './get-bucket.ts'
import type { NamedKey } from './get-bucket-file.ts'

type NewBucketUpload = NamedKey & Omit<BucketUpload, 'bucket'>

/**
 * Opens an upload session for the parts of a File under a key. Returns its id. Permission and audit are those of
 * `createUploadSession`. Throws its errors, BUCKET_NOT_FOUND, and VALIDATION_ERROR for a key that no File can have.
 */
export async function createBucketUpload(
  context: SessionContext & Pick<Context, 'audit'>,
  caller: Caller,
  { bucket: name, ...rest }: NewBucketUpload,
): Promise<string> {
  checkKey(rest.key)
  const bucket = await findBucketId(context, caller.organizationId, name)
  const contentType = rest.contentType === null ? null : (parseMediaType(rest.contentType)?.text ?? null)
  const upload: BucketUpload = { ...rest, bucket, contentType }
  const created = await createUploadSession(context, caller, {
    ...placeOfKey(rest.key),
    contentType: contentType ?? UNKNOWN_CONTENT,
    sizeBytes: null,
    reservedBytes: 0,
    protocol: 's3',
    layout: 'parts',
    registers: 'when-complete',
    metadata: JSON.stringify(upload),
    announced: NO_HASHES,
    checksums: [],
    fileLifetimeMs: null,
  })
  return created.session.fileId
}
