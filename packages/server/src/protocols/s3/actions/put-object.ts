import { etagOf } from '../../../domain/files/bucket-file.ts'
import { keyProblem } from '../../../domain/files/bucket-key.ts'
import type { WriteCondition } from '../../../domain/files/write-condition.ts'
import { putBucketFile } from '../../../operations/buckets/put-bucket-file.ts'
import { readConditions } from '../conditions.ts'
import { quoteEtag } from '../etag.ts'
import { type HeaderFields, headerValue } from '../header-fields.ts'
import { type ObjectBody, openObjectBody } from '../object-body.ts'
import { checksumHeaders, readObjectHeaders } from '../object-headers.ts'
import { isProblem, problem, type S3Problem } from '../problem.ts'
import { emptyAnswer, type S3Action } from '../s3-answer.ts'
import { namedKeyOf } from '../s3-request.ts'

export const putObject: S3Action = async (request) => {
  const { context, caller, headers } = request
  const named = namedKeyOf(request)
  const refused = checkKeyLength(named.key)
  if (refused !== null) return refused
  const described = readObjectHeaders(headers)
  if (isProblem(described)) return described
  const body = openObjectBody(request, 'checked', null)
  if (isProblem(body)) return body
  // The storage computes it without another stage of the body.
  const storesMd5 = context.limits.hasMd5Etags && !body.hasMd5
  try {
    const stored = await putBucketFile(context, caller, {
      ...named,
      contentType: headerValue(headers, 'content-type'),
      sizeBytes: body.sizeBytes,
      body: body.stream,
      checksums: storesMd5 ? ['md5'] : [],
      condition: writeConditionOf(headers),
      describe: (file) => {
        const { md5, checksum } = body.digests()
        const full = checksum && ({ ...checksum, type: 'FULL_OBJECT' } as const)
        const etag = storesMd5 ? file.md5 : md5
        return { md5: etag, attributes: { ...described, etag, checksum: full, parts: null } }
      },
    })
    return emptyAnswer(200, { etag: quoteEtag(etagOf(stored)), ...checksumHeaders(stored) })
  } catch (error) {
    return problemOf(body, error)
  }
}

/** Returns the problem of the body, which is the reason of the error; throws the error when the body has none. */
export function problemOf(body: ObjectBody, error: unknown): S3Problem {
  const found = body.problem()
  if (found !== null) return found
  throw error
}

/** Returns the condition of a write. Those on times do not apply to writes. */
export function writeConditionOf(headers: HeaderFields): WriteCondition {
  const { ifMatch, ifNoneMatch } = readConditions(headers)
  return { ifMatch, ifNoneMatch }
}

/** Other rules for keys are those of the operation. */
export function checkKeyLength(key: string): S3Problem | null {
  return keyProblem(key)?.kind === 'too-long' ? problem('KeyTooLongError', 'Your key is too long') : null
}
