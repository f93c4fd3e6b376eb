import { ServiceError } from '../../domain/errors.ts'
import type { ObjectMetadata } from '../stored-object.ts'

/** What is needed of an object as the JSON API describes it (`storage#object`). */
export interface ObjectResource {
  readonly size?: unknown
  readonly contentType?: unknown
  readonly crc32c?: unknown
  readonly md5Hash?: unknown
  readonly generation?: unknown
  readonly timeCreated?: unknown
}

/** Throws STORAGE_UNAVAILABLE for a resource that is none. */
export function toObjectMetadata(name: string, resource: ObjectResource): ObjectMetadata {
  const { size, contentType, crc32c, md5Hash, generation, timeCreated } = resource
  const metadata = {
    name,
    contentType: String(contentType ?? 'application/octet-stream'),
    sizeBytes: Number(size ?? Number.NaN),
    crc32c: String(crc32c ?? ''),
    md5: md5Hash === undefined ? null : String(md5Hash),
    // Google does not compute it.
    sha256: null,
    generation: String(generation ?? ''),
    createdAtMs: Date.parse(String(timeCreated)),
  }
  const isWhole = metadata.sizeBytes >= 0 && metadata.crc32c !== '' && /^\d+$/.test(metadata.generation)
  if (isWhole) return metadata
  throw new ServiceError('STORAGE_UNAVAILABLE', 'what the storage says of the object cannot be read')
}
