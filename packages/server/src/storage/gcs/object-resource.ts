import { ServiceError } from '../../domain/errors.ts'
import type { ObjectMetadata } from '../stored-object.ts'

/** Fields of an object resource of the JSON API (`storage#object`) that this storage needs. */
export interface ObjectResource {
  readonly size?: unknown
  readonly contentType?: unknown
  readonly crc32c?: unknown
  readonly md5Hash?: unknown
  readonly generation?: unknown
  readonly timeCreated?: unknown
}

/** Converts a resource into metadata. Throws STORAGE_UNAVAILABLE when it is incomplete. */
export function toObjectMetadata(name: string, resource: ObjectResource): ObjectMetadata {
  const { size, contentType, crc32c, md5Hash, generation, timeCreated } = resource
  const metadata = {
    name,
    contentType: String(contentType ?? 'application/octet-stream'),
    sizeBytes: Number(size ?? Number.NaN),
    crc32c: String(crc32c ?? ''),
    md5: md5Hash === undefined ? null : String(md5Hash),
    // Google does not compute SHA-256.
    sha256: null,
    generation: String(generation ?? ''),
    createdAtMs: Date.parse(String(timeCreated)),
  }
  const isComplete = metadata.sizeBytes >= 0 && metadata.crc32c !== '' && /^\d+$/.test(metadata.generation)
  if (isComplete) return metadata
  throw new ServiceError('STORAGE_UNAVAILABLE', 'the storage returned incomplete metadata of the object')
}
