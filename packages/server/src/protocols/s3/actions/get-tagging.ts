import { getBucket } from '../../../operations/buckets/get-bucket.ts'
import { getBucketFile } from '../../../operations/buckets/get-bucket-file.ts'
import { problem } from '../problem.ts'
import { type S3Action, xmlAnswer } from '../s3-answer.ts'
import { bucketOf, namedKeyOf } from '../s3-request.ts'
import { renderResult } from '../xml/render-xml.ts'

/**
 * Returns the tags of an object, which are none: no request can set them. The AWS CLI reads them before it copies an
 * object in parts, and gives up without an answer.
 */
export const getObjectTagging: S3Action = async (request) => {
  await getBucketFile(request.context, request.caller, namedKeyOf(request))
  return xmlAnswer(renderResult(['Tagging', [['TagSet', []]]]))
}

/** Refuses as S3 does for a bucket without tags. */
export const getBucketTagging: S3Action = async (request) => {
  await getBucket(request.context, request.caller, bucketOf(request))
  return problem('NoSuchTagSet', 'There is no tag set associated with the bucket.')
}
