import type { Readable } from 'node:stream'
import { type Caller, callerOfUrl } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { SMALL_BODY_BYTES } from '../../domain/uploads/small-body.ts'
import { tooManySessions, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Written } from '../../storage/object-storage.ts'
import { holdAdmission } from '../access/hold-admission.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { checkedFile } from '../files/register-file.ts'
import { registerCompleteUpload, registerWhenComplete } from '../files/register-when-complete.ts'
import { readRemainingQuota } from '../organizations/read-remaining-quota.ts'
import { cancelRefusedUpload } from './cancel-refused-upload.ts'
import {
  assertHosting,
  type CreatedUploadSession,
  checkMetadata,
  createUploadSession,
} from './create-upload-session.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'
import {
  addSession,
  isRefusedSession,
  type PreparedSession,
  prepareSession,
  type SessionInput,
} from './open-session.ts'
import { checkOpeningKey, quotaExceeded } from './open-upload.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** Creation of an upload whose body has all of its bytes. */
export interface UploadWithBody {
  readonly session: Omit<SessionInput, 'origin'> & { readonly sizeBytes: number }
  readonly body: Readable
}

export interface CreatedWithBody extends CreatedUploadSession {
  readonly answer: UploadAnswer
}

/**
 * Returns true for an upload that `createUploadWithBody` can store: its length and its body are known, equal and short. A
 * scanner needs the record of the session, because it may take longer than the request. Nothing is kept of such a body when
 * it is cut.
 */
export function comesAtOnce(
  { scans }: Pick<Context, 'scans'>,
  sizeBytes: number | null,
  bodyBytes: number | null,
): sizeBytes is number {
  return scans === null && sizeBytes !== null && sizeBytes === bodyBytes && sizeBytes <= SMALL_BODY_BYTES
}

/**
 * Creates an upload session and its File in one request. The order is object, record, answer, as in a direct upload: one
 * commit adds the session, which is registered already, and the File. A session that was added without its File is
 * cancelled, because the client does not learn its URL. A sweep removes an object that a crash leaves without a session.
 * The answer is `object`, `refused`, `cancelled` or `cut`. Throws the errors of `createUploadSession`, and those of
 * `CheckAdmission` for a caller that lost its rights meanwhile.
 */
export const createUploadWithBody = defineOperation(
  {
    action: createUploadSession.action,
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, created) => created?.session.fileId ?? null,
    hasChanged: ({ answer }) => answer.kind !== 'cut',
  },
  async (
    context: Context,
    caller: Caller,
    { session: input, body }: UploadWithBody,
    takeEvent: TakeEvent,
  ): Promise<CreatedWithBody> => {
    assertHosting(context)
    checkMetadata(input)
    const checkAdmission = holdAdmission(context, caller, 'files:write')
    const prepared = await prepareSession(context, caller, { ...input, origin: null })
    const { session, opened } = prepared
    if (opened.target.kind !== 'here') throw new Error('a hosted upload has a target at a provider')
    const { uploadId } = opened.target
    const written = await writeBody(context, session, body, input.sizeBytes)
    if (written === null) return { session, uploadId, answer: { kind: 'cut' } }
    const end = () => cancelRefusedUpload(context, caller, session.fileId)
    try {
      await checkAdmission()
      const answer = await record(context, caller, prepared, written, takeEvent)
      if (answer.kind !== 'object') await end()
      return { session, uploadId, answer }
    } catch (error) {
      if (isRefusedSession(error)) await removeObject(context, session)
      else await end()
      throw error
    }
  },
)

type StoredBody = Extract<Written, { kind: 'object' }>

/**
 * Stores the body; returns null when it was cut. Throws TOO_MANY_OPEN_UPLOADS and STORAGE_QUOTA_EXCEEDED before a byte is
 * stored.
 */
async function writeBody(
  context: Context,
  { organizationId, objectName: name, contentType, checksums }: UploadSession,
  body: Readable,
  sizeBytes: number,
): Promise<StoredBody | null> {
  await checkRoom(context, organizationId, sizeBytes)
  const reservation = context.reservations.open(organizationId, sizeBytes)
  try {
    const room = reservation.roomAfter(0)
    const written = await context.storage.write({ name, contentType, checksums }, body, sizeBytes, room)
    if (written.kind === 'too-long' && reservation.isExhausted()) throw quotaExceeded()
    return written.kind === 'object' ? written : null
  } finally {
    await reservation.end()
  }
}

/** Only early limits: the session reserves its place and its bytes. */
async function checkRoom(context: Context, organizationId: string, sizeBytes: number): Promise<void> {
  const { maxOpenSessions } = context.limits
  const [unfinished, remainingBytes] = await Promise.all([
    context.database.uploadSessions.countUnfinished(organizationId),
    readRemainingQuota(context, organizationId),
  ])
  if (unfinished >= maxOpenSessions) throw tooManySessions(maxOpenSessions)
  if (remainingBytes < sizeBytes) throw quotaExceeded()
}

async function record(
  context: Context,
  caller: Caller,
  { session, opened: { secretSha256 } }: PreparedSession,
  { object, content }: StoredBody,
  takeEvent: TakeEvent,
): Promise<UploadAnswer> {
  const { organizationId, fileId, openedBy } = session
  if (openedBy) await checkOpeningKey(context, organizationId, openedBy)
  const created = takeEvent(fileId)
  const urlCaller = callerOfUrl('session-uri', session, caller.request)
  const file = await checkedFile(context, session, object, content).catch(nullIfRefused)
  if (file !== null) {
    const registered = context.audit.eventOf(urlCaller, {
      action: registerCompleteUpload.action,
      target: fileId,
    })
    const { uploadSessions } = context.database
    const { maxOpenSessions } = context.limits
    const registration = { file, created, registered }
    const outcome = await uploadSessions.createRegistered(
      organizationId,
      session,
      secretSha256,
      maxOpenSessions,
      registration,
    )
    if (outcome === 'added') return { kind: 'object', object, file, isNew: true }
    if (outcome === 'ended') return { kind: 'cancelled', isNew: false }
  }
  // The content or the session is refused. The usual way gives the reason, and leaves the usual record of it.
  await addSession(context, session, secretSha256, created)
  return registerWhenComplete(context, urlCaller, session, {
    kind: 'object',
    object,
    file: null,
    isNew: true,
  })
}

function nullIfRefused(error: unknown): null {
  if (error instanceof ServiceError) return null
  throw error
}

async function removeObject(context: Context, session: UploadSession): Promise<void> {
  await deleteUploadBytes(context, session).catch((err: unknown) =>
    context.log.warn({ err, file_id: session.fileId }, 'the bytes of a refused upload could not be removed'),
  )
}
