import { hashSecret } from '../../domain/access/api-key.ts'
import { type Caller, callerOfUrl } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { isExpired, NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import { cancelUpload } from './cancel-upload.ts'
import { createUploadSession } from './create-upload-session.ts'
import { deleteSessionBytes } from './delete-upload-bytes.ts'
import { type Concatenated, finalUploadId, findConcatenated } from './find-concatenated.ts'
import { MAX_UPLOAD_PARTS } from './part-upload.ts'

export interface Concatenation {
  readonly file: { readonly filename: string; readonly contentType: string; readonly path: string }
  /** See `UploadSession.metadata`. */
  readonly metadata: string | null
  /** Credentials of the session URIs of the partial uploads, in the order of their bytes. */
  readonly uploadIds: readonly string[]
  /** See `UploadSession.protocolState`. */
  readonly protocolState: string
}

interface Partial {
  readonly session: UploadSession
  readonly object: ObjectMetadata
}

/**
 * Joins complete partial uploads of the organization into a File, without copying their bytes. The partial uploads then
 * have ended, and their reservation has become that of the File. The same call again, by a client that has lost the
 * answer, returns the same session URI and File. When it throws, the partial uploads can be used again.
 * Throws UPLOAD_NOT_FOUND, UPLOAD_SESSION_EXPIRED, INVALID_REQUEST when one is not complete or named twice,
 * FILE_TOO_LARGE, and the errors of `createUploadSession`.
 */
export const concatenateUploads = defineOperation(
  {
    action: 'concatenateUploads',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, joined) => joined?.session.fileId ?? null,
  },
  async (context: Context, caller: Caller, input: Concatenation): Promise<Concatenated> => {
    try {
      return await concatenate(context, caller, input)
    } catch (error) {
      const isEnded = error instanceof ServiceError && error.code === 'UPLOAD_SESSION_EXPIRED'
      const found = isEnded ? await findConcatenated(context, caller, input) : null
      if (found === null) throw error
      return found
    }
  },
)

async function concatenate(context: Context, caller: Caller, input: Concatenation): Promise<Concatenated> {
  const { organizationId, request } = caller
  const partials = await findPartials(context, organizationId, input.uploadIds)
  const sizeBytes = partials.reduce((sum, { object }) => sum + object.sizeBytes, 0)
  checkLength(context, sizeBytes)
  const created = await createUploadSession(context, caller, {
    ...input.file,
    sizeBytes: null,
    reservedBytes: 0,
    protocol: 'tus',
    layout: 'parts',
    registers: 'when-complete',
    metadata: input.metadata,
    announced: NO_HASHES,
    checksums: [],
    fileLifetimeMs: null,
    uploadIdOf: (fileId) => finalUploadId(input.uploadIds, fileId),
  })
  const { session } = created
  const object = await joinPartials(context, caller, session, partials)
  const joined = {
    partialIds: partials.map((partial) => partial.session.fileId),
    sizeBytes,
    protocolState: input.protocolState,
  }
  // After an error here the job that registers complete uploads finds out which of the two states holds.
  if (!(await context.database.uploadSessions.concatenate(organizationId, session.fileId, joined))) {
    await endUnused(context, caller, session)
    throw partialEnded()
  }
  const urlCaller = callerOfUrl('session-uri', session, request)
  const complete = { kind: 'object', object, file: null, isNew: true } as const
  const answer = await registerWhenComplete<never>(context, urlCaller, session, complete)
  await deletePartials(context, partials)
  if (answer.kind === 'cut') throw new Error('a registration was cut')
  return { ...created, answer }
}

