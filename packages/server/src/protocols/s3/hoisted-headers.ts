import type { HeaderFields } from './header-fields.ts'
import { problem, type S3Problem } from './problem.ts'
import type { QueryField, RequestTarget } from './request-target.ts'

/**
 * Headers that the AWS SDKs for JavaScript and Ruby write into the query of a presigned URL, as AWS reads them there. Checksums
 * of a body have rules of their own, and a copy source or tags in a query have no effect, as with AWS.
 */
const HOISTED = /^x-amz-(meta-[a-z0-9!#$%&'*+.^_`|~-]+|checksum-(algorithm|type|mode)|expected-bucket-owner)$/
const METADATA = /^x-amz-meta-/
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header cannot have control characters
const NOT_IN_HEADERS = /[\u0000-\u0008\u000a-\u001f\u007f]/

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
    const isHoisted = HOISTED.test(name)
    if (!isHoisted && !METADATA.test(name)) continue
    if (!isHoisted || NOT_IN_HEADERS.test(field.value)) return notAHeader(field)
    // Values of headers are bytes, as Latin-1.
    if (!merged.has(name)) merged.set(name, [Buffer.from(field.value).toString('latin1')])
  }
  return merged
}

function notAHeader({ name, value }: QueryField): S3Problem {
  return problem('InvalidArgument', 'The query field cannot be a header.', {
    ArgumentName: name,
    ArgumentValue: value,
  })
}
