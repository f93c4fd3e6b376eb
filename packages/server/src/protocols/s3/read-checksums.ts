import { isBase64Of } from '../../domain/uploads/checksums.ts'
import {
  algorithmOfHeader,
  algorithmOfName,
  CHECKSUM_FACTS,
  S3_CHECKSUMS,
  type S3Checksum,
  type S3ChecksumAlgorithm,
} from './checksum-algorithms.ts'
import type { CrcAlgorithm } from './crc-base64.ts'
import { type HeaderFields, headerValue } from './header-fields.ts'
import type { MultipartChecksum } from './multipart-checksum.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'

/** Checksums with which the client announces a body. */
export interface AnnouncedChecksums {
  /** MD5 in base64, from `Content-MD5`; null for none. */
  readonly md5: string | null
  readonly checksum: AnnouncedChecksum | null
}

export type AnnouncedChecksum =
  | ({ readonly kind: 'value' } & S3Checksum)
  /** The value follows the body, in the trailer of this name. */
  | { readonly kind: 'trailer'; readonly algorithm: S3ChecksumAlgorithm; readonly name: string }

/**
 * Checksum that AWS SDKs sign into a presigned URL of an upload, because they do not know its body. It is right for an
 * empty body and says nothing about any other.
 */
const CRC32_OF_NOTHING = 'AAAAAA=='
/** Headers that begin like a checksum and are none. */
const NO_VALUES = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-type', 'x-amz-checksum-mode'])

/**
 * Reads the checksums of a body from its headers, or in a presigned URL from `queryOf`, which returns a query field by
 * its name in lower case. Problems are `InvalidDigest`, and `InvalidRequest` for several checksums, an unknown algorithm,
 * a value that is none of its algorithm, and an algorithm without a value.
 */
export function readAnnouncedChecksums(
  headers: HeaderFields,
  queryOf: (name: string) => string | null = () => null,
): AnnouncedChecksums | S3Problem {
  const md5 = headerValue(headers, 'content-md5')
  if (md5 !== null && !isBase64Of(16, md5)) {
    return problem('InvalidDigest', 'The Content-MD5 you specified is not valid.')
  }
  const isUnset = queryOf(CHECKSUM_FACTS.CRC32.header) === CRC32_OF_NOTHING
  const fieldOf = (name: string) => headerValue(headers, name) ?? (isUnset ? null : queryOf(name))
  const checksum = readChecksum(headers, fieldOf)
  return isProblem(checksum) ? checksum : { md5, checksum }
}

function readChecksum(
  headers: HeaderFields,
  fieldOf: (name: string) => string | null,
): AnnouncedChecksum | S3Problem | null {
  const unknown = [...headers.keys()].find(
    (name) => name.startsWith('x-amz-checksum-') && !NO_VALUES.has(name) && algorithmOfHeader(name) === null,
  )
  if (unknown !== undefined) return invalid(`The checksum header ${unknown} is not supported.`)
  const values = S3_CHECKSUMS.flatMap((algorithm) => {
    const value = fieldOf(CHECKSUM_FACTS[algorithm].header)
    return value === null ? [] : [{ kind: 'value', algorithm, value } as const]
  })
  const trailer = readTrailer(headers)
  if (isProblem(trailer)) return trailer
  const announced = trailer === null ? values : [...values, trailer]
  if (announced.length > 1) return invalid('Expecting a single x-amz-checksum- header.')
  const [first = null] = announced
  if (first?.kind === 'value' && !isBase64Of(CHECKSUM_FACTS[first.algorithm].bytes, first.value)) {
    return invalid(`Value for ${CHECKSUM_FACTS[first.algorithm].header} header is invalid.`)
  }
  return withNamedAlgorithm(fieldOf('x-amz-sdk-checksum-algorithm'), first)
}

/** Reads `x-amz-trailer`; null where it announces no checksum. */
function readTrailer(headers: HeaderFields): AnnouncedChecksum | S3Problem | null {
  const name = headerValue(headers, 'x-amz-trailer')?.toLowerCase() ?? null
  if (name === null) return null
  const algorithm = algorithmOfHeader(name)
  if (algorithm !== null) return { kind: 'trailer', algorithm, name }
  return invalid('The value specified in the x-amz-trailer header is not supported.')
}

/** Compares a checksum with the algorithm that `x-amz-sdk-checksum-algorithm` names. */
function withNamedAlgorithm(
  name: string | null,
  checksum: AnnouncedChecksum | null,
): AnnouncedChecksum | S3Problem | null {
  if (name === null) return checksum
  const algorithm = algorithmOfName(name)
  if (algorithm === null) return invalid('Checksum algorithm provided is unsupported.')
  if (checksum?.algorithm === algorithm) return checksum
  return invalid(
    checksum === null
      ? 'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.'
      : 'Value for x-amz-sdk-checksum-algorithm header is invalid.',
  )
}

/**
 * Reads the checksum that an object of parts is to have, from `x-amz-checksum-algorithm` and `x-amz-checksum-type` of
 * CreateMultipartUpload; null when it names none. Problems are `InvalidRequest`.
 */
export function readMultipartChecksum(headers: HeaderFields): MultipartChecksum | S3Problem | null {
  const name = headerValue(headers, 'x-amz-checksum-algorithm')
  const typeName = headerValue(headers, 'x-amz-checksum-type')?.toUpperCase() ?? null
  if (name === null) {
    return typeName === null
      ? null
      : invalid('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
  }
  const algorithm = algorithmOfName(name)
  if (algorithm === null) return invalid('Checksum algorithm provided is unsupported.')
  const { types } = CHECKSUM_FACTS[algorithm]
  const type = typeName === null ? types[0] : types.find((known) => known === typeName)
  if (type === 'FULL_OBJECT') return { type, algorithm: algorithm as CrcAlgorithm }
  if (type === 'COMPOSITE') return { type, algorithm }
  return typeName === 'FULL_OBJECT' || typeName === 'COMPOSITE'
    ? invalid(
        `The ${typeName} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
      )
    : invalid('Value for x-amz-checksum-type header is invalid.')
}

function invalid(message: string): S3Problem {
  return problem('InvalidRequest', message)
}
