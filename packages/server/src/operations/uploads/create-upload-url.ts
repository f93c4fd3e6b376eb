import { type Caller, keyStampOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { objectName } from '../../domain/files/object-name.ts'
import { createId } from '../../domain/ids.ts'
import { type ChecksumAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { checkUsable } from '../access/authenticate.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkAllowed } from '../files/check-allowed.ts'
import { checkDeclaration, type Declaration } from '../files/check-declaration.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'
import { openUpload, quotaExceeded, type UploadTarget } from './open-upload.ts'

export interface UploadUrlInput extends Declaration {
  /** Origin of the web page that requests the URL and will send the bytes; null for clients other than browsers. */
  readonly origin: string | null
  /** Checksums to compute in addition to those of the operator's settings. */
  readonly checksums: readonly ChecksumAlgorithm[]
  /** Time from the registration of the File to its end; null when it has no end. */
  readonly fileLifetimeMs: number | null
}

export interface CreatedUploadUrl {
  readonly session: UploadSession
  readonly target: UploadTarget
}

type SessionContext = Pick<Context, 'database' | 'storage' | 'checkFreeSpace' | 'limits' | 'log' | 'now'>

/**
 * Opens an upload session and reserves its size in the organization's quota. The session is revoked with the caller's
 * key.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, STORAGE_FULL, STORAGE_QUOTA_EXCEEDED,
 * TOO_MANY_OPEN_UPLOADS, STORAGE_UNAVAILABLE, and the errors of `checkUsable` when the caller's key has stopped being
 * active.
 */
export const createUploadUrl = defineOperation(
  {
    action: 'createUploadUrl',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, created) => created?.session.fileId ?? null,
  },
  async (context: SessionContext, caller: Caller, input: UploadUrlInput): Promise<CreatedUploadUrl> => {
    const { organizationId } = caller
    const { limits, now } = context
    const { filename, sizeBytes, contentType, origin } = checkDeclaration(input)
    checkAllowed(limits, contentType)
    if (sizeBytes > limits.maxFileBytes) {
      const details = { file_size: sizeBytes, max_file_size: limits.maxFileBytes }
      throw new ServiceError(
        'FILE_TOO_LARGE',
        `a file may have at most ${limits.maxFileBytes} bytes`,
        details,
      )
    }
    await context.checkFreeSpace(organizationId, sizeBytes)
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
      checksums: mergeAlgorithms(input.checksums, limits.uploadChecksums),
      uploadHandle: opened.handle,
      openedBy: keyStampOf(caller),
      protocolState: null,
      createdAtMs,
      expiresAtMs: createdAtMs + limits.uploadSessionMs,
      fileLifetimeMs: input.fileLifetimeMs,
    }
    await addSession(context, session, opened.secretSha256)
    return { session, target: opened.target }
  },
)

/** Errors that guarantee that the session was not recorded. */
const REFUSALS: ReadonlySet<string> = new Set([
  'STORAGE_QUOTA_EXCEEDED',
  'TOO_MANY_OPEN_UPLOADS',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'API_KEY_PAUSED',
  'API_KEY_DEACTIVATED',
])

/** Records the session; when it is refused, deletes the upload that the provider opened for it. */
async function addSession(
  context: SessionContext,
  session: UploadSession,
  secretSha256: string,
): Promise<void> {
  const { database, limits } = context
  const { organizationId } = session
  try {
    const isAdded = await database.uploadSessions.create(
      organizationId,
      session,
      secretSha256,
      limits.maxOpenSessions,
    )
    if (isAdded) return
    await checkOpeningKey(context, session)
    throw quotaExceeded()
  } catch (error) {
    // After any other error the session may have been recorded.
    if (error instanceof ServiceError && REFUSALS.has(error.code)) await deleteUnused(context, session)
    throw error
  }
}

/** Throws when the session was refused because its key is no longer active. */
async function checkOpeningKey(
  context: SessionContext,
  { organizationId, openedBy }: UploadSession,
): Promise<void> {
  if (openedBy === null) return
  const key = await context.database.apiKeys.find(organizationId, openedBy.apiKeyId)
  checkUsable(key, context.now())
  if (key?.generation !== openedBy.generation) {
    throw new ServiceError('API_KEY_DEACTIVATED', 'the key was deactivated while the session was opened')
  }
}

/** Deletes the provider's upload of a refused session. If the provider cannot be reached, the upload expires there. */
async function deleteUnused(context: SessionContext, session: UploadSession): Promise<void> {
  if (session.uploadHandle === null) return
  await deleteUploadBytes(context, session).catch((error: unknown) =>
    context.log.warn(
      { err: error, file_id: session.fileId },
      'the upload of a refused session could not be deleted at the provider',
    ),
  )
}
