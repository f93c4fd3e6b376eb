import { mapInParallel } from './map-in-parallel.ts'
import { findObject, removeFacts } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { PartRecords } from './part-records.ts'
import type { PartUpload } from './part-upload.ts'
import type { S3 } from './s3.ts'
import { partPieces } from './upload-record.ts'

export interface EndTarget {
  readonly s3: S3
  readonly records: PartRecords
  readonly spec: { readonly name: string }
}

/** Objects that are removed at the same time. */
const PARALLEL_REMOVALS = 16

/**
 * Removes an upload of parts that is complete or cancelled: its multipart uploads, of which no object can come afterwards,
 * its bytes, those of interrupted attempts included, and its record.
 */
export async function endPartUpload(
  { s3, records, spec: { name } }: EndTarget,
  { id }: PartUpload,
): Promise<void> {
  let uploadIds: readonly string[] = []
  // From now on, no part can be stored, and no process can begin to join them.
  const record = await records.update(name, (record) => {
    const current = record?.partUpload ?? null
    if (record === null || current?.id !== id) return null
    uploadIds = current.completion?.uploadIds ?? []
    return current.isOver
      ? null
      : { ...record, isSealed: true, partUpload: { ...current, stored: [], isOver: true } }
  })
  for (const uploadId of new Set(uploadIds)) await s3.multipart.abort(keyOf(name), uploadId)
  // Others belong to a newer upload of the name.
  if (record === null || record.partUpload?.id === id) {
    // A completion that failed may have published them.
    if ((await findObject(s3, name)) === null) await removeFacts(s3, name)
    await records.remove(name)
  }
  const keys: string[] = []
  for await (const { key } of s3.bucket.list(partPieces(name, id))) keys.push(key)
  // The sweep removes those that are left.
  await mapInParallel(PARALLEL_REMOVALS, keys, s3.bucket.remove).catch(() => {})
}
