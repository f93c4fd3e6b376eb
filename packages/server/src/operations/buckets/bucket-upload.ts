import { ServiceError } from '../../domain/errors.ts'
import { type ObjectChecksum, opaqueEtag } from '../../domain/files/bucket-file.ts'
import { type BucketUpload, bucketUploadOf } from '../../domain/uploads/bucket-upload.ts'
import { base64ToHex } from '../../domain/uploads/checksums.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { StoredPart } from '../../storage/part-uploads.ts'
import type { Context } from '../context.ts'
import { findPartUpload, type PartUpload } from '../uploads/part-upload.ts'
import { findBucketId } from './get-bucket.ts'
import type { NamedKey } from './get-bucket-file.ts'

/** A multipart upload, named as clients name it. */
export interface NamedUpload extends NamedKey {
  readonly uploadId: string
}

export interface FoundBucketUpload {
  readonly upload: PartUpload
  readonly session: UploadSession
  readonly place: BucketUpload
}

/** Checksum of a part, which its client announced or its upload asked for. */
export type PartChecksum = Pick<ObjectChecksum, 'algorithm' | 'value'>

/** Part of a multipart upload. */
export interface BucketPart {
  readonly number: number
  /** MD5 of its bytes in hex; null when it was not computed. */
  readonly md5: string | null
  /** Entity tag without quotes: the MD5, or an opaque one. */
  readonly etag: string
  readonly sizeBytes: number
  /** CRC-32C in base64. */
  readonly crc32c: string
  /** Checksum; null for none. */
  readonly checksum: PartChecksum | null
  readonly storedAtMs: number
  readonly version: string
}

/** Returns a multipart upload of this bucket and key. Throws BUCKET_NOT_FOUND, UPLOAD_NOT_FOUND. */
export async function findBucketUpload(
  context: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  { bucket: name, key, uploadId }: NamedUpload,
): Promise<FoundBucketUpload> {
  const bucket = await findBucketId(context, organizationId, name)
  const upload = await findPartUpload(context, organizationId, uploadId)
  const { session } = upload
  const place = bucketUploadOf(session)
  if (place?.bucket !== bucket || place.key !== key) throw noUpload()
  return { upload, session, place }
}

/** Like `findBucketUpload`, for an upload that has not ended. */
export async function findOpenBucketUpload(
  context: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  named: NamedUpload,
): Promise<FoundBucketUpload> {
  const found = await findBucketUpload(context, organizationId, named)
  if (found.upload.status !== 'pending') throw noUpload()
  return found
}

export function noUpload(): ServiceError {
  return new ServiceError('UPLOAD_NOT_FOUND', 'there is no such upload')
}

/** Returns the stored parts of an upload in the order of their numbers. */
export async function bucketPartsOf(
  { storage }: Pick<Context, 'storage'>,
  { objectName }: UploadSession,
): Promise<readonly BucketPart[]> {
  const parts = await storage.parts.list(objectName)
  return parts.map(toBucketPart).toSorted((a, b) => a.number - b.number)
}

export function toBucketPart(part: StoredPart): BucketPart {
  const { partId, digests, sizeBytes, crc32c, storedAtMs, version, note } = part
  const md5 = base64ToHex(digests.md5 ?? null)
  const etag = md5 ?? opaqueEtag(crc32c, sizeBytes)
  const checksum = note === undefined ? null : (JSON.parse(note) as PartChecksum)
  return { number: Number(partId), md5, etag, sizeBytes, crc32c, checksum, storedAtMs, version }
}
