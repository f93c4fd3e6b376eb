import { ServiceError } from '../../domain/errors.ts'
import type { UploadSpec } from '../stored-object.ts'
import { joinedFacts, piecesOf } from './check-s3-parts.ts'
import { joinPieces } from './join-pieces.ts'
import { mapInParallel } from './map-in-parallel.ts'
import { findObject, fitsInMetadata, type KnownObject, publishFacts } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { PartRecords } from './part-records.ts'
import type { PartCompletion, PartUpload } from './part-upload.ts'
import type { S3 } from './s3.ts'
import { partPieces } from './upload-record.ts'

interface FinishTarget {
  readonly s3: S3
  readonly records: PartRecords
  readonly spec: Pick<UploadSpec, 'name'>
}

/** Bytes of an upload that are removed at the same time. */
const PARALLEL_REMOVALS = 16

/**
 * Makes the parts of a sealed upload an object, and removes the upload. Several processes may do so at the same time: they
 * store the same bytes under the same numbers. Returns null when the upload was cancelled meanwhile. After an error the
 * upload goes on without this completion.
 */
export async function finishParts(target: FinishTarget, upload: PartUpload): Promise<KnownObject | null> {
  const { s3, spec } = target
  const { completion } = upload
  if (completion === null) throw new Error('the upload is not sealed')
  const failure = await joinParts(target, upload, completion).then(
    () => null,
    (error: unknown) => ({ error }),
  )
  if (failure !== null) await s3.multipart.abort(keyOf(spec.name), completion.uploadId)
  // After the abort, no request that is late can create the object.
  const object = await findObject(s3, spec.name)
  if (object !== null) {
    await removePartUpload(target, upload)
    return object
  }
  if (await giveUp(target, completion)) return null
  throw failure === null ? goneError() : failure.error
}

async function joinParts(
  { s3, spec: { name } }: FinishTarget,
  upload: PartUpload,
  { uploadId, versions, md5, sha256, generation, createdAtMs }: PartCompletion,
): Promise<void> {
  const byVersion = new Map(upload.stored.map((part) => [part.version, part]))
  const chosen = versions.flatMap((version) => byVersion.get(version) ?? [])
  const facts = { ...joinedFacts(chosen, { md5, sha256 }), generation, createdAtMs }
  const pieces = chosen.flatMap((part) => piecesOf(name, upload, part))
  const parts = await joinPieces(s3, keyOf(name), uploadId, pieces)
  // Before the object, which then becomes visible together with them.
  if (!fitsInMetadata(facts)) await publishFacts(s3, name, facts)
  const joined = await s3.multipart.complete(keyOf(name), uploadId, parts)
  // `missing`: another process may have joined them.
  if (joined === 'invalid')
    throw new ServiceError('STORAGE_UNAVAILABLE', 'the server does not join the parts')
}

/** Ends the completion, of which no object can come any more. Returns true when the upload was cancelled. */
async function giveUp(
  { records, spec: { name } }: FinishTarget,
  { uploadId }: PartCompletion,
): Promise<boolean> {
  // Facts that were published stay: the next completion replaces them, and may do so now.
  const record = await records.update(name, (current) => {
    const upload = current?.partUpload ?? null
    if (current === null || upload?.completion?.uploadId !== uploadId) return null
    return { ...current, isSealed: false, partUpload: { ...upload, completion: null } }
  })
  return record === null
}

/** Removes the record of an upload of parts that has ended, and then its bytes, those of interrupted attempts included. */
export async function removePartUpload(
  { s3, records, spec: { name } }: FinishTarget,
  { id }: PartUpload,
): Promise<void> {
  // From now on, no part can be stored.
  await records.remove(name)
  const keys: string[] = []
  for await (const { key } of s3.bucket.list(partPieces(name, id))) keys.push(key)
  // The sweep removes those that are left.
  await mapInParallel(PARALLEL_REMOVALS, keys, s3.bucket.remove).catch(() => {})
}

function goneError(): ServiceError {
  return new ServiceError(
    'STORAGE_UNAVAILABLE',
    'the multipart upload is gone, so the completion has to begin again',
  )
}
