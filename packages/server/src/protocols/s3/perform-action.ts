import {
  getBucketAcl,
  getLocation,
  getVersioning,
  headBucket,
  listAllBuckets,
  makeBucket,
  removeBucket,
} from './actions/bucket-actions.ts'
import { completeMultipartUpload } from './actions/complete-multipart-upload.ts'
import { copyObject } from './actions/copy-object.ts'
import { deleteObject, deleteObjects } from './actions/delete-objects.ts'
import { getObject, getObjectAcl, headObject } from './actions/get-object.ts'
import { getObjectAttributes } from './actions/get-object-attributes.ts'
import { getBucketTagging, getObjectTagging } from './actions/get-tagging.ts'
import { listObjects } from './actions/list-objects.ts'
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
} from './actions/multipart-uploads.ts'
import { putObject } from './actions/put-object.ts'
import { uploadPart, uploadPartCopy } from './actions/upload-part.ts'
import type { S3ActionName } from './find-action.ts'
import { headerValue } from './header-fields.ts'
import { problem, type S3Problem } from './problem.ts'
import type { S3Action, S3Answer } from './s3-answer.ts'
import type { S3Request } from './s3-request.ts'

const ACTIONS: Readonly<Record<S3ActionName, S3Action>> = {
  ListBuckets: listAllBuckets,
  HeadBucket: headBucket,
  CreateBucket: makeBucket,
  DeleteBucket: removeBucket,
  GetBucketLocation: getLocation,
  GetBucketVersioning: getVersioning,
  GetBucketAcl: getBucketAcl,
  GetBucketTagging: getBucketTagging,
  ListObjects: listObjects,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectAcl: getObjectAcl,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
}

/** Performs an operation, which `findAction` has found for the request. */
export async function performAction(action: S3ActionName, request: S3Request): Promise<S3Answer | S3Problem> {
  return checkOwner(request) ?? ACTIONS[action](request)
}

/** Operations whose time grows with an object. Clients read their errors also in the body of a response with status 200. */
const LONG_ACTIONS: ReadonlySet<S3ActionName> = new Set([
  'CompleteMultipartUpload',
  'CopyObject',
  'UploadPartCopy',
])

/** Returns true for an operation whose response may begin before its result. */
export function mayTakeLong(action: S3ActionName): boolean {
  return LONG_ACTIONS.has(action)
}

/** Headers with which a client makes sure that a bucket, or that of the source of a copy, has the expected owner. */
const EXPECTED_OWNERS = ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']

/** A request reaches only buckets of the caller's organization. */
function checkOwner({ headers, caller }: S3Request): S3Problem | null {
  const isOther = EXPECTED_OWNERS.some((name) => {
    const owner = headerValue(headers, name)
    return owner !== null && owner !== caller.organizationId
  })
  return isOther ? problem('AccessDenied', 'Access Denied') : null
}
