import type { Caller } from '../../domain/access/caller.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { DirectUrl } from '../../storage/direct-uploads.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { alreadyComplete, findDirectUpload } from './find-direct-upload.ts'

/** Validity of the URL of a part. */
export const PART_URL_SECONDS = 60 * 60

export interface SignedParts {
  readonly urls: readonly DirectUrl[]
  readonly expiresAtMs: number
}

/**
 * Returns URLs for parts of an upload, which clients send to the storage provider. A part can be signed and sent again.
 * Throws UPLOAD_NOT_FOUND, UPLOAD_SESSION_EXPIRED, VALIDATION_ERROR, STORAGE_UNAVAILABLE.
 */
export const signUploadParts = defineOperation(
  { action: 'signUploadParts', kind: 'read', scope: 'files:write', targetOf: ({ fileId }) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    { fileId, numbers }: { readonly fileId: string; readonly numbers: readonly number[] },
  ): Promise<SignedParts> => {
    const { directUploads, upload } = await findDirectUpload(context, organizationId, fileId)
    const { partCount } = directUploads.plan(upload.sizeBytes)
    if (numbers.some((number) => number > partCount)) {
      throw invalidValue('numbers', 'invalid', `has a number after ${partCount}, the last part of the upload`)
    }
    const urls = await directUploads.sign(upload, numbers, PART_URL_SECONDS)
    if (urls === null) throw alreadyComplete()
    return { urls, expiresAtMs: context.now() + PART_URL_SECONDS * 1000 }
  },
)
