import {
  type BucketFile,
  type DescribedContent,
  etagOf,
  type ObjectAttributes,
} from '../../domain/files/bucket-file.ts'
import { contentDispositionOf } from '../../domain/files/content-disposition.ts'
import { trimBlanks } from '../http/trim-blanks.ts'
import {
  algorithmOfName,
  CHECKSUM_FACTS,
  type S3Checksum,
  type S3ChecksumType,
} from './checksum-algorithms.ts'
import { quoteEtag } from './etag.ts'
import { type HeaderFields, headerValue, isHeaderValue } from './header-fields.ts'
import { problem, type S3Problem } from './problem.ts'
import type { S3Answer } from './s3-answer.ts'
import { fieldsOf, isPresigned, type S3Request } from './s3-request.ts'

/** Headers of an object that come back with it. */
const STORED = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const
const METADATA_PREFIX = 'x-amz-meta-'
/** Largest user metadata of an object, names and values, as in S3. */
const MAX_METADATA_BYTES = 2048
/** Largest stored headers together. */
const MAX_HEADER_BYTES = 4096
/** Overrides of response headers in the query, which only signed requests have. */
const OVERRIDES = [...STORED, 'content-type'] as const

type Described = Pick<ObjectAttributes, 'headers' | 'metadata'>

/** Reads the headers and the user metadata to store with an object. Problems are `MetadataTooLarge`, `InvalidArgument`. */
export function readObjectHeaders(fields: HeaderFields): Described | S3Problem {
  const headers: Record<string, string> = {}
  for (const name of STORED) {
    const value = name === 'content-encoding' ? contentEncoding(fields) : headerValue(fields, name)
    if (value !== null && value !== '') headers[name] = value
  }
  const metadata: Record<string, string> = {}
  for (const [name, values] of fields) {
    if (name.startsWith(METADATA_PREFIX))
      metadata[name.slice(METADATA_PREFIX.length)] = trimBlanks(values.join(','))
  }
  if (bytesOf(metadata) > MAX_METADATA_BYTES) {
    return problem('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size')
  }
  if (bytesOf(headers) > MAX_HEADER_BYTES) return problem('InvalidArgument', 'The headers are too large')
  return { headers, metadata }
}

/** Values are bytes, one character each. */
function bytesOf(values: Readonly<Record<string, string>>): number {
  return Object.entries(values).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}

/** Returns the encoding of the object, without the framing of the request. */
function contentEncoding(fields: HeaderFields): string | null {
  const encodings = (fields.get('content-encoding') ?? []).flatMap((value) => value.split(','))
  return encodings
    .map(trimBlanks)
    .filter((one) => one !== '' && one !== 'aws-chunked')
    .join(',')
}

/**
 * Returns the headers of a response with an object, or of a HEAD. The query's `response-` fields override them. A browser
 * can safely display the bytes: no scripts run, and no type is guessed. With a presigned URL, which a browser may have
 * opened, the File has its name, and no cache keeps it. Other clients get only what was stored: they copy the headers of
 * an object with it. A problem is `InvalidArgument`, for an override that cannot be a header.
 */
export function objectHeaders(found: BucketFile, request: S3Request): S3Answer['headers'] | S3Problem {
  const fieldOf = fieldsOf(request)
  const overrides: Record<string, string> = {}
  for (const name of OVERRIDES) {
    const value = fieldOf(`response-${name}`)
    if (value === null) continue
    if (!isHeaderValue(value)) return notLatin1(`response-${name}`, value)
    overrides[name] = value
  }
  const { file, attributes } = found
  const metadata = Object.entries(attributes?.metadata ?? {}).map(
    ([name, value]) => [METADATA_PREFIX + name, value] as const,
  )
  return {
    'accept-ranges': 'bytes',
    ...(isPresigned(request)
      ? { 'content-disposition': contentDispositionOf(file) }
      : { 'cache-control': null }),
    'content-security-policy': "sandbox; default-src 'none'",
    'content-type': file.contentType,
    ...validatorHeaders(found),
    ...attributes?.headers,
    ...Object.fromEntries(metadata),
    ...overrides,
  }
}

export function validatorHeaders(found: BucketFile): Readonly<Record<string, string>> {
  return {
    etag: quoteEtag(etagOf(found)),
    'last-modified': new Date(found.file.uploadedAtMs).toUTCString(),
  }
}

/** Returns the checksum of an object as headers. */
export function checksumHeaders(found: BucketFile): Readonly<Record<string, string>> {
  const { algorithm, value, type } = checksumOf(found)
  return { [CHECKSUM_FACTS[algorithm].header]: value, 'x-amz-checksum-type': type }
}

/** Returns the checksum that the client announced; the CRC-32C, which every File has, when there is none. */
export function checksumOf({ attributes, file }: DescribedContent): S3Checksum & {
  readonly type: S3ChecksumType
} {
  const algorithm = algorithmOfName(attributes?.checksum?.algorithm ?? '')
  return attributes?.checksum && algorithm
    ? { ...attributes.checksum, algorithm }
    : { algorithm: 'CRC32C', value: file.crc32c, type: 'FULL_OBJECT' }
}

function notLatin1(name: string, value: string): S3Problem {
  return problem('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.', {
    ArgumentName: name,
    ArgumentValue: value,
  })
}
