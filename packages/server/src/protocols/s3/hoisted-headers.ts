import { type HeaderFields, isHeaderName, isHeaderValue } from './header-fields.ts'
import { problem, type S3Problem } from './problem.ts'
import type { QueryField, RequestTarget } from './request-target.ts'

/**
 * Headers that the AWS SDKs for JavaScript and Ruby write into the query of a presigned URL, as AWS reads them there. Checksums
 * of a body have rules of their own, and a copy source or tags in a query have no effect, as with AWS.
 */
const HOISTED = /^x-amz-(meta-.*|checksum-(algorithm|type|mode)|expected-bucket-owner)$/s
const METADATA = /^x-amz-meta-/

/**
 * Returns the headers of a request with a presigned URL, together with those in its query. A header that was sent takes
 * precedence. A problem is `InvalidArgument`, for a name or a value that no header can have.
 */
export function withHoistedHeaders(
  headers: HeaderFields,
  { query }: Pick<RequestTarget, 'query'>,
): HeaderFields | S3Problem {
  const merged = new Map(headers)
  for (const field of query) {
    const name = field.name.toLowerCase()
    if (!HOISTED.test(name)) continue
    const value = Buffer.from(field.value).toString('latin1')
    if (!isHeaderName(name.replace(METADATA, '')) || !isHeaderValue(value)) return notAHeader(field)
    if (!merged.has(name)) merged.set(name, [value])
  }
  return merged
}

function notAHeader({ name, value }: QueryField): S3Problem {
  return problem('InvalidArgument', 'The query field cannot be a header.', {
    ArgumentName: name,
    ArgumentValue: value,
  })
}
