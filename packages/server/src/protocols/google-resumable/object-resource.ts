import type { ObjectMetadata } from '../../storage/stored-object.ts'
import { BUCKET } from '../urls.ts'

/** Returns the object in the form of Google's JSON API (`storage#object`). */
export function objectResource(object: ObjectMetadata, publicUrl: string): object {
  const { name, generation, contentType, sizeBytes, crc32c, md5, sha256, createdAtMs } = object
  const path = `/storage/v1/b/${BUCKET}/o/${encodeURIComponent(name)}`
  const time = new Date(createdAtMs).toISOString()
  return {
    kind: 'storage#object',
    id: `${BUCKET}/${name}/${generation}`,
    selfLink: `${publicUrl}${path}`,
    mediaLink: `${publicUrl}/download${path}?generation=${generation}&alt=media`,
    name,
    bucket: BUCKET,
    generation,
    metageneration: '1',
    contentType,
    storageClass: 'STANDARD',
    size: String(sizeBytes),
    crc32c,
    ...(md5 === null ? {} : { md5Hash: md5 }),
    // An extension: Google's resource has no such field.
    ...(sha256 === null ? {} : { sha256Hash: sha256 }),
    etag: Buffer.from(generation).toString('base64'),
    timeCreated: time,
    updated: time,
  }
}
