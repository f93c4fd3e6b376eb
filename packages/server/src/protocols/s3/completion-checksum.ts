import type { ObjectChecksum } from '../../domain/files/bucket-file.ts'
import type { BucketPart } from '../../operations/buckets/bucket-upload.ts'
import {
  CHECKSUM_FACTS,
  S3_CHECKSUMS,
  type S3Checksum,
  type S3ChecksumAlgorithm,
} from './checksum-algorithms.ts'
import { isCrcAlgorithm } from './crc-base64.ts'
import { type HeaderFields, headerValue } from './header-fields.ts'
import { checksumOfPart, type MultipartChecksum, multipartChecksum } from './multipart-checksum.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'
import type { NamedPart } from './xml/read-completion.ts'

/**
 * Returns the checksum of the object of CompleteMultipartUpload, from those of its parts; null when its upload asked for
 * none. `wanted` is what the upload asked for; `named` and `parts` are the same parts. Problems are `InvalidRequest` for
 * another size, type or algorithm than the upload has, `BadDigest` for another checksum, and `InvalidPart` for a part with
 * another checksum than the client names.
 */
export function completionChecksum(
  headers: HeaderFields,
  wanted: MultipartChecksum | null,
  named: readonly NamedPart[],
  parts: readonly BucketPart[],
): ObjectChecksum | S3Problem | null {
  const refusal = checkSize(headers, parts) ?? checkParts(named, parts) ?? checkType(headers, wanted)
  if (refusal !== null) return refusal
  const announced = readAnnounced(headers)
  if (isProblem(announced)) return announced
  const kind = wanted ?? (announced && fullObjectOf(announced.algorithm))
  if (kind === null) return announced && notOfUpload(announced.algorithm)
  if (announced !== null && announced.algorithm !== kind.algorithm) return notOfUpload(announced.algorithm)
  const values = parts.flatMap((part) => {
    const value = storedValue(part, kind.algorithm)
    return value === null ? [] : [{ value, sizeBytes: part.sizeBytes }]
  })
  if (values.length < parts.length) return notOfUpload(kind.algorithm)
  const value = multipartChecksum(kind, values)
  // The number of parts may be left out.
  if (announced === null || announced.value === value || announced.value === value.split('-', 1)[0]) {
    return wanted === null ? null : { algorithm: kind.algorithm, value, type: kind.type }
  }
  return problem('BadDigest', `The ${kind.algorithm} you specified did not match the calculated checksum.`)
}

function checkSize(headers: HeaderFields, parts: readonly BucketPart[]): S3Problem | null {
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0)
  const expectedBytes = headerValue(headers, 'x-amz-mp-object-size')
  if (expectedBytes === null || Number(expectedBytes) === sizeBytes) return null
  return problem('InvalidRequest', 'The provided x-amz-mp-object-size does not match the size of the object.')
}

function checkParts(named: readonly NamedPart[], parts: readonly BucketPart[]): S3Problem | null {
  const wrong = named.find(({ checksum }, index) => {
    const part = parts[index]
    return checksum !== null && part !== undefined && storedValue(part, checksum.algorithm) !== checksum.value
  })
  return wrong === undefined ? null : problem('InvalidPart', '', { PartNumber: String(wrong.number) })
}

function checkType(headers: HeaderFields, wanted: MultipartChecksum | null): S3Problem | null {
  const type = headerValue(headers, 'x-amz-checksum-type')?.toUpperCase()
  if (type === undefined || wanted === null || type === wanted.type) return null
  return problem(
    'InvalidRequest',
    `The upload was created using the ${wanted.type} checksum mode. The complete request must use the same checksum mode.`,
  )
}

/** Reads the checksum of the object; a composite one may end in the number of parts. */
function readAnnounced(headers: HeaderFields): S3Checksum | S3Problem | null {
  const announced = S3_CHECKSUMS.flatMap((algorithm) => {
    const value = headerValue(headers, CHECKSUM_FACTS[algorithm].header)
    return value === null ? [] : [{ algorithm, value }]
  })
  const [first = null] = announced
  return announced.length > 1
    ? problem('InvalidRequest', 'Expecting a single x-amz-checksum- header.')
    : first
}

/** A CRC of all bytes follows from those of the parts, also when the upload did not ask for it. */
function fullObjectOf(algorithm: S3ChecksumAlgorithm): MultipartChecksum | null {
  return isCrcAlgorithm(algorithm) ? { type: 'FULL_OBJECT', algorithm } : null
}

/** Returns the checksum that was stored with a part; null for another algorithm. */
function storedValue(part: BucketPart, wanted: S3ChecksumAlgorithm): string | null {
  const { algorithm, value } = checksumOfPart(part)
  if (algorithm === wanted) return value
  return wanted === 'CRC32C' ? part.crc32c : null
}

function notOfUpload(algorithm: S3ChecksumAlgorithm): S3Problem {
  return problem('InvalidRequest', `The parts of the upload have no ${algorithm} to compare with.`)
}
