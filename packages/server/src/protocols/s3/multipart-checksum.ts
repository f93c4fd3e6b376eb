import type { BucketUpload } from '../../domain/uploads/bucket-upload.ts'
import type { BucketPart } from '../../operations/buckets/bucket-upload.ts'
import { combineCrc32 } from '../../platform/crc32.ts'
import { combineCrc32c } from '../../platform/crc32c.ts'
import { combineCrc64nvme } from '../../platform/crc64nvme.ts'
import { algorithmOfName, type S3Checksum, type S3ChecksumAlgorithm } from './checksum-algorithms.ts'
import { type CrcAlgorithm, crcFromBase64, crcToBase64 } from './crc-base64.ts'
import { createRunningChecksum } from './running-checksum.ts'

/** Checksum that an object of parts has. */
export type MultipartChecksum =
  | { readonly type: 'COMPOSITE'; readonly algorithm: S3ChecksumAlgorithm }
  | { readonly type: 'FULL_OBJECT'; readonly algorithm: CrcAlgorithm }

export interface SizedChecksum {
  /** Checksum of the part in base64. */
  readonly value: string
  readonly sizeBytes: number
}

/** Returns the checksum that the object of an upload is to have, as it was read at its creation; null for none. */
export function checksumOfUpload({ checksum }: Pick<BucketUpload, 'checksum'>): MultipartChecksum | null {
  return checksum as MultipartChecksum | null
}

/** Returns the checksum of a part that is known; the CRC-32C, which every part has, when there is no other one. */
export function checksumOfPart({ checksum, crc32c }: Pick<BucketPart, 'checksum' | 'crc32c'>): S3Checksum {
  const algorithm = algorithmOfName(checksum?.algorithm ?? '')
  return checksum && algorithm ? { algorithm, value: checksum.value } : { algorithm: 'CRC32C', value: crc32c }
}

/**
 * Returns the checksum of an object from those of its parts, in their order: of type COMPOSITE the checksum of their
 * binary values, followed by `-` and their number; of type FULL_OBJECT the checksum of all bytes.
 */
export function multipartChecksum(checksum: MultipartChecksum, parts: readonly SizedChecksum[]): string {
  if (checksum.type === 'FULL_OBJECT') return fullObjectChecksum(checksum.algorithm, parts)
  const running = createRunningChecksum(checksum.algorithm)
  for (const { value } of parts) running.update(Buffer.from(value, 'base64'))
  return `${running.base64()}-${parts.length}`
}

function fullObjectChecksum(algorithm: CrcAlgorithm, parts: readonly SizedChecksum[]): string {
  const crc = parts.reduce((before, { value, sizeBytes }) => {
    const next = crcFromBase64(value)
    if (algorithm === 'CRC64NVME') return combineCrc64nvme(before, next, sizeBytes)
    const combine = algorithm === 'CRC32' ? combineCrc32 : combineCrc32c
    return BigInt(combine(Number(before), Number(next), sizeBytes))
  }, 0n)
  return crcToBase64(algorithm, crc)
}
