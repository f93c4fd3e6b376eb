import type { CreateUploadUrlAnswer, WaybillFile } from '../api-types.ts'
import {
  ChecksumError,
  FileChangedError,
  NotFoundError,
  UploadExpiredError,
  UploadSessionError,
} from '../errors.ts'
import { type CrcTrail, createCrcTrail } from './crc-trail.ts'
import { sendChunks } from './send-chunks.ts'
import { createUploadSession } from './session.ts'
import { openShelf, type StoredUpload, type UploadShelf } from './stored-upload.ts'
import type { UploadTask } from './upload-task.ts'

/** What is known of an upload that is open. */
type OpenedUpload = Pick<
  StoredUpload,
  'uploadUrl' | 'objectName' | 'fileId' | 'expiresAt' | 'checkpoints'
> & {
  readonly isBegun: boolean
}

const SAVE_EVERY_MS = 1000
/** So long an upload that is aborted waits for what it has to undo. */
const GRACE_MS = 10_000

/**
 * Through a session that is kept, so that another process can go on with it. One that turns out to be over is followed by a
 * new one.
 */
export async function uploadResumably(task: UploadTask): Promise<WaybillFile> {
  const { api, store, source } = task
  const { baseUrl, organizationId } = api.connection
  const shelf = await openShelf(store, source, [baseUrl, organizationId])
  // Two at once must not go on with the same session.
  const release = shelf === null ? null : await task.platform.claim(shelf.key)
  if (shelf === null || release === null) return runUpload(task, null, await openNew(task))
  try {
    const stored = await storedUpload(task, shelf)
    if (stored !== null) {
      try {
        return await runUpload(task, shelf, { ...stored, isBegun: true })
      } catch (error) {
        if (!isOver(error)) throw error
        await shelf.remove()
      }
    }
    return await runUpload(task, shelf, await openNew(task))
  } finally {
    release()
  }
}

/** The upload to go on with, or null. Rejects with a `FileChangedError` where the file is not the same. */
async function storedUpload(task: UploadTask, shelf: UploadShelf): Promise<StoredUpload | null> {
  const stored = await shelf.get()
  if (stored === null) return null
  const isSame = JSON.stringify(stored.fingerprint) === JSON.stringify(shelf.fingerprint)
  const isWanted = stored.filename === task.filename && stored.mimeType === task.mimeType
  if (task.resume && isWanted && isSame) return stored
  if (task.resume && isWanted) {
    const message = `${task.filename} has changed since its upload was interrupted. Upload it anew with resume: false.`
    throw new FileChangedError('FILE_CHANGED', message)
  }
  await shelf.remove()
  await giveUp(task, stored)
  return null
}

async function openNew({
  api,
  source,
  filename,
  mimeType,
  checksums,
  signal,
}: UploadTask): Promise<OpenedUpload> {
  const declaration = { filename, file_size: source.sizeBytes, mime_type: mimeType }
  const json = { ...declaration, ...(checksums.length > 0 && { checksums }) }
  const path = '/files/upload-url'
  // Twice leaves a session that expires.
  const opened = await api.call<CreateUploadUrlAnswer>({
    method: 'POST',
    path,
    json,
    isRepeatable: true,
    signal,
    graceMs: GRACE_MS,
  })
  return {
    uploadUrl: opened.upload_url,
    objectName: opened.gcs_path,
    fileId: opened.file_id,
    expiresAt: opened.expires_at,
    checkpoints: [],
    isBegun: false,
  }
}

