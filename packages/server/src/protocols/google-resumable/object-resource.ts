import { formatIsoTime } from '../../platform/iso-time.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import { BUCKET } from '../urls.ts'

const field = (description: string) => ({ type: 'string', description })

/** Fields of `storage#object` that clients of this service may need. */
export const OBJECT_SCHEMA = {
  type: 'object',
  properties: {
    kind: { type: 'string', const: 'storage#object' },
    name: field('The `gcs_path` of the upload session.'),
    size: field('The size in bytes, as a string.'),
    contentType: field('The declared media type.'),
    crc32c: field('The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64.'),
    md5Hash: field('The MD5 of the stored bytes in base64, if `checksums` or `X-Goog-Hash` requested it.'),
    sha256Hash: field(
      "The SHA-256 of the stored bytes in base64, if `checksums` requested it. Google's objects do not have this field.",
    ),
    generation: field('The version of the object.'),
    etag: field('A validator of this version.'),
    timeCreated: { ...field('The time when the object was completed.'), format: 'date-time' },
  },
}

/** Describes an object as Google's JSON API does (`storage#object`). */
export function objectResource(object: ObjectMetadata, publicUrl: string): object {
  const { name, generation, contentType, sizeBytes, crc32c, md5, sha256, createdAtMs } = object
  const path = `/storage/v1/b/${BUCKET}/o/${encodeURIComponent(name)}`
  const time = formatIsoTime(createdAtMs)
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
