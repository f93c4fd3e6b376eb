import type { Bucket } from '../../domain/files/bucket.ts'
import type { BucketFile } from '../../domain/files/bucket-file.ts'
import { type Row, toFile } from './rows.ts'

export function toBucket(row: Row): Bucket {
  const name = String(row.name)
  return { name, id: name, createdAtMs: Number(row.created_at_ms) }
}

/** Converts a row of a File with its key. */
export function toBucketFile(row: Row): BucketFile {
  const { key, attributes } = row
  return {
    key: String(key),
    file: toFile(row),
    attributes: attributes === null ? null : { parts: null, ...JSON.parse(String(attributes)) },
  }
}
