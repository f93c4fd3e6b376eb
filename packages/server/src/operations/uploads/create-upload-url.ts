import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { NO_HASHES, type RegistrationMode } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import type { Declaration } from '../files/check-declaration.ts'
import { isHosting } from './hosting-context.ts'
import { type CreatedSession, openSession, type SessionContext, type SessionInput } from './open-session.ts'
import { registerStored, type StoredUpload } from './register-stored.ts'

export interface UploadUrlInput
  extends Declaration,
    Pick<SessionInput, 'origin' | 'checksums' | 'fileLifetimeMs' | 'fileMetadata'> {
  readonly registers: RegistrationMode
  /** True when the client sends parts to the storage provider directly; absent for false. */
  readonly isDirect?: boolean
  /** SHA-256 of the bytes in base64; null when the client announces none. */
  readonly sha256: string | null
}

export type CreatedUpload =
  | ({ readonly kind: 'session' } & CreatedSession)
  /** The organization has stored these bytes already. */
  | ({ readonly kind: 'stored' } & StoredUpload)

/**
 * Opens an upload session of Google's protocol, here or at the provider, or registers the File at once when the
 * organization has stored bytes with its SHA-256 and size.
 * Throws the errors of `registerStored`, and VALIDATION_ERROR for automatic registration at a provider, and for direct
 * uploads that the storage does not have.
 */
export const createUploadUrl = defineOperation(
  {
    action: 'createUploadUrl',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, created) => created?.session.fileId ?? null,
  },
  async (
    context: SessionContext & Pick<Context, 'audit' | 'contents' | 'scans'>,
    caller: Caller,
    { sha256, isDirect = false, ...input }: UploadUrlInput,
    takeEvent: TakeEvent,
  ): Promise<CreatedUpload> => {
    if (input.registers === 'when-complete' && !isHosting(context)) {
      const message = 'auto_register is not available when clients upload to the provider'
      throw new ServiceError('VALIDATION_ERROR', message, { field: 'auto_register' })
    }
    if (isDirect) assertDirect(context, input.registers)
    const properties: SessionInput = {
      ...input,
      reservedBytes: 0,
      protocol: 'google',
      ...(isDirect && { layout: 'parts' as const }),
      metadata: null,
      announced: { ...NO_HASHES, sha256 },
      checksums: mergeAlgorithms(input.checksums, sha256 === null ? [] : ['sha256']),
    }
    const stored = await registerStored(context, caller, properties, takeEvent)
    if (stored !== null) return { kind: 'stored', ...stored }
    return { kind: 'session', ...(await openSession(context, caller, properties, takeEvent)) }
  },
)

function assertDirect({ storage }: Pick<Context, 'storage'>, registers: RegistrationMode): void {
  if (storage.directUploads === null) {
    const message = 'uploads of parts to the provider are not available with this storage'
    throw new ServiceError('VALIDATION_ERROR', message, { field: 'upload_type' })
  }
  if (registers === 'on-request') return
  const message = 'auto_register is not available when clients upload to the provider'
  throw new ServiceError('VALIDATION_ERROR', message, { field: 'auto_register' })
}
