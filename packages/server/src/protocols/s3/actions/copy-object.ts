import { etagOf } from '../../../domain/files/bucket-file.ts'
import { copyBucketFile } from '../../../operations/buckets/copy-bucket-file.ts'
import { evaluateCopySource, readCopyConditions } from '../conditions.ts'
import { parseCopySource } from '../copy-source.ts'
import { headerValue } from '../header-fields.ts'
import { checksumOf, readObjectHeaders } from '../object-headers.ts'
import { isProblem, problem } from '../problem.ts'
import { type S3Action, xmlAnswer } from '../s3-answer.ts'
import { namedKeyOf } from '../s3-request.ts'
import { copiedObjectXml } from '../xml/object-documents.ts'
import { checkKeyLength, writeConditionOf } from './put-object.ts'

export const copyObject: S3Action = async (request) => {
  const { context, caller, headers } = request
  const named = namedKeyOf(request)
  const refused = checkKeyLength(named.key)
  if (refused !== null) return refused
  const source = parseCopySource(headerValue(headers, 'x-amz-copy-source') ?? '')
  if (isProblem(source)) return source
  if (source.versionId !== null) return problem('InvalidArgument', 'Invalid version id specified')
  const directive = headerValue(headers, 'x-amz-metadata-directive') ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    return problem('InvalidArgument', 'Unknown metadata directive.')
  }
  // A storage class counts as a change: clients repeat an object so to make it new. The service has one class.
  const changes = directive === 'REPLACE' || headers.has('x-amz-storage-class')
  if (!changes && source.bucket === named.bucket && source.key === named.key) {
    return problem(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  }
  const described = readObjectHeaders(headers)
  if (isProblem(described)) return described
  const conditions = readCopyConditions(headers)
  const copied = await copyBucketFile(context, caller, {
    ...named,
    source: { bucket: source.bucket, key: source.key },
    acceptsSource: (found) =>
      evaluateCopySource(conditions, { etag: etagOf(found), lastModifiedMs: found.file.uploadedAtMs }) ===
      'proceed',
    condition: writeConditionOf(headers),
    replacement:
      directive === 'REPLACE' ? { ...described, contentType: headerValue(headers, 'content-type') } : null,
  })
  const checksum = checksumOf(copied)
  return xmlAnswer(
    copiedObjectXml({
      etag: etagOf(copied),
      lastModifiedMs: copied.file.uploadedAtMs,
      checksum,
      checksumType: checksum.type,
    }),
  )
}
