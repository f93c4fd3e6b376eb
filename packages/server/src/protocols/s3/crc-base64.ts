import { CHECKSUM_FACTS, type S3ChecksumAlgorithm } from './checksum-algorithms.ts'

/** Algorithms whose value of an object follows from those of its parts. */
export type CrcAlgorithm = Extract<S3ChecksumAlgorithm, 'CRC32' | 'CRC32C' | 'CRC64NVME'>

export function isCrcAlgorithm(algorithm: S3ChecksumAlgorithm): algorithm is CrcAlgorithm {
  return algorithm !== 'SHA1' && algorithm !== 'SHA256'
}

/** Formats a CRC as S3 does: base64 of the big-endian bytes. */
export function crcToBase64(algorithm: CrcAlgorithm, crc: bigint): string {
  const hex = crc.toString(16).padStart(CHECKSUM_FACTS[algorithm].bytes * 2, '0')
  return Buffer.from(hex, 'hex').toString('base64')
}

/** Parses what `crcToBase64` returns. */
export function crcFromBase64(value: string): bigint {
  return BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
}
