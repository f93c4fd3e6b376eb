import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { MAX_METADATA_BYTES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { openSession, type SessionContext, type SessionInput } from './open-session.ts'

export interface CreatedUploadSession {
  readonly session: UploadSession
  /** Credential in the session URI, with 256 random bits. */
  readonly uploadId: string
}

/**
 * Opens an upload session whose bytes come to this service. Its length may be unknown, and may be 0.
 * Throws the errors of `openSession`, and INVALID_REQUEST when clients upload to a provider.
 */
export const createUploadSession = defineOperation(
  {
    action: 'createUploadSession',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, created) => created?.session.fileId ?? null,
  },
  async (
    context: SessionContext,
    caller: Caller,
    input: Omit<SessionInput, 'origin'>,
    takeEvent: TakeEvent,
  ): Promise<CreatedUploadSession> => {
    assertHosting(context)
    checkMetadata(input)
    const { session, target } = await openSession(context, caller, { ...input, origin: null }, takeEvent)
    if (target.kind !== 'here') throw new Error('a hosted upload has a target at a provider')
    return { session, uploadId: target.uploadId }
  },
)

/** Throws VALIDATION_ERROR for metadata of the protocol that is too long. */
export function checkMetadata({ metadata }: Pick<SessionInput, 'metadata'>): void {
  if (Buffer.byteLength(metadata ?? '') <= MAX_METADATA_BYTES) return
  const message = `the metadata of an upload may have at most ${MAX_METADATA_BYTES} bytes`
  throw new ServiceError('VALIDATION_ERROR', message, { field: 'metadata' })
}

/** Throws INVALID_REQUEST when clients upload to a provider. */
export function assertHosting({ storage }: Pick<SessionContext, 'storage'>): void {
  if (storage.uploads.mode === 'hosted') return
  throw new ServiceError(
    'INVALID_REQUEST',
    'this protocol is not available when clients upload to Google Cloud Storage: use an upload URL',
  )
}
