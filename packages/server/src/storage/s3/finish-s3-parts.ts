import { ServiceError } from '../../domain/errors.ts'
import type { UploadSpec } from '../stored-object.ts'
import { joinedFacts, piecesOf } from './check-s3-parts.ts'
import { endPartUpload } from './end-part-upload.ts'
import { joinPieces } from './join-pieces.ts'
import {
  findObject,
  fitsInMetadata,
  joinedMetadata,
  type KnownObject,
  type ObjectFacts,
  publishFacts,
} from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { PartRecords } from './part-records.ts'
import type { PartCompletion, PartUpload } from './part-upload.ts'
import type { JoinedPiece } from './plan-join.ts'
import type { S3 } from './s3.ts'

export interface CompletionTarget {
  readonly s3: S3
  readonly records: PartRecords
  readonly spec: UploadSpec
}

/** Upload whose parts become an object. */
export interface SealedUpload extends PartUpload {
  readonly completion: PartCompletion
}

/**
 * Makes the parts of a sealed upload an object, and removes the upload. Several processes may do so at the same time, each
 * with a multipart upload of its own: their objects are equal, and the first one ends the others. Returns null when the
 * upload was cancelled. After an error the upload goes on without this completion, unless another process works on it. A
 * damaged part ends the completion of all processes, so that the part can be replaced.
 */
export async function finishParts(
  target: CompletionTarget,
  upload: SealedUpload,
): Promise<KnownObject | null> {
  const { s3, spec } = target
  const { facts, pieces } = contentOf(spec.name, upload)
  const uploadId = await beginJoin(target, upload, facts).catch(async (error) => {
    // Ends the completion if no other process works on it.
    await giveUp(target, upload, []).catch(() => {})
    throw error
  })
  if (uploadId === null) return objectAfterEnd(target, upload)
  const failure = await join(target, uploadId, facts, pieces).then(
    () => null,
    (error: unknown) => ({ error }),
  )
  const ended = failure !== null && isDamage(failure.error) ? await joinsOf(target, upload) : []
  const uploadIds = [...new Set([uploadId, ...ended])]
  if (failure !== null) for (const id of uploadIds) await s3.multipart.abort(keyOf(spec.name), id)
  // After the abort, no request of this process that is late can create the object.
  const object = await findObject(s3, spec.name)
  if (object !== null) {
    await endPartUpload(target, upload)
    return object
  }
  if (!(await giveUp(target, upload, uploadIds))) return objectAfterEnd(target, upload)
  throw failure === null ? goneError() : failure.error
}

/** Returns the object after the end of a completion. Throws when another process has given it up. */
async function objectAfterEnd(
  { s3, records, spec }: CompletionTarget,
  { id }: SealedUpload,
): Promise<KnownObject | null> {
  const current = (await records.load(spec.name))?.partUpload ?? null
  // The object after the record, as in every completion.
  const object = await findObject(s3, spec.name)
  if (object === null && current?.id === id && !current.isOver) throw goneError()
  return object
}

function contentOf(
  name: string,
  upload: SealedUpload,
): { readonly facts: ObjectFacts; readonly pieces: readonly JoinedPiece[] } {
  const { versions, md5, sha256, generation, createdAtMs } = upload.completion
  const byVersion = new Map(upload.stored.map((part) => [part.version, part]))
  const chosen = versions.flatMap((version) => byVersion.get(version) ?? [])
  return {
    facts: { ...joinedFacts(chosen, { md5, sha256 }), generation, createdAtMs },
    pieces: chosen.flatMap((part) => piecesOf(name, upload, part)),
  }
}

/** Begins the multipart upload of this process. Returns null when the completion has ended. */
async function beginJoin(
  { s3, records, spec: { name, contentType } }: CompletionTarget,
  upload: SealedUpload,
  facts: ObjectFacts,
): Promise<string | null> {
  const metadata = joinedMetadata(facts, upload.completion.partsDigest)
  const uploadId = await s3.multipart.create(keyOf(name), contentType, metadata)
  const abort = () => s3.multipart.abort(keyOf(name), uploadId)
  const isCurrent = await changeJoins(records, name, upload, (ids) => [...ids, uploadId]).catch(
    async (error) => {
      await abort().catch(() => {})
      await changeJoins(records, name, upload, (ids) => ids.filter((id) => id !== uploadId)).catch(() => {})
      throw error
    },
  )
  if (isCurrent) return uploadId
  await abort()
  return null
}

/** Returns the multipart uploads of all processes. */
async function joinsOf(
  { records, spec }: CompletionTarget,
  { completion: { generation } }: SealedUpload,
): Promise<readonly string[]> {
  const completion = (await records.load(spec.name))?.partUpload?.completion ?? null
  return completion?.generation === generation ? completion.uploadIds : []
}

function isDamage(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'OBJECT_DAMAGED'
}

async function join(
  { s3, spec: { name } }: CompletionTarget,
  uploadId: string,
  facts: ObjectFacts,
  pieces: readonly JoinedPiece[],
): Promise<void> {
  const parts = await joinPieces(s3, keyOf(name), uploadId, pieces)
  // Before the object, which then becomes visible together with them.
  if (!fitsInMetadata(facts)) await publishFacts(s3, name, facts)
  const joined = await s3.multipart.complete(keyOf(name), uploadId, parts)
  // `missing`: an earlier attempt of the same request was successful, or another process has ended this one.
  if (joined !== 'invalid') return
  throw new ServiceError('STORAGE_UNAVAILABLE', 'the S3 server does not join the parts of the upload')
}

/**
 * Removes multipart uploads, of which no object can come any more, from the completion, which ends with the last one.
 * Returns false when the completion has ended already.
 */
function giveUp(
  { records, spec }: CompletionTarget,
  upload: SealedUpload,
  uploadIds: readonly string[],
): Promise<boolean> {
  // Checksums that were published stay: another process may need them, and the next completion replaces them.
  return changeJoins(records, spec.name, upload, (ids) => ids.filter((id) => !uploadIds.includes(id)))
}

/** Changes the multipart uploads of a completion, which ends without one. Returns false when it has ended already. */
async function changeJoins(
  records: PartRecords,
  name: string,
  { completion: { generation } }: SealedUpload,
  change: (uploadIds: readonly string[]) => readonly string[],
): Promise<boolean> {
  let isCurrent = false
  await records.update(name, (record) => {
    const current = record?.partUpload ?? null
    const completion = current?.completion ?? null
    isCurrent = current !== null && !current.isOver && completion?.generation === generation
    if (record === null || current === null || completion === null || !isCurrent) return null
    const uploadIds = change(completion.uploadIds)
    const isSealed = uploadIds.length > 0
    return {
      ...record,
      isSealed,
      partUpload: { ...current, completion: isSealed ? { ...completion, uploadIds } : null },
    }
  })
  return isCurrent
}

function goneError(): ServiceError {
  return new ServiceError('STORAGE_UNAVAILABLE', 'the completion was interrupted, so it has to begin again')
}
