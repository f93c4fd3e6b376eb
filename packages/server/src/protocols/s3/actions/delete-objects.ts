import { ServiceError } from '../../../domain/errors.ts'
import { deleteBucketFile } from '../../../operations/buckets/delete-bucket-file.ts'
import { readConditions } from '../conditions.ts'
import { createContentCheck } from '../content-check.ts'
import { isProblem, problem } from '../problem.ts'
import { readAnnouncedChecksums } from '../read-checksums.ts'
import { readDocument } from '../read-document.ts'
import { answerError } from '../render-error.ts'
import { emptyAnswer, type S3Action, xmlAnswer } from '../s3-answer.ts'
import { bucketOf, namedKeyOf, type S3Request } from '../s3-request.ts'
import { type DeletedObject, deletionXml } from '../xml/object-documents.ts'
import { type NamedObject, readDeletion } from '../xml/read-deletion.ts'

export const deleteObject: S3Action = async (request) => {
  const { ifMatch } = readConditions(request.headers)
  await deleteBucketFile(request.context, request.caller, { ...namedKeyOf(request), ifMatch })
  return emptyAnswer(204)
}

/** Deletes that run at the same time. */
const DELETES_AT_ONCE = 8

/** DeleteObjects. Its answer tells the outcome of each object. */
export const deleteObjects: S3Action = async (request) => {
  const body = await readDocument(request)
  if (isProblem(body)) return body
  const announced = readAnnouncedChecksums(request.headers)
  if (isProblem(announced)) return announced
  if (announced.md5 === null && announced.checksum === null) {
    return problem(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    )
  }
  const check = createContentCheck({ announced, payloadSha256: null, computes: null })
  check.update(body)
  const digests = check.finish(null)
  if (isProblem(digests)) return digests
  const deletion = readDeletion(body)
  if (isProblem(deletion)) return deletion
  const bucket = bucketOf(request)
  const outcomes: DeletedObject[] = []
  for (let start = 0; start < deletion.objects.length; start += DELETES_AT_ONCE) {
    const some = deletion.objects.slice(start, start + DELETES_AT_ONCE)
    outcomes.push(...(await Promise.all(some.map((object) => deleteOne(request, bucket, object)))))
  }
  return xmlAnswer(deletionXml(outcomes, deletion.isQuiet))
}

async function deleteOne(
  { context, caller }: S3Request,
  bucket: string,
  { key, etag, versionId }: NamedObject,
): Promise<DeletedObject> {
  if (versionId !== null) return { key, error: { code: 'NoSuchVersion', message: 'There are no versions.' } }
  try {
    const ifMatch = etag === null ? null : [etag]
    await deleteBucketFile(context, caller, { bucket, key, ifMatch })
    return { key, error: null }
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'BUCKET_NOT_FOUND') throw error
    const { code, message } = answerError(error).problem
    return { key, error: { code, message } }
  }
}
