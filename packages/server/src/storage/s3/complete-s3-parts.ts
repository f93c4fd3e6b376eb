import { ServiceError } from '../../domain/errors.ts'
import type { AnnouncedHashes } from '../../domain/uploads/upload-session.ts'
import { chooseParts } from '../choose-parts.ts'
import { createGeneration } from '../generation.ts'
import { type Completed, MAX_PARTS, type PartChoice } from '../part-uploads.ts'
import type { UploadSpec } from '../stored-object.ts'
import { checkParts, type PartsContent } from './check-s3-parts.ts'
import { endPartUpload } from './end-part-upload.ts'
import { type CompletionTarget, finishParts, type SealedUpload } from './finish-s3-parts.ts'
import { findObject, type KnownObject, toMetadata } from './object-facts.ts'
import { digestOfIds, type PartCompletion, type PartUpload, type PiecedPart } from './part-upload.ts'

type Ended = Exclude<Completed, { kind: 'object' }>

/**
 * Joins parts into an object. From the seal on, the record names the parts, so that any process finishes a completion
 * that was interrupted; a request with another list is compared with the object of the first one.
 */
export async function completeS3Parts(
  target: CompletionTarget,
  choices: readonly PartChoice[],
  expected: AnnouncedHashes,
): Promise<Completed> {
  if (choices.length === 0 || choices.length > MAX_PARTS) {
    throw new ServiceError('INVALID_REQUEST', `an object consists of 1 to ${MAX_PARTS} parts`)
  }
  const { s3, records, spec } = target
  const partsDigest = digestOfIds(choices.map(({ partId }) => partId))
  // The record before the object: a completion creates the object before it removes the record.
  const upload = (await records.load(spec.name))?.partUpload ?? null
  const object = await findObject(s3, spec.name)
  if (object !== null) {
    if (upload !== null) await endPartUpload(target, upload)
    return answerFor(spec, object, partsDigest)
  }
  if (upload === null) return { kind: 'invalid-parts', partIds: choices.map(({ partId }) => partId) }
  const sealed = await seal(target, upload, choices, expected)
  if ('kind' in sealed) return sealed
  const finished = await finishParts(target, sealed)
  return finished === null ? { kind: 'closed' } : answerFor(spec, finished, partsDigest)
}

/** Returns the object if it was completed with the same list of parts. */
function answerFor({ name }: UploadSpec, object: KnownObject, partsDigest: string): Completed {
  if (object.partsDigest !== partsDigest) return { kind: 'closed' }
  return { kind: 'object', object: toMetadata(name, object) }
}

/**
 * Begins the completion, so that no part is stored or replaced any more. Returns the upload with its completion, which
 * can be that of an earlier request.
 */
async function seal(
  target: CompletionTarget,
  upload: PartUpload,
  choices: readonly PartChoice[],
  expected: AnnouncedHashes,
): Promise<SealedUpload | Ended> {
  if (isSealed(upload)) return upload
  const { records, spec } = target
  const chosen = choose(upload, choices)
  if ('kind' in chosen) return chosen
  const content = await checkParts(target, upload, chosen, expected).catch(async (error) => {
    // The pieces of a part that was replaced meanwhile are removed.
    const current = (await records.load(spec.name))?.partUpload ?? null
    const again = current?.id === upload.id ? choose(current, chosen) : ({ kind: 'closed' } as const)
    if ('kind' in again) return again
    throw error
  })
  if (content.kind !== 'matching') return content
  const completion = newCompletion(chosen, content)
  let outcome = { kind: 'closed' } as SealedUpload | Ended
  await records.update(spec.name, (record) => {
    const current = record?.partUpload ?? null
    outcome = { kind: 'closed' }
    if (record === null || current?.id !== upload.id || current.isOver) return null
    if (isSealed(current)) outcome = current
    else {
      const again = choose(current, chosen)
      outcome = 'kind' in again ? again : { ...current, completion }
    }
    const isOurs = 'completion' in outcome && outcome.completion === completion
    return isOurs ? { ...record, isSealed: true, partUpload: outcome as SealedUpload } : null
  })
  return outcome
}

function isSealed(upload: PartUpload): upload is SealedUpload {
  return upload.completion !== null
}

function choose(
  { stored }: PartUpload,
  choices: readonly PartChoice[],
): readonly PiecedPart[] | Extract<Completed, { kind: 'invalid-parts' }> {
  return chooseParts(new Map(stored.map((part) => [part.partId, part])), choices)
}

function newCompletion(
  chosen: readonly PiecedPart[],
  { facts: { md5, sha256 } }: PartsContent,
): PartCompletion {
  return {
    uploadIds: [],
    versions: chosen.map(({ version }) => version),
    partsDigest: digestOfIds(chosen.map(({ partId }) => partId)),
    md5,
    sha256,
    ...createGeneration(),
  }
}
