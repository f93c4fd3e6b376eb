import type { File } from './file.ts'
import type { PartRun } from './part-runs.ts'

/** A File under its key in a bucket. */
export interface BucketFile {
  readonly key: string
  readonly file: File
  /** Attributes of the object; null for Files of other protocols. */
  readonly attributes: ObjectAttributes | null
}

/** Values that a client of S3 stored with a File, to get them back with the bytes. */
export interface ObjectAttributes {
  /** Entity tag without quotes; null for that of bytes whose MD5 is not known. */
  readonly etag: string | null
  /** Headers of responses, such as `cache-control`, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** User metadata by the names after `x-amz-meta-`, in lower case. */
  readonly metadata: Readonly<Record<string, string>>
  /** Checksum; null for none. */
  readonly checksum: ObjectChecksum | null
  /** Sizes of the parts of a multipart upload in their order; null for other objects, and for too many sizes. */
  readonly parts: readonly PartRun[] | null
}

/** Metadata that tells the declared type of bytes that contradict it. */
const DECLARED_TYPE = 'declared-type'

export interface ObjectChecksum {
  /** Name of the algorithm in S3, such as `CRC32`. */
  readonly algorithm: string
  /** Base64; that of a composite checksum ends in `-` and the number of parts. */
  readonly value: string
  readonly type: 'FULL_OBJECT' | 'COMPOSITE'
}

/**
 * Returns the attributes of a File with this type. When it is not the declared one, which the bytes contradict, its
 * metadata tells the declared one. `declared` is null for none.
 */
export function withDeclaredType(
  attributes: ObjectAttributes,
  declared: string | null,
  contentType: string,
): ObjectAttributes {
  if (declared === null || declared === contentType) return attributes
  return { ...attributes, metadata: { ...attributes.metadata, [DECLARED_TYPE]: declared } }
}

/** Place of a File: a bucket and a key in it. */
export interface BucketPlace {
  /** '' for the default bucket of the organization. */
  readonly bucket: string
  readonly key: string
}

/** Facts from which the entity tag and the checksum of an object follow. */
export interface DescribedContent extends Pick<BucketFile, 'attributes'> {
  readonly file: FileContent
}

/** Size and checksum of the bytes of a File. */
export type FileContent = Pick<File, 'crc32c' | 'sizeBytes'>

/** Returns the entity tag of an object, without quotes. */
export function etagOf({ attributes, file }: DescribedContent): string {
  return attributes?.etag ?? opaqueEtag(file.crc32c, file.sizeBytes)
}

/**
 * Returns an entity tag of bytes whose MD5 is not known, from their CRC-32C in base64 and their size. It has the length
 * of an MD5 and ends in `-0`, so that no client compares it with one.
 */
export function opaqueEtag(crc32c: string, sizeBytes: number): string {
  const crc = Buffer.from(crc32c, 'base64').toString('hex')
  return `${crc}${sizeBytes.toString(16).padStart(24, '0')}-0`
}
