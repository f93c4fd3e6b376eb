import { ServiceError } from '../../domain/errors.ts'
import { partRunsOf } from '../../domain/files/part-runs.ts'
import {
  type BucketCompletion,
  bucketCompletionOf,
  MIN_BUCKET_PART_BYTES,
} from '../../domain/uploads/bucket-upload.ts'
import { completionList, numbersOf } from '../../domain/uploads/completion-list.ts'
import { totalBytesOf } from '../../domain/uploads/part-limits.ts'
import { NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import { crc32cOfParts } from '../../platform/crc32c.ts'
import type { Completed } from '../../storage/part-uploads.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import type { BucketCompleted, BucketCompletionInput } from './bucket-completion.ts'
import { type BucketPart, bucketPartsOf, type FoundBucketUpload } from './bucket-upload.ts'
import { checkCondition } from './record-bucket-file.ts'

interface Joined {
  readonly kind: 'object'
  readonly object: ObjectMetadata
}

type JoinContext = Pick<Context, 'database' | 'storage' | 'limits' | 'now'>

type Outcome = Joined | Exclude<BucketCompleted, { kind: 'completed' }> | 'closed'

/** Completions with other lists that one call gives way to. Each of them has ended, or was given up. */
const MAX_TRIES = 5

/**
 * Joins the parts of a multipart upload. The session has the description of the File before the parts are joined: it
 * always is the description of the joined ones, because only a completion whose parts cannot be joined any more gives way
 * to one with another list. `closed`: the upload has ended, maybe by a completion with another list. Throws UPLOAD_FENCED
 * when too many other completions run.
 */
export async function joinBucketParts(
  context: JoinContext,
  find: () => Promise<FoundBucketUpload>,
  first: FoundBucketUpload,
  input: BucketCompletionInput,
): Promise<Outcome> {
  const { digest } = completionList(input.parts)
  let found = first
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (found.upload.status !== 'pending') return 'closed'
    const { session } = found
    const recorded = bucketCompletionOf(session)
    const joined =
      recorded && (await joinRecorded(context, session, recorded, recorded.list.digest !== digest))
    if (joined) return joined
    const outcome = await joinParts(context, found, input)
    if (outcome !== 'changed') return outcome
    found = await find()
  }
  throw new ServiceError('UPLOAD_FENCED', 'other completions of this upload are running')
}

/**
 * Returns the object of a recorded completion; null when it has none. A completion with another list (`isOther`) may still
 * be running, or it was interrupted: it is carried out, unless its parts were replaced.
 */
async function joinRecorded(
  { storage }: JoinContext,
  session: UploadSession,
  { list }: BucketCompletion,
  isOther: boolean,
): Promise<Joined | null> {
  const object = await storage.stat(session.objectName)
  if (object !== null) return { kind: 'object', object }
  if (!isOther) return null
  const stored = new Map((await bucketPartsOf({ storage }, session)).map((part) => [part.number, part]))
  const chosen = numbersOf(list).flatMap((number) => stored.get(number) ?? [])
  if (completionList(chosen).digest !== list.digest) return null
  const completed = await complete({ storage }, session, chosen)
  return completed.kind === 'object' ? completed : null
}

/** Records the completion, and joins its parts. `changed`: another one was recorded meanwhile. */
async function joinParts(
  context: JoinContext,
  { session, place }: FoundBucketUpload,
  { parts: named, condition, describe }: BucketCompletionInput,
): Promise<Outcome | 'changed'> {
  const { database, limits, now } = context
  const { organizationId, fileId } = session
  const chosen = chooseParts(await bucketPartsOf(context, session), named)
  if ('kind' in chosen) return chosen
  if (totalBytesOf(chosen) > limits.maxFileBytes) {
    throw new ServiceError('FILE_TOO_LARGE', `a file may have at most ${limits.maxFileBytes} bytes`)
  }
  const described = describe(place, chosen)
  if (described === null) return { kind: 'refused' }
  // Only early. The condition decides in the transaction that adds the File.
  checkCondition(condition, await database.buckets.findFile(organizationId, place, now()))
  const attributes = { ...described, parts: partRunsOf(chosen.map(({ sizeBytes }) => sizeBytes)) }
  const content = { crc32c: crc32cOfParts(chosen), sizeBytes: totalBytesOf(chosen) }
  const completion: BucketCompletion = { attributes, condition, list: completionList(named), content }
  const state = JSON.stringify(completion)
  const { uploadSessions } = database
  if (!(await uploadSessions.replaceProtocolState(organizationId, fileId, session.protocolState, state))) {
    return 'changed'
  }
  const completed = await complete(context, session, chosen)
  switch (completed.kind) {
    case 'object':
      return completed
    case 'closed':
      return 'closed'
    case 'invalid-parts':
      return { kind: 'unknown-part', number: Number(completed.partIds[0]) }
    case 'mismatch':
      throw new Error('parts without an announced checksum have a mismatch')
  }
}

function complete(
  { storage }: Pick<Context, 'storage'>,
  { objectName: name, contentType, checksums }: UploadSession,
  chosen: readonly BucketPart[],
): Promise<Completed> {
  const choices = chosen.map(({ number, version }) => ({ partId: String(number), version }))
  return storage.parts.complete({ name, contentType, checksums }, choices, NO_HASHES)
}

function chooseParts(
  stored: readonly BucketPart[],
  named: BucketCompletionInput['parts'],
): readonly BucketPart[] | Extract<BucketCompleted, { kind: 'unknown-part' | 'small-part' }> {
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  const chosen: BucketPart[] = []
  for (const { number, etag } of named) {
    const part = byNumber.get(number)
    if (part?.etag !== etag) return { kind: 'unknown-part', number }
    chosen.push(part)
  }
  const small = chosen.slice(0, -1).find(({ sizeBytes }) => sizeBytes < MIN_BUCKET_PART_BYTES)
  return small === undefined ? chosen : { kind: 'small-part', part: small }
}
