import { randomBytes } from 'node:crypto'
import { hashSecret } from '../domain/api-key.ts'
import { ServiceError } from '../domain/errors.ts'
import { createId } from '../domain/ids.ts'
import { objectName } from '../domain/object-name.ts'
import type { UploadSession } from '../domain/upload-session.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkDeclaration, type Declaration } from './check-declaration.ts'
import type { Context } from './context.ts'

export interface CreatedUploadUrl {
  readonly session: UploadSession
  /** The credential of the session's URI: 256 random bits, known only here and to the caller. */
  readonly uploadId: string
}

/**
 * Opens an upload session and reserves its size in the organization's quota.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, STORAGE_QUOTA_EXCEEDED.
 */
export async function createUploadUrl(
  { database, limits, now }: Context,
  organizationId: string,
  declaration: Declaration,
): Promise<CreatedUploadUrl> {
  const { filename, sizeBytes, contentType } = declaration
  checkDeclaration(declaration)
  checkAllowed(limits, contentType)
  if (sizeBytes > limits.maxFileBytes) {
    const details = { file_size: sizeBytes, max_file_size: limits.maxFileBytes }
    throw new ServiceError('FILE_TOO_LARGE', `a file may have ${limits.maxFileBytes} bytes`, details)
  }
  const fileId = createId('file')
  const createdAtMs = now()
  const session: UploadSession = {
    fileId,
    organizationId,
    objectName: objectName(organizationId, fileId, filename),
    filename,
    sizeBytes,
    contentType,
    state: { kind: 'open' },
    announced: { crc32c: null, md5: null },
    createdAtMs,
    expiresAtMs: createdAtMs + limits.uploadSessionMs,
  }
  const uploadId = randomBytes(32).toString('base64url')
  if (!(await database.uploadSessions.create(organizationId, session, hashSecret(uploadId)))) {
    throw new ServiceError('STORAGE_QUOTA_EXCEEDED', 'the file does not fit into the organization’s quota')
  }
  return { session, uploadId }
}
