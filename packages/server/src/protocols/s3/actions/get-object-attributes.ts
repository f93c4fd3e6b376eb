import { type BucketFile, etagOf } from '../../../domain/files/bucket-file.ts'
import { partCountOf, partsAfter } from '../../../domain/files/part-runs.ts'
import { getBucketFile } from '../../../operations/buckets/get-bucket-file.ts'
import { headerValue } from '../header-fields.ts'
import { checksumOf, validatorHeaders } from '../object-headers.ts'
import { isProblem, problem } from '../problem.ts'
import { readMaximum } from '../read-maximum.ts'
import { type S3Action, xmlAnswer } from '../s3-answer.ts'
import { namedKeyOf } from '../s3-request.ts'
import {
  type AttributeParts,
  OBJECT_ATTRIBUTES,
  type ObjectAttribute,
  objectAttributesXml,
} from '../xml/object-documents.ts'

/** Largest page of parts, as in S3. */
const MAX_PARTS = 1000

export const getObjectAttributes: S3Action = async (request) => {
  const { context, caller, headers } = request
  const names = (headers.get('x-amz-object-attributes') ?? []).flatMap((value) => value.split(','))
  const wanted = new Set(names.map((name) => name.trim()))
  if (headerValue(headers, 'x-amz-object-attributes') === null || ![...wanted].every(isAttribute)) {
    return problem('InvalidArgument', 'Invalid attribute name specified.', {
      ArgumentName: 'x-amz-object-attributes',
    })
  }
  const maxParts = readMaximum('max-parts', headerValue(headers, 'x-amz-max-parts'), MAX_PARTS)
  if (isProblem(maxParts)) return maxParts
  const marker = headerValue(headers, 'x-amz-part-number-marker') ?? '0'
  if (!/^\d{1,9}$/.test(marker)) return problem('InvalidArgument', 'part-number-marker must be a number')
  const found = await getBucketFile(context, caller, namedKeyOf(request))
  const checksum = checksumOf(found)
  const attributes = {
    etag: etagOf(found),
    sizeBytes: found.file.sizeBytes,
    ...{ checksum, checksumType: checksum.type, parts: partsOf(found, Number(marker), maxParts) },
  }
  const { 'last-modified': modified = '' } = validatorHeaders(found)
  return xmlAnswer(objectAttributesXml(attributes, wanted as ReadonlySet<ObjectAttribute>), {
    'last-modified': modified,
  })
}

/** Returns a page of the parts of an object; null when it did not come in parts, or their sizes are not known. */
function partsOf(
  { attributes }: BucketFile,
  partNumberMarker: number,
  maxParts: number,
): AttributeParts | null {
  const runs = attributes?.parts ?? null
  if (runs === null) return null
  const totalCount = partCountOf(runs)
  const parts = partsAfter(runs, partNumberMarker, maxParts).map((part) => ({ ...part, checksum: null }))
  const isTruncated = parts.length > 0 && (parts.at(-1)?.number ?? 0) < totalCount
  return { totalCount, partNumberMarker, maxParts, isTruncated, parts }
}

function isAttribute(name: string): name is ObjectAttribute {
  return OBJECT_ATTRIBUTES.some((known) => known === name)
}
