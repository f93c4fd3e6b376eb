import { type BucketFile, etagOf } from '../../../domain/files/bucket-file.ts'
import { listBucketFiles } from '../../../operations/buckets/list-bucket-files.ts'
import { continuationToken } from '../continuation-token.ts'
import { checksumOf } from '../object-headers.ts'
import { isProblem } from '../problem.ts'
import { readObjectList } from '../read-object-list.ts'
import { type S3Action, xmlAnswer } from '../s3-answer.ts'
import { bucketOf, fieldsOf } from '../s3-request.ts'
import { type ListedObject, objectListV2Xml, objectListXml } from '../xml/object-list-documents.ts'

/** ListObjects and ListObjectsV2. */
export const listObjects: S3Action = async (request) => {
  const { context, caller } = request
  const bucket = bucketOf(request)
  const asked = readObjectList(fieldsOf(request))
  if (isProblem(asked)) return asked
  const { entries, next } = await listBucketFiles(context, caller, { bucket, request: asked.list })
  const { prefix, delimiter, limit } = asked.list
  const owner = caller.organizationId
  const list = {
    ...{ bucket, prefix, delimiter, maxKeys: limit, encodingType: asked.encodingType },
    objects: entries.flatMap((entry) => (entry.kind === 'item' ? [toListedObject(entry.item)] : [])),
    commonPrefixes: entries.flatMap((entry) => (entry.kind === 'prefix' ? [entry.name] : [])),
    isTruncated: next !== null,
    ownerId: asked.version === 1 || asked.fetchesOwner ? owner : null,
  }
  if (asked.version === 1) return xmlAnswer(objectListXml(list, { marker: asked.marker, nextMarker: next }))
  const nextContinuationToken = next === null ? null : continuationToken(next)
  return xmlAnswer(objectListV2Xml(list, { ...asked, nextContinuationToken }))
}

function toListedObject(found: BucketFile): ListedObject {
  const { key, file } = found
  return {
    key,
    etag: etagOf(found),
    sizeBytes: file.sizeBytes,
    lastModifiedMs: file.uploadedAtMs,
    checksum: checksumOf(found),
  }
}
