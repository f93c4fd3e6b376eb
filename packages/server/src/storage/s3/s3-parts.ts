import type { PartAttempts } from '../part-attempts.ts'
import type { PartUploads } from '../part-uploads.ts'
import type { WriterLocks } from '../writer-locks.ts'
import { completeS3Parts } from './complete-s3-parts.ts'
import { findObject } from './object-facts.ts'
import type { PartRecords } from './part-records.ts'
import { describePart, takesParts } from './part-upload.ts'
import type { S3 } from './s3.ts'
import { linkS3Part, writeS3Part } from './write-s3-part.ts'

export interface S3PartsOptions {
  readonly s3: S3
  readonly records: PartRecords
  readonly locks: WriterLocks
  readonly attempts: PartAttempts
}

/** Creates uploads of parts in a bucket, where each part is stored in objects of its own until the parts are joined. */
export function createS3Parts({ s3, records, locks, attempts }: S3PartsOptions): PartUploads {
  return {
    isAvailable: true,
    write: async (spec, body, limits) => {
      const attempt = attempts.begin(spec.name)
      const release = records.hold(spec.name)
      try {
        return await writeS3Part({ s3, records, spec }, attempt, body, limits)
      } finally {
        release()
        attempt.end()
      }
    },
    link: async (spec, sourceName) => {
      const attempt = attempts.begin(spec.name)
      return linkS3Part({ s3, records, spec }, sourceName).finally(attempt.end)
    },
    list: async (name) => {
      const upload = (await records.load(name))?.partUpload ?? null
      const isOver = upload === null || (!takesParts(upload) && (await findObject(s3, name)) !== null)
      return isOver ? [] : upload.stored.map(describePart)
    },
    complete: async (spec, choices, expected) => {
      const lock = await locks.take(spec.name)
      try {
        const completed = await completeS3Parts({ s3, records, spec }, choices, expected)
        // Bodies that are still arriving can no longer be stored.
        if (completed.kind === 'object') await attempts.endAllOf(spec.name)
        return completed
      } finally {
        lock.end()
      }
    },
  }
}
