import type { BucketFileSource, NewBucketFile } from '../../database/records/buckets.ts'
import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type BucketFile, etagOf } from '../../domain/files/bucket-file.ts'
import { evaluateWrite, type WriteCondition, type WriteOutcome } from '../../domain/files/write-condition.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { bucketNotFound } from './get-bucket.ts'

interface Recording {
  readonly added: NewBucketFile
  readonly source: BucketFileSource
  readonly object: ObjectMetadata
  readonly condition: WriteCondition
  /** Event that the transaction adds to the audit. */
  readonly event: AuditEvent
}

type RecordContext = Pick<Context, 'database' | 'storage' | 'log'>

/**
 * Records a File under its key, and removes the bytes of the File that it replaces. Removes the object of a refused one.
 * Returns false when its session has ended. Throws PRECONDITION_FAILED, FILE_NOT_FOUND, BUCKET_NOT_FOUND,
 * STORAGE_QUOTA_EXCEEDED.
 */
export async function recordBucketFile(
  context: RecordContext,
  organizationId: string,
  { added, source, object, condition, event }: Recording,
): Promise<boolean> {
  const { buckets } = context.database
  const accepts = (current: BucketFile | null) => outcomeOf(condition, current) === 'proceed'
  // After another error the File may have been added or not. A sweep removes objects that have no File.
  const outcome = await buckets
    .putFile(organizationId, added, source, accepts, event)
    .catch(async (error) => {
      const isRefused = error instanceof ServiceError && error.code === 'STORAGE_QUOTA_EXCEEDED'
      if (isRefused) await removeObject(context, object)
      throw error
    })
  if (outcome.kind === 'added') {
    if (outcome.replaced !== null) await removeObject(context, toObject(outcome.replaced))
    return true
  }
  if (outcome.kind === 'ended') return false
  if (source.kind === 'reservation') await removeObject(context, object)
  if (outcome.kind === 'refused') checkCondition(condition, outcome.current)
  throw bucketNotFound()
}

/** Throws PRECONDITION_FAILED, and FILE_NOT_FOUND for a condition on a File that does not exist. */
export function checkCondition(condition: WriteCondition, current: BucketFile | null): void {
  const outcome = outcomeOf(condition, current)
  if (outcome === 'missing') throw new ServiceError('FILE_NOT_FOUND', 'there is no file with this key')
  if (outcome === 'failed') throw preconditionFailed()
}

export function preconditionFailed(): ServiceError {
  return new ServiceError('PRECONDITION_FAILED', 'the file does not fulfil the condition')
}

function outcomeOf(condition: WriteCondition, current: BucketFile | null): WriteOutcome {
  return evaluateWrite(condition, current && etagOf(current))
}

type StoredObject = Pick<ObjectMetadata, 'name' | 'generation'>

/** Removes bytes that no File has any more; a sweep removes them when this fails. */
export async function removeObject(
  { storage, log }: Pick<Context, 'storage' | 'log'>,
  { name, generation }: StoredObject,
): Promise<void> {
  await storage
    .remove(name, generation)
    .catch((error: unknown) => log.warn({ err: error, object: name }, 'bytes could not be removed yet'))
}

function toObject({
  objectName: name,
  generation,
}: {
  objectName: string
  generation: string
}): StoredObject {
  return { name, generation }
}
