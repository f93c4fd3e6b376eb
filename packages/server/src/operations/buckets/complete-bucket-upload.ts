import { type Caller, callerOfUrl } from '../../domain/access/caller.ts'
import { bucketCompletionOf } from '../../domain/uploads/bucket-upload.ts'
import { type CompletionList, completionList } from '../../domain/uploads/completion-list.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import type { BucketCompleted, BucketCompletionInput } from './bucket-completion.ts'
import { type FoundBucketUpload, findBucketUpload, noUpload } from './bucket-upload.ts'
import { joinBucketParts } from './join-bucket-parts.ts'

type CompleteContext = Pick<
  Context,
  'audit' | 'database' | 'storage' | 'contents' | 'limits' | 'scans' | 'log' | 'now'
>

/**
 * Joins parts of a multipart upload into a File under its key, and deletes the File that had it. The same call again
 * returns the same object, also after another request has replaced or deleted its File; of several calls with different
 * lists one has an effect, and the others throw UPLOAD_NOT_FOUND. Other parts are deleted. Every other outcome leaves the upload as it was.
 * Throws BUCKET_NOT_FOUND, UPLOAD_NOT_FOUND, UPLOAD_FENCED, FILE_TOO_LARGE, PRECONDITION_FAILED, OBJECT_DAMAGED,
 * STORAGE_UNAVAILABLE, and the refusals of `registerCompleteUpload`, which end the upload.
 */
export const completeBucketUpload = defineOperation(
  {
    action: 'completeBucketUpload',
    kind: 'change',
    scope: 'files:write',
    targetOf: ({ uploadId }) => uploadId,
    hasChanged: (completed) => completed.kind === 'completed',
  },
  async (
    context: CompleteContext,
    caller: Caller,
    input: BucketCompletionInput,
  ): Promise<BucketCompleted> => {
    const { organizationId } = caller
    const list = completionList(input.parts)
    const find = () => findBucketUpload(context, organizationId, input)
    const found = await find()
    if (found.upload.status !== 'pending') return completedBefore(found, list)
    const { session } = found
    const outcome = await joinBucketParts(context, find, found, input)
    if (outcome === 'closed') return completedBefore(await find(), list)
    if (outcome.kind !== 'object') return outcome
    const urlCaller = callerOfUrl('session-uri', session, caller.request)
    const complete = { kind: 'object', object: outcome.object, file: null, isNew: true } as const
    const answer = await registerWhenComplete<never>(context, urlCaller, session, complete)
    if (answer.kind === 'refused') throw answer.error
    return completedBefore(await find(), list)
  },
)

/** Returns the object of an upload that was completed with this list. Throws UPLOAD_NOT_FOUND for every other upload. */
function completedBefore(
  { upload, session }: FoundBucketUpload,
  { digest }: CompletionList,
): BucketCompleted {
  const completion = bucketCompletionOf(session)
  if (upload.status !== 'completed' || completion?.list.digest !== digest) throw noUpload()
  const { attributes } = completion
  const file = completion.content ?? upload.file
  if (file === null) throw noUpload()
  return { kind: 'completed', object: { attributes, file } }
}
