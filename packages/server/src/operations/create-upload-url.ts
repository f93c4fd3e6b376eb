import { ServiceError } from '../domain/errors.ts'
import { createId } from '../domain/ids.ts'
import { objectName } from '../domain/object-name.ts'
import type { UploadSession } from '../domain/upload-session.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkDeclaration, type Declaration } from './check-declaration.ts'
import { checkRoom } from './check-room.ts'
import type { Context } from './context.ts'
import { discardUpload } from './discard-upload.ts'
import { doesNotFit, openUpload, type UploadTarget } from './open-upload.ts'

export interface UploadUrlInput extends Declaration {
  /** Of the page that asks, which is the one that is going to send the bytes; null where no browser does. */
  readonly origin: string | null
}

export interface CreatedUploadUrl {
  readonly session: UploadSession
  readonly target: UploadTarget
}

/**
 * Opens an upload session and reserves its size in the organization's quota.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, STORAGE_QUOTA_EXCEEDED,
 * STORAGE_UNAVAILABLE.
 */
export async function createUploadUrl(
  context: Context,
  organizationId: string,
  input: UploadUrlInput,
): Promise<CreatedUploadUrl> {
  const { database, limits, now } = context
  const { filename, sizeBytes, contentType, origin } = input
  checkDeclaration(input)
  checkAllowed(limits, contentType)
  if (sizeBytes > limits.maxFileBytes) {
    const details = { file_size: sizeBytes, max_file_size: limits.maxFileBytes }
    throw new ServiceError('FILE_TOO_LARGE', `a file may have ${limits.maxFileBytes} bytes`, details)
  }
  await checkRoom(context, organizationId, sizeBytes)
  const fileId = createId('file')
  const name = objectName(organizationId, fileId, filename)
  const opened = await openUpload(context, organizationId, { name, contentType }, { sizeBytes, origin })
  const createdAtMs = now()
  const session: UploadSession = {
    fileId,
    organizationId,
    objectName: name,
    filename,
    sizeBytes,
    contentType,
    state: { kind: 'open' },
    announced: { crc32c: null, md5: null },
    uploadHandle: opened.handle,
    createdAtMs,
    expiresAtMs: createdAtMs + limits.uploadSessionMs,
  }
  if (await database.uploadSessions.create(organizationId, session, opened.secretSha256)) {
    return { session, target: opened.target }
  }
  await endUnused(context, session)
  throw doesNotFit()
}

/** Nobody has the URI of a session that is refused; where the provider cannot be told, it ends by itself. */
async function endUnused(context: Context, session: UploadSession): Promise<void> {
  if (session.uploadHandle === null) return
  await discardUpload(context, session).catch((error: unknown) =>
    context.log.warn({ err: error, file_id: session.fileId }, 'a refused upload could not be ended'),
  )
}
