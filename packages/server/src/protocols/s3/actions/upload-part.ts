import { etagOf } from '../../../domain/files/bucket-file.ts'
import type { BucketUpload } from '../../../domain/uploads/bucket-upload.ts'
import type { BucketPart, NamedUpload } from '../../../operations/buckets/bucket-upload.ts'
import { getBucketFile } from '../../../operations/buckets/get-bucket-file.ts'
import { type PartBody, putBucketPart } from '../../../operations/buckets/put-bucket-part.ts'
import { CHECKSUM_FACTS } from '../checksum-algorithms.ts'
import { evaluateCopySource, readCopyConditions } from '../conditions.ts'
import { parseCopyRange, parseCopySource } from '../copy-source.ts'
import { quoteEtag } from '../etag.ts'
import { headerValue } from '../header-fields.ts'
import { checksumOfPart, checksumOfUpload } from '../multipart-checksum.ts'
import { type ObjectBody, openCopiedBody, openObjectBody, readBodyLength } from '../object-body.ts'
import { isProblem, problem, type S3Problem } from '../problem.ts'
import { emptyAnswer, type S3Action, xmlAnswer } from '../s3-answer.ts'
import { fieldsOf, namedKeyOf, type S3Request } from '../s3-request.ts'
import { copiedPartXml } from '../xml/object-documents.ts'
import { MAX_PART_NUMBER } from '../xml/read-completion.ts'
import { problemOf } from './put-object.ts'

export const uploadPart: S3Action = async (request) => {
  const number = readPartNumber(request)
  if (isProblem(number)) return number
  const sizeBytes = readBodyLength(request)
  if (isProblem(sizeBytes)) return sizeBytes
  let body: ObjectBody | null = null
  let refusal: S3Problem | null = null
  const open = (upload: BucketUpload): PartBody | null => {
    // The storage computes the MD5 of parts.
    const opened = openObjectBody(request, 'unchecked', checksumOfUpload(upload)?.algorithm ?? null)
    if (isProblem(opened)) {
      refusal = opened
      return null
    }
    body = opened
    return { stream: opened.stream, md5: opened.uncheckedMd5, checksum: () => opened.digests().checksum }
  }
  try {
    const part = { ...namedUploadOf(request), number, sizeBytes, open }
    const stored = await putBucketPart(request.context, request.caller, part)
    if (stored === null) return refusal ?? problem('InvalidRequest', '')
    return emptyAnswer(200, { etag: quoteEtag(stored.etag), ...partChecksumHeaders(stored) })
  } catch (error) {
    if (body === null) throw error
    return problemOf(body, error)
  }
}

/** Returns the checksum that was announced with the part, or that its upload needs. */
function partChecksumHeaders(part: BucketPart): Readonly<Record<string, string>> {
  const { algorithm, value } = checksumOfPart(part)
  return { [CHECKSUM_FACTS[algorithm].header]: value }
}

export const uploadPartCopy: S3Action = async (request) => {
  const { context, caller, headers } = request
  const number = readPartNumber(request)
  if (isProblem(number)) return number
  const copied = parseCopySource(headerValue(headers, 'x-amz-copy-source') ?? '')
  if (isProblem(copied)) return copied
  if (copied.versionId !== null) return problem('InvalidArgument', 'Invalid version id specified')
  const found = await getBucketFile(context, caller, copied)
  const validators = { etag: etagOf(found), lastModifiedMs: found.file.uploadedAtMs }
  if (evaluateCopySource(readCopyConditions(headers), validators) === 'failed') {
    return problem('PreconditionFailed', '')
  }
  const rangeHeader = headerValue(headers, 'x-amz-copy-source-range')
  const range = rangeHeader === null ? null : parseCopyRange(rangeHeader, found.file.sizeBytes)
  if (isProblem(range)) return range
  const sizeBytes = range === null ? found.file.sizeBytes : range.end - range.start + 1
  const source = await found.read(range)
  const open = (upload: BucketUpload): PartBody => {
    const { stream, digests } = openCopiedBody(source, checksumOfUpload(upload)?.algorithm ?? null)
    return { stream, md5: null, checksum: () => digests().checksum }
  }
  const part = { ...namedUploadOf(request), number, sizeBytes, open }
  const stored = await putBucketPart(context, caller, part).catch((error: unknown) => {
    source.destroy()
    throw error
  })
  if (stored === null) throw new Error('a copied part was refused')
  const { etag, storedAtMs: lastModifiedMs } = stored
  return xmlAnswer(
    copiedPartXml({ etag, lastModifiedMs, checksum: checksumOfPart(stored), checksumType: null }),
  )
}

/** Returns the upload of a request that names one. */
export function namedUploadOf(request: Pick<S3Request, 'target'>): NamedUpload {
  return { ...namedKeyOf(request), uploadId: fieldsOf(request)('uploadId') ?? '' }
}

function readPartNumber(request: S3Request): number | S3Problem {
  const text = fieldsOf(request)('partNumber') ?? ''
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= MAX_PART_NUMBER) return number
  return problem(
    'InvalidArgument',
    `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
    { ArgumentName: 'partNumber', ArgumentValue: text },
  )
}
