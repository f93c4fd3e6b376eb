import { isBucketName, isDefaultName } from '../../../domain/files/bucket.ts'
import { createBucket } from '../../../operations/buckets/create-bucket.ts'
import { deleteBucket } from '../../../operations/buckets/delete-bucket.ts'
import { getBucket } from '../../../operations/buckets/get-bucket.ts'
import { listBuckets } from '../../../operations/buckets/list-buckets.ts'
import { continuationToken, parseContinuationToken } from '../continuation-token.ts'
import { isProblem, problem } from '../problem.ts'
import { readDocument } from '../read-document.ts'
import { readMaximum } from '../read-maximum.ts'
import { emptyAnswer, type S3Action, xmlAnswer } from '../s3-answer.ts'
import { bucketOf, fieldsOf, type S3Request } from '../s3-request.ts'
import { aclXml } from '../xml/acl-document.ts'
import { bucketListXml, locationXml, versioningXml } from '../xml/bucket-documents.ts'
import { readBucketConfiguration } from '../xml/read-bucket-configuration.ts'

/** Largest page, as in S3. */
const MAX_PAGE = 10_000

export const listAllBuckets: S3Action = async (request) => {
  const { context, caller } = request
  const fieldOf = fieldsOf(request)
  const prefix = fieldOf('prefix')
  const limit = readMaximum('max-buckets', fieldOf('max-buckets'), MAX_PAGE)
  if (isProblem(limit)) return limit
  const token = fieldOf('continuation-token')
  const after = token === null ? '' : parseContinuationToken(token)
  if (after === null) return problem('InvalidArgument', 'The continuation token provided is incorrect')
  const all = await listBuckets(context, caller)
  const buckets = all.filter(({ name }) => name.startsWith(prefix ?? '') && name > after)
  const page = buckets.slice(0, limit)
  const last = page.length < buckets.length ? page.at(-1) : undefined
  return xmlAnswer(
    bucketListXml({
      ...{ ownerId: caller.organizationId, buckets: page, prefix },
      continuationToken: last === undefined ? null : continuationToken(last.name),
    }),
  )
}

export const makeBucket: S3Action = async (request) => {
  const { context, caller } = request
  const bucket = bucketOf(request)
  const body = await readDocument(request)
  if (isProblem(body)) return body
  const configuration = readBucketConfiguration(body)
  if (isProblem(configuration)) return configuration
  if (!isBucketName(bucket) && !isDefaultName(bucket)) {
    return problem('InvalidBucketName', 'The specified bucket is not valid.', { BucketName: bucket })
  }
  await createBucket(context, caller, bucket)
  return emptyAnswer(200, { location: `/${bucket}` })
}

export const headBucket: S3Action = async (request) => {
  await checkBucket(request)
  return emptyAnswer(200)
}

export const removeBucket: S3Action = async (request) => {
  await deleteBucket(request.context, request.caller, bucketOf(request))
  return emptyAnswer(204)
}

export const getLocation: S3Action = async (request) => {
  await checkBucket(request)
  return xmlAnswer(locationXml(null))
}

export const getVersioning: S3Action = async (request) => {
  await checkBucket(request)
  return xmlAnswer(versioningXml())
}

export const getBucketAcl: S3Action = async (request) => {
  await checkBucket(request)
  return xmlAnswer(aclXml(request.caller.organizationId))
}

function checkBucket(request: S3Request): Promise<void> {
  return getBucket(request.context, request.caller, bucketOf(request))
}
