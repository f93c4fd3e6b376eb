import type { Caller } from '../../domain/access/caller.ts'
import { bucketUploadOf } from '../../domain/uploads/bucket-upload.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { compareUtf8 } from '../../platform/utf8-order.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findBucketId } from './get-bucket.ts'

export interface ListedBucketUpload {
  readonly key: string
  readonly session: UploadSession
}

/**
 * Returns all unfinished multipart uploads of a bucket in the byte order of their keys, then of their ids; the limit of
 * sessions bounds them. Throws BUCKET_NOT_FOUND.
 */
export const listBucketUploads = defineOperation(
  { action: 'listBucketUploads', kind: 'read', scope: 'files:read', targetOf: (bucket) => bucket },
  async (
    { database, limits, now }: Pick<Context, 'database' | 'limits' | 'now'>,
    { organizationId }: Caller,
    name: string,
  ): Promise<readonly ListedBucketUpload[]> => {
    const bucket = await findBucketId({ database }, organizationId, name)
    const { uploadSessions } = database
    const sessions = await uploadSessions.listOfS3(organizationId, now(), limits.maxOpenSessions)
    const uploads = sessions.flatMap((session) => {
      const place = bucketUploadOf(session)
      return place?.bucket === bucket ? [{ key: place.key, session }] : []
    })
    return uploads.toSorted(
      (a, b) => compareUtf8(a.key, b.key) || compareUtf8(a.session.fileId, b.session.fileId),
    )
  },
)
