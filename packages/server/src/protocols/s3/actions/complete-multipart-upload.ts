import { etagOf } from '../../../domain/files/bucket-file.ts'
import type { BucketPart } from '../../../operations/buckets/bucket-upload.ts'
import { completeBucketUpload } from '../../../operations/buckets/complete-bucket-upload.ts'
import { completionChecksum } from '../completion-checksum.ts'
import { multipartEtag } from '../etag.ts'
import { checksumOfUpload } from '../multipart-checksum.ts'
import { checksumOf } from '../object-headers.ts'
import { percentEncodePath } from '../percent-encoding.ts'
import { isProblem, problem, type S3Problem } from '../problem.ts'
import { readDocument } from '../read-document.ts'
import { type S3Action, xmlAnswer } from '../s3-answer.ts'
import { completedXml } from '../xml/multipart-documents.ts'
import { readCompletion } from '../xml/read-completion.ts'
import { writeConditionOf } from './put-object.ts'
import { namedUploadOf } from './upload-part.ts'

export const completeMultipartUpload: S3Action = async (request) => {
  const { context, caller, headers } = request
  const body = await readDocument(request)
  if (isProblem(body)) return body
  const named = readCompletion(body)
  if (isProblem(named)) return named
  const upload = namedUploadOf(request)
  let refusal: S3Problem | null = null
  const completed = await completeBucketUpload(context, caller, {
    ...upload,
    parts: named.map(({ number, etag }) => ({ number, etag })),
    condition: writeConditionOf(headers),
    describe: (place, parts) => {
      const checksum = completionChecksum(headers, checksumOfUpload(place), named, parts)
      if (isProblem(checksum)) {
        refusal = checksum
        return null
      }
      return { etag: etagOfParts(parts), headers: place.headers, metadata: place.metadata, checksum }
    },
  })
  switch (completed.kind) {
    case 'unknown-part':
      return problem('InvalidPart', '', { PartNumber: String(completed.number) })
    case 'small-part':
      return tooSmall(completed.part)
    case 'refused':
      return refusal ?? problem('InvalidRequest', '')
    case 'completed': {
      const { object } = completed
      const { type: checksumType, ...checksum } = checksumOf(object)
      const { bucket, key } = upload
      const location = percentEncodePath(`/${bucket}/${key}`)
      return xmlAnswer(completedXml({ location, bucket, key, etag: etagOf(object), checksum, checksumType }))
    }
  }
}

/** Returns the entity tag of an object of these parts; null when the MD5 of one is not known. */
function etagOfParts(parts: readonly BucketPart[]): string | null {
  const md5s = parts.flatMap(({ md5 }) => (md5 === null ? [] : [md5]))
  return md5s.length === parts.length ? multipartEtag(md5s) : null
}

function tooSmall({ number, sizeBytes, etag }: BucketPart): S3Problem {
  return problem('EntityTooSmall', '', {
    ProposedSize: String(sizeBytes),
    PartNumber: String(number),
    ETag: etag,
  })
}
