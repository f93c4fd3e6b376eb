import type { HashAlgorithm, ObjectChecksums } from '../domain/uploads/checksums.ts'

/** Properties of an object that are known before its first byte. */
export interface UploadSpec {
  readonly name: string
  readonly contentType: string
  /** Checksums to compute during the upload in addition to the CRC-32C; absent for none. */
  readonly checksums?: readonly HashAlgorithm[]
}

/** Metadata of an object. `md5` and `sha256` are known when requested, announced or provided by the storage. */
export interface ObjectMetadata extends ObjectChecksums {
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
  /** Base64 of the big-endian CRC-32C of the stored bytes. */
  readonly crc32c: string
  /** Identifies this version of the object; a decimal number that grows with time. */
  readonly generation: string
  readonly createdAtMs: number
}

/** Byte positions, both inclusive, as in HTTP. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Space for a body, which can grow during the upload. */
export interface BodyRoom {
  /** Returns the current space in bytes, counted from the start of the body. */
  bytes(): number
  /** Enlarges the space; returns false when it cannot grow: a body that needs more is then too long. */
  grow(): Promise<boolean>
}
