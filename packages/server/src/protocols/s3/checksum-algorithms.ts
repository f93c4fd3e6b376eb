/** The checksum algorithms of S3, by their names in requests and in XML ("Checking object integrity"). */
export const S3_CHECKSUMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
export type S3ChecksumAlgorithm = (typeof S3_CHECKSUMS)[number]

/** Checksum of all bytes of an object, or of the checksums of its parts. */
export type S3ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** A checksum in base64, that of a CRC from its big-endian bytes; a composite one ends in `-` and the number of parts. */
export interface S3Checksum {
  readonly algorithm: S3ChecksumAlgorithm
  readonly value: string
}

interface AlgorithmFacts {
  /** Name of the header, the trailer or the query parameter. */
  readonly header: string
  /** Name of the element in XML. */
  readonly element: string
  readonly bytes: number
  /** Types that a multipart upload may have; the first is the default. */
  readonly types: readonly S3ChecksumType[]
}

/** Facts of each algorithm. */
export const CHECKSUM_FACTS: Readonly<Record<S3ChecksumAlgorithm, AlgorithmFacts>> = {
  CRC32: {
    header: 'x-amz-checksum-crc32',
    element: 'ChecksumCRC32',
    bytes: 4,
    types: ['COMPOSITE', 'FULL_OBJECT'],
  },
  CRC32C: {
    header: 'x-amz-checksum-crc32c',
    element: 'ChecksumCRC32C',
    bytes: 4,
    types: ['COMPOSITE', 'FULL_OBJECT'],
  },
  CRC64NVME: {
    header: 'x-amz-checksum-crc64nvme',
    element: 'ChecksumCRC64NVME',
    bytes: 8,
    types: ['FULL_OBJECT'],
  },
  SHA1: { header: 'x-amz-checksum-sha1', element: 'ChecksumSHA1', bytes: 20, types: ['COMPOSITE'] },
  SHA256: { header: 'x-amz-checksum-sha256', element: 'ChecksumSHA256', bytes: 32, types: ['COMPOSITE'] },
}

/** Returns the algorithm of a header or trailer, in lower case; null when it is no checksum. */
export function algorithmOfHeader(name: string): S3ChecksumAlgorithm | null {
  return S3_CHECKSUMS.find((algorithm) => CHECKSUM_FACTS[algorithm].header === name) ?? null
}

/** Returns the algorithm with this name in any case; null for an unknown one. */
export function algorithmOfName(name: string): S3ChecksumAlgorithm | null {
  const upper = name.toUpperCase()
  return S3_CHECKSUMS.find((algorithm) => algorithm === upper) ?? null
}
