import { bucketUploadOf } from '../../../domain/uploads/bucket-upload.ts'
import { cancelBucketUpload } from '../../../operations/buckets/cancel-bucket-upload.ts'
import { createBucketUpload } from '../../../operations/buckets/create-bucket-upload.ts'
import { listBucketParts } from '../../../operations/buckets/list-bucket-parts.ts'
import {
  type ListedBucketUpload,
  listBucketUploads,
} from '../../../operations/buckets/list-bucket-uploads.ts'
import { headerValue } from '../header-fields.ts'
import { listUploads } from '../list-uploads.ts'
import { checksumOfPart, checksumOfUpload } from '../multipart-checksum.ts'
import { readObjectHeaders } from '../object-headers.ts'
import { isProblem, problem } from '../problem.ts'
import { readMultipartChecksum } from '../read-checksums.ts'
import { readMaximum } from '../read-maximum.ts'
import { emptyAnswer, type S3Action, xmlAnswer } from '../s3-answer.ts'
import { bucketOf, fieldsOf, namedKeyOf } from '../s3-request.ts'
import { parseEncodingType } from '../xml/encode-names.ts'
import { initiatedXml, partListXml, uploadListXml } from '../xml/multipart-documents.ts'
import { checkKeyLength } from './put-object.ts'
import { namedUploadOf } from './upload-part.ts'

const MAX_PAGE = 1000

export const createMultipartUpload: S3Action = async (request) => {
  const { context, caller, headers } = request
  const named = namedKeyOf(request)
  const refused = checkKeyLength(named.key)
  if (refused !== null) return refused
  const described = readObjectHeaders(headers)
  if (isProblem(described)) return described
  const checksum = readMultipartChecksum(headers)
  if (isProblem(checksum)) return checksum
  const contentType = headerValue(headers, 'content-type')
  const upload = { ...named, ...described, checksum, contentType }
  const uploadId = await createBucketUpload(context, caller, upload)
  return xmlAnswer(initiatedXml({ ...named, uploadId }), {
    ...(checksum && {
      'x-amz-checksum-algorithm': checksum.algorithm,
      'x-amz-checksum-type': checksum.type,
    }),
  })
}

export const abortMultipartUpload: S3Action = async (request) => {
  await cancelBucketUpload(request.context, request.caller, namedUploadOf(request))
  return emptyAnswer(204)
}

export const listParts: S3Action = async (request) => {
  const { context, caller } = request
  const fieldOf = fieldsOf(request)
  const maxParts = readMaximum('max-parts', fieldOf('max-parts'), MAX_PAGE)
  if (isProblem(maxParts)) return maxParts
  const marker = fieldOf('part-number-marker') ?? ''
  if (!/^\d{0,9}$/.test(marker)) return problem('InvalidArgument', 'part-number-marker must be a number')
  const encodingType = parseEncodingType(fieldOf('encoding-type'))
  if (isProblem(encodingType)) return encodingType
  const named = namedUploadOf(request)
  const { place, parts } = await listBucketParts(context, caller, named)
  const later = parts.filter(({ number }) => number > Number(marker))
  const page = later.slice(0, maxParts)
  return xmlAnswer(
    partListXml({
      ...named,
      ownerId: caller.organizationId,
      checksum: checksumOfUpload(place),
      partNumberMarker: Number(marker),
      maxParts,
      isTruncated: page.length > 0 && later.length > page.length,
      encodingType,
      parts: page.map((part) => ({
        ...part,
        lastModifiedMs: part.storedAtMs,
        checksum: checksumOfPart(part),
      })),
    }),
  )
}

export const listMultipartUploads: S3Action = async (request) => {
  const { context, caller } = request
  const bucket = bucketOf(request)
  const fieldOf = fieldsOf(request)
  const maxUploads = readMaximum('max-uploads', fieldOf('max-uploads'), MAX_PAGE)
  if (isProblem(maxUploads)) return maxUploads
  const encodingType = parseEncodingType(fieldOf('encoding-type'))
  if (isProblem(encodingType)) return encodingType
  const asked = {
    prefix: fieldOf('prefix') ?? '',
    delimiter: fieldOf('delimiter') ?? '',
    keyMarker: fieldOf('key-marker') ?? '',
    uploadIdMarker: fieldOf('upload-id-marker') ?? '',
    maxUploads,
  }
  const uploads = await listBucketUploads(context, caller, bucket)
  const page = listUploads(uploads.map(toListedUpload), asked)
  return xmlAnswer(uploadListXml({ bucket, ownerId: caller.organizationId, encodingType, ...asked, ...page }))
}

function toListedUpload({ key, session }: ListedBucketUpload) {
  const place = bucketUploadOf(session)
  const checksum = place && checksumOfUpload(place)
  return { key, uploadId: session.fileId, initiatedMs: session.createdAtMs, checksum }
}
