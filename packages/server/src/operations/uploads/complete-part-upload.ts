import { type Caller, callerOfUrl } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { totalBytesOf } from '../../domain/uploads/part-limits.ts'
import { NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { StoredPart } from '../../storage/part-uploads.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import { errorOfEnd, findPartUpload, notPending, type PartUpload } from './part-upload.ts'

interface Completion {
  readonly fileId: string
  /** Ids of the parts in the order of their bytes. */
  readonly partIds: readonly string[]
  /** MD5 of all bytes in base64; null when the client announces none. */
  readonly md5: string | null
}

type CompleteContext = Pick<
  Context,
  'audit' | 'database' | 'storage' | 'contents' | 'limits' | 'scans' | 'log' | 'now'
>

/**
 * Joins the parts in the given order into the object, and registers it. The same call again returns the same File. After
 * VALIDATION_ERROR, FILE_SIZE_MISMATCH and CHECKSUM_MISMATCH the upload is still pending.
 * Throws UPLOAD_NOT_FOUND, VALIDATION_ERROR for unknown and repeated parts, FILE_SIZE_MISMATCH, CHECKSUM_MISMATCH,
 * UPLOAD_SESSION_EXPIRED, the refusals of `registerCompleteUpload`, OBJECT_DAMAGED, STORAGE_UNAVAILABLE.
 */
export const completePartUpload = defineOperation(
  { action: 'completePartUpload', kind: 'change', scope: 'files:write', targetOf: ({ fileId }) => fileId },
  async (context: CompleteContext, caller: Caller, completion: Completion): Promise<PartUpload> => {
    const { organizationId, request } = caller
    const upload = await findPartUpload(context, organizationId, completion.fileId)
    const { session, status, file } = upload
    if (status !== 'pending' && file === null) throw notPending(status)
    const object = await joinParts(context, session, completion)
    if (object === null) throw await errorOfEnd(context, session)
    if (file !== null) return upload
    const answer = await registerWhenComplete(
      context,
      callerOfUrl('session-uri', session, request),
      session,
      { kind: 'object', object, file: null },
    )
    if (answer.kind === 'refused') throw answer.error
    if (answer.kind === 'object' && answer.file !== null) {
      return { session, status: 'completed', file: answer.file }
    }
    throw await errorOfEnd(context, session)
  },
)

/** Returns the object; null when the upload was completed with other parts, or ended meanwhile. */
async function joinParts(
  { storage }: CompleteContext,
  session: UploadSession,
  { partIds, md5 }: Completion,
): Promise<ObjectMetadata | null> {
  const { objectName: name, contentType, checksums, announced } = session
  const problem = problemOf(await storage.parts.list(name), partIds, session)
  // A completed upload has no parts any more.
  if (problem !== null && (await storage.stat(name)) === null) throw problem
  const choices = partIds.map((partId) => ({ partId, version: null }))
  const expected = { ...NO_HASHES, md5, sha256: announced.sha256 }
  const completed = await storage.parts.complete({ name, contentType, checksums }, choices, expected)
  switch (completed.kind) {
    case 'object':
      return completed.object
    case 'invalid-parts':
      throw invalidParts(partIds.indexOf(completed.partIds[0] ?? ''))
    case 'closed':
      return null
    case 'mismatch':
      throw new ServiceError(
        'CHECKSUM_MISMATCH',
        `${completed.algorithm} does not match the bytes of the parts`,
        {
          field: completed.algorithm,
          provided: completed.expected,
          calculated: completed.actual,
        },
      )
  }
}

/** Returns the error of parts that cannot be the upload; null when they can. */
function problemOf(
  stored: readonly StoredPart[],
  partIds: readonly string[],
  { sizeBytes }: UploadSession,
): ServiceError | null {
  const unused = new Map(stored.map((part) => [part.partId, part]))
  const chosen: StoredPart[] = []
  for (const [index, partId] of partIds.entries()) {
    const part = unused.get(partId)
    if (part === undefined) return invalidParts(index)
    unused.delete(partId)
    chosen.push(part)
  }
  const totalBytes = totalBytesOf(chosen)
  if (totalBytes === sizeBytes) return null
  return new ServiceError(
    'FILE_SIZE_MISMATCH',
    `the parts have ${totalBytes} bytes, and the upload was created with ${sizeBytes}`,
    { declared: sizeBytes, actual: totalBytes },
  )
}

function invalidParts(index: number): ServiceError {
  const rule = `has an id that is unknown or repeated, at position ${Math.max(0, index)}`
  return invalidValue('part_ids', 'invalid', rule)
}