/** Sends and registers. What can never go on is given up; the rest stays on its shelf. */
async function runUpload(
  task: UploadTask,
  shelf: UploadShelf | null,
  opened: OpenedUpload,
): Promise<WaybillFile> {
  const { api, platform, source, meter, pause, signal } = task
  const { fetch, isOwnFetch, retry } = api.connection
  const trail = createCrcTrail(source, opened.checkpoints)
  const saver = createSaver(task, shelf, opened, trail)
  let isRegistering = false
  try {
    await saver.now()
    const crc32c = await sendChunks({
      source,
      session: createUploadSession(opened.uploadUrl, fetch),
      trail,
      meter: {
        ...meter,
        sent: (offset) => {
          meter.sent(offset)
          saver.soon()
        },
      },
      pause,
      retry,
      signal,
      isStreamed: platform.streamsBodies && isOwnFetch && source.isRepeatable,
      isBegun: opened.isBegun,
      save: saver.now,
    })
    await source.assertUnchanged()
    meter.state('registering')
    isRegistering = true
    const file = await register(task, opened, crc32c)
    signal?.throwIfAborted()
    await saver.end()
    await shelf?.remove()
    return file
  } catch (error) {
    await saver.end()
    const isOfNoUse = error instanceof FileChangedError || error instanceof ChecksumError
    if (signal?.aborted || isOfNoUse || shelf === null) {
      await shelf?.remove()
      await giveUp(task, opened)
      // A file that nobody is told of; one of another process, which went on with the same session, is not ours to delete.
      if (signal?.aborted && isRegistering && !opened.isBegun) await deleteFile(task, opened)
    }
    throw error
  }
}

function register(
  { api, source, filename, mimeType, signal }: UploadTask,
  { objectName }: OpenedUpload,
  crc32c: string,
): Promise<WaybillFile> {
  const json = { filename, gcs_path: objectName, file_size: source.sizeBytes, mime_type: mimeType, crc32c }
  return api.call({ method: 'POST', path: '/files', json, isRepeatable: true, signal, graceMs: GRACE_MS })
}

/** Ends the session, and gives back what it reserved: where that fails it does so by itself, later. */
async function giveUp(
  { api }: UploadTask,
  opened: Pick<OpenedUpload, 'uploadUrl' | 'fileId'>,
): Promise<void> {
  const session = createUploadSession(opened.uploadUrl, api.connection.fetch)
  await session.cancel().catch(() => {})
  // What is whole already the session keeps; the organization can still drop it.
  const path = `/files/uploads/${encodeURIComponent(opened.fileId)}`
  const signal = AbortSignal.timeout(GRACE_MS)
  await api.call({ method: 'DELETE', path, isRepeatable: false, signal }).catch(() => {})
}

async function deleteFile({ api }: UploadTask, { fileId }: OpenedUpload): Promise<void> {
  const path = `/files/${encodeURIComponent(fileId)}`
  const signal = AbortSignal.timeout(GRACE_MS)
  await api.call({ method: 'DELETE', path, isRepeatable: true, signal }).catch(() => {})
}

/** Whether a kept session can go on no more. */
function isOver(error: unknown): boolean {
  const isLost = error instanceof UploadSessionError && error.code === 'UPLOAD_SESSION_LOST'
  const isUnknown = error instanceof NotFoundError && error.code === 'UPLOAD_NOT_FOUND'
  return isLost || isUnknown || error instanceof UploadExpiredError
}

/** Keeps the upload on its shelf, and while bytes are sent at most once a second. */
function createSaver(task: UploadTask, shelf: UploadShelf | null, opened: OpenedUpload, trail: CrcTrail) {
  let last = Promise.resolve()
  let savedMs = 0
  let isEnded = false
  const put = async () => {
    if (shelf === null) return
    const { uploadUrl, objectName, fileId, expiresAt } = opened
    const { filename, mimeType } = task
    const { fingerprint } = shelf
    const checkpoints = trail.checkpoints()
    const facts = { uploadUrl, objectName, fileId, expiresAt, filename, mimeType, fingerprint, checkpoints }
    await shelf.put({ version: 1, ...facts })
  }
  const now = (): Promise<void> => {
    savedMs = performance.now()
    if (!isEnded) last = last.then(put)
    return last
  }
  return {
    now,
    soon: () => {
      if (performance.now() - savedMs >= SAVE_EVERY_MS) void now()
    },
    /** After it nothing is kept any more. */
    end: () => {
      isEnded = true
      return last
    },
  }
}
