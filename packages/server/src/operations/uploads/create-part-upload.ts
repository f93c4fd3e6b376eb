import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { assertHosting } from './create-upload-session.ts'
import { openSession, type SessionContext, type SessionInput } from './open-session.ts'
import type { PartUpload } from './part-upload.ts'
import { registerStored } from './register-stored.ts'

/** Properties of a new upload of parts. */
export type PartUploadInput = Pick<
  SessionInput,
  'filename' | 'contentType' | 'sizeBytes' | 'announced' | 'fileLifetimeMs' | 'purpose'
>

/**
 * Opens an upload whose bytes come to this service as parts. It is completed at once when the organization has stored
 * bytes with its SHA-256 and size.
 * Throws the errors of `registerStored`, and INVALID_REQUEST when clients upload to a provider.
 */
export const createPartUpload = defineOperation(
  {
    action: 'createUploadSession',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, created) => created?.session.fileId ?? null,
  },
  async (
    context: SessionContext & Pick<Context, 'audit' | 'contents' | 'scans'>,
    caller: Caller,
    upload: PartUploadInput,
    takeEvent: TakeEvent,
  ): Promise<PartUpload> => {
    assertHosting(context)
    const input: SessionInput = {
      ...upload,
      reservedBytes: 0,
      protocol: 'openai',
      layout: 'parts',
      registers: 'when-complete',
      metadata: null,
      checksums: upload.announced.sha256 === null ? [] : ['sha256'],
      origin: null,
    }
    const stored = await registerStored(context, caller, input, takeEvent)
    if (stored !== null) return { ...stored, status: 'completed' }
    const { session } = await openSession(context, caller, input, takeEvent)
    return { session, status: 'pending', file: null }
  },
)
