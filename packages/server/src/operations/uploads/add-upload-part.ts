import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { MAX_PART_BYTES, partsProblem, spareBytesOf } from '../../domain/uploads/part-limits.ts'
import { isDirectUpload, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import {
  errorOfEnd,
  findPartUpload,
  findPendingUpload,
  type StoredUploadPart,
  uploadNotFound,
} from './part-upload.ts'

type PartContext = Pick<Context, 'database' | 'storage' | 'now'>

interface NewPart {
  readonly fileId: string
  /** Bytes of the part. They are read only when the part can be accepted. */
  readonly body: Readable
}

/**
 * Stores a part of an upload, durable when this resolves, or not at all. Parts may be added at the same time. A stored
 * part that the completion does not name is a spare. The limits of small parts and of spare bytes are compared with the
 * stored parts before the bytes are read, and again when the part is stored, so that requests at the same time do not
 * exceed them together.
 * Throws UPLOAD_NOT_FOUND, UPLOAD_SESSION_EXPIRED, VALIDATION_ERROR, FILE_TOO_LARGE, STORAGE_FULL, STORAGE_UNAVAILABLE,
 * and INVALID_REQUEST for a body that stops early.
 */
export const addUploadPart = defineOperation(
  { action: 'addUploadPart', kind: 'routine', scope: 'files:write', targetOf: ({ fileId }) => fileId },
  async (
    context: PartContext,
    { organizationId }: Caller,
    { fileId, body }: NewPart,
  ): Promise<StoredUploadPart> => {
    const session = await findPendingUpload(context, organizationId, fileId)
    if (isDirectUpload(session)) throw uploadNotFound()
    const stored = await context.storage.parts.list(session.objectName)
    const problem = partsProblem(stored)
    if (problem !== null) throw invalidValue('data', 'invalid', problem)
    if (await isEmpty(body)) throw invalidValue('data', 'empty_file', 'must not be empty')
    const part = await storePart(context, session, body, stored)
    // The session may have ended while the part was stored.
    const { status } = await findPartUpload(context, organizationId, fileId)
    if (status !== 'pending') throw await errorOfEnd(context, session)
    return part
  },
)

async function storePart(
  context: PartContext,
  session: UploadSession,
  body: Readable,
  stored: readonly StoredUploadPart[],
): Promise<StoredUploadPart> {
  const sizeBytes = session.sizeBytes ?? 0
  const maxBytes = Math.max(0, Math.min(MAX_PART_BYTES, spareBytesOf(sizeBytes, stored)))
  const spec = { name: session.objectName, partId: createId('part') }
  const written = await context.storage.parts.write(spec, body, {
    maxBytes,
    accepts: (earlier, part) =>
      partsProblem(earlier) === null && part.sizeBytes <= spareBytesOf(sizeBytes, earlier),
  })
  switch (written.kind) {
    case 'part':
      return written.part
    case 'interrupted':
      throw new ServiceError('INVALID_REQUEST', 'the body is incomplete')
    case 'closed':
      throw await errorOfEnd(context, session)
    case 'mismatch':
      throw new Error('a part without an announced checksum has a mismatch')
    case 'not-accepted':
      throw invalidValue('data', 'invalid', 'was sent with others that are together beyond the limit')
    case 'too-long':
      if (maxBytes === MAX_PART_BYTES) {
        const rule = `a part may have at most ${MAX_PART_BYTES} bytes`
        throw new ServiceError('FILE_TOO_LARGE', rule, { max_part_size: MAX_PART_BYTES })
      }
      throw invalidValue('data', 'invalid', 'would bring the stored parts far beyond the bytes of the upload')
  }
}

/** Waits for the first bytes or the end of the body. Throws the error of the body. */
async function isEmpty(body: Readable): Promise<boolean> {
  const waiting = new AbortController()
  const events = ['readable', 'end'].map((name) => once(body, name, { signal: waiting.signal }))
  try {
    await Promise.race(events)
    return body.readableLength === 0
  } finally {
    waiting.abort()
    await Promise.allSettled(events)
  }
}
