import { createHash } from 'node:crypto'
import { crc32 } from '../../platform/crc32.ts'
import { crc32c } from '../../platform/crc32c.ts'
import { crc64nvme } from '../../platform/crc64nvme.ts'
import type { S3ChecksumAlgorithm } from './checksum-algorithms.ts'
import { crcToBase64 } from './crc-base64.ts'

/** A checksum that bytes are added to. */
export interface RunningChecksum {
  readonly algorithm: S3ChecksumAlgorithm
  update(bytes: Uint8Array): void
  /** Returns the checksum of all bytes in base64. Called once, after the last byte. */
  base64(): string
}

/** Creates the checksum of no bytes. */
export function createRunningChecksum(algorithm: S3ChecksumAlgorithm): RunningChecksum {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    const hash = createHash(algorithm)
    return { algorithm, update: (bytes) => void hash.update(bytes), base64: () => hash.digest('base64') }
  }
  if (algorithm === 'CRC64NVME') {
    let crc = 0n
    return {
      algorithm,
      update: (bytes) => {
        crc = crc64nvme(bytes, crc)
      },
      base64: () => crcToBase64(algorithm, crc),
    }
  }
  const add = algorithm === 'CRC32' ? crc32 : crc32c
  let crc = 0
  return {
    algorithm,
    update: (bytes) => {
      crc = add(bytes, crc)
    },
    base64: () => crcToBase64(algorithm, BigInt(crc)),
  }
}