async function findPartials(
  context: Context,
  organizationId: string,
  uploadIds: readonly string[],
): Promise<Partial[]> {
  if (uploadIds.length === 0 || uploadIds.length > MAX_UPLOAD_PARTS) {
    throw new ServiceError('INVALID_REQUEST', `a final upload has 1 to ${MAX_UPLOAD_PARTS} partial ones`)
  }
  if (new Set(uploadIds).size < uploadIds.length) {
    throw new ServiceError('INVALID_REQUEST', 'a partial upload is named twice')
  }
  const partials: Partial[] = []
  for (const uploadId of uploadIds) partials.push(await findPartial(context, organizationId, uploadId))
  return partials
}

async function findPartial(
  { database, storage, now }: Context,
  organizationId: string,
  uploadId: string,
): Promise<Partial> {
  const session = await database.credentials.findUploadSession(hashSecret(uploadId))
  if (session?.organizationId !== organizationId || session.registers !== 'never') {
    throw new ServiceError('UPLOAD_NOT_FOUND', 'there is no such partial upload')
  }
  if (session.state.kind !== 'open' || session.isRevoked || isExpired(session, now())) {
    throw partialEnded()
  }
  const object = await storage.stat(session.objectName)
  if (object !== null) return { session, object }
  // Another concatenation may have used it since, and deleted its bytes.
  if (await hasEnded(database, session)) throw partialEnded()
  throw new ServiceError('INVALID_REQUEST', 'a partial upload is not complete')
}

function checkLength({ limits: { maxFileBytes } }: Context, sizeBytes: number): void {
  if (sizeBytes <= maxFileBytes) return
  const details = { file_size: sizeBytes, max_file_size: maxFileBytes }
  throw new ServiceError('FILE_TOO_LARGE', `a file may have at most ${maxFileBytes} bytes`, details)
}

/**
 * Returns the object of the joined bytes. Ends the session before it throws. Throws UPLOAD_SESSION_EXPIRED when another
 * concatenation has used a partial upload meanwhile.
 */
async function joinPartials(
  context: Context,
  caller: Caller,
  session: UploadSession,
  partials: readonly Partial[],
): Promise<ObjectMetadata> {
  const { parts } = context.storage
  const { objectName: name, contentType, checksums } = session
  const choices = partials.map((_, index) => ({ partId: String(index), version: null }))
  try {
    for (const [index, { object }] of partials.entries()) {
      await parts.link({ name, partId: String(index) }, object.name)
    }
    const completed = await parts.complete({ name, contentType, checksums }, choices, NO_HASHES)
    if (completed.kind === 'object') return completed.object
    throw new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload was cancelled')
  } catch (error) {
    await endUnused(context, caller, session)
    if (await haveEnded(context, partials)) throw partialEnded()
    throw error
  }
}

/** Returns true when one of the partial uploads has ended since it was found. */
async function haveEnded({ database }: Context, partials: readonly Partial[]): Promise<boolean> {
  for (const { session } of partials) if (await hasEnded(database, session)) return true
  return false
}

async function hasEnded(
  { uploadSessions }: Context['database'],
  { organizationId, fileId }: UploadSession,
): Promise<boolean> {
  const found = await uploadSessions.findByFileId(organizationId, fileId)
  return found?.state.kind !== 'open'
}

function partialEnded(): ServiceError {
  return new ServiceError('UPLOAD_SESSION_EXPIRED', 'a partial upload has ended')
}

/** Cancels the session of a concatenation that failed; its expiry does the same later. */
async function endUnused(context: Context, caller: Caller, { fileId }: UploadSession): Promise<void> {
  await cancelUpload(context, caller, fileId).catch((error: unknown) =>
    context.log.warn({ err: error, file_id: fileId }, 'the session of a failed concatenation remains'),
  )
}

/** Deletes the bytes of partial uploads that have ended; the sweep deletes what remains. */
async function deletePartials(context: Context, partials: readonly Partial[]): Promise<void> {
  for (const { session } of partials) {
    await deleteSessionBytes(context, session).catch((error: unknown) =>
      context.log.warn(
        { err: error, file_id: session.fileId },
        'the bytes of a partial upload could not be deleted yet',
      ),
    )
  }
}
