import type { CreateUploadUrlAnswer, WaybillFile } from '../api-types.ts'
import {
  ChecksumError,
  FileChangedError,
  NotFoundError,
  UploadExpiredError,
  UploadSessionError,
} from '../errors.ts'
import { type CrcHistory, createCrcHistory } from './crc-history.ts'
import { findsUploaded } from './direct-upload.ts'
import { folderAndMetadata } from './folder-and-metadata.ts'
import { sendChunks } from './send-chunks.ts'
import { createUploadSession } from './session.ts'
import { openStoreEntry, type StoredUpload, type StoreEntry } from './stored-upload.ts'
import type { UploadTask } from './upload-task.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** An open upload session. */
type OpenedUpload = Pick<
  StoredUpload,
  'uploadUrl' | 'objectName' | 'fileId' | 'expiresAt' | 'checkpoints'
> & {
  readonly isResumed: boolean
}

const SAVE_EVERY_MS = 1000
/** Time that an aborted upload waits for requests that it must undo. */
const GRACE_MS = 10_000

/**
 * Uploads through a session that is stored, so that another process can resume it. If a stored session has ended,
 * starts over with a new one.
 */
export async function uploadResumably(task: UploadTask): Promise<UploadedFile> {
  const { api, store, source } = task
  const { baseUrl, organizationId } = api.connection
  const entry = await openStoreEntry(store, source, [baseUrl, organizationId])
  // The same session must not be resumed twice at the same time.
  const release = entry === null ? null : await task.platform.tryLock(entry.key)
  if (entry === null || release === null) return runNew(task, null)
  try {
    const stored = await storedUpload(task, entry)
    if (stored !== null) {
      try {
        return await runUpload(task, entry, { ...stored, isResumed: true })
      } catch (error) {
        if (!isSessionGone(error)) throw error
        await entry.remove()
      }
    }
    return await runNew(task, entry)
  } finally {
    release()
  }
}

/** Returns the upload to resume, or null. Rejects with a `FileChangedError` when the file has changed. */
async function storedUpload(task: UploadTask, entry: StoreEntry): Promise<StoredUpload | null> {
  const stored = await entry.get()
  if (stored === null) return null
  const isSame = JSON.stringify(stored.fingerprint) === JSON.stringify(entry.fingerprint)
  const isWanted =
    stored.filename === task.filename &&
    stored.mimeType === task.mimeType &&
    (stored.placement ?? placementOf({ path: '', metadata: {} })) === placementOf(task)
  if (task.resume && isWanted && isSame) return stored
  if (task.resume && isWanted) {
    const message = `${task.filename} has changed since its upload was interrupted.`
    throw new FileChangedError('FILE_CHANGED', message, { systemMessage: 'resume: false starts over' })
  }
  await entry.remove()
  await cancelUpload(task, stored)
  return null
}

/** Returns the folder and the metadata as a text that can be compared. */
function placementOf({ path, metadata }: Pick<UploadTask, 'path' | 'metadata'>): string {
  return JSON.stringify([path, metadata])
}

/** Opens a session and uploads through it, unless the organization has stored the content already. */
async function runNew(task: UploadTask, entry: StoreEntry | null): Promise<UploadedFile> {
  const opened = await openNew(task)
  if ('uploadUrl' in opened) return runUpload(task, entry, opened)
  try {
    task.signal?.throwIfAborted()
    await task.source.assertUnchanged()
    return { ...opened, alreadyStored: true }
  } catch (error) {
    // This call does not return the file, so delete it.
    await deleteFile(task, { fileId: opened.id })
    throw error
  }
}

async function openNew(task: UploadTask): Promise<OpenedUpload | WaybillFile> {
  const { api, source, filename, mimeType, checksums, sha256, signal } = task
  const declaration = { filename, file_size: source.sizeBytes, mime_type: mimeType }
  const json = {
    ...declaration,
    ...(sha256 !== null && { sha256 }),
    ...(checksums.length > 0 && { checksums }),
    ...folderAndMetadata(task),
  }
  // A retry can leave an unused session, which expires.
  const opened = await api.call<CreateUploadUrlAnswer>({
    method: 'POST',
    path: '/files/upload-url',
    json,
    isIdempotent: true,
    signal,
    graceMs: GRACE_MS,
    findResult: findsUploaded(task, (file) => ({ already_stored: true, file })),
  })
  if (opened.already_stored) return opened.file
  return {
    uploadUrl: opened.upload_url,
    objectName: opened.gcs_path,
    fileId: opened.file_id,
    expiresAt: opened.expires_at,
    checkpoints: [],
    isResumed: false,
  }
}

/** Sends and registers the file. On failure, cancels an upload that cannot be resumed; other uploads stay stored. */
async function runUpload(
  task: UploadTask,
  entry: StoreEntry | null,
  opened: OpenedUpload,
): Promise<UploadedFile> {
  const { api, platform, source, meter, pause, signal } = task
  const { fetch, isOwnFetch, retry, rateLimit } = api.connection
  const crcHistory = createCrcHistory(source, signal, opened.checkpoints)
  const saver = createSaver(task, entry, opened, crcHistory)
  let isRegistering = false
  try {
    await saver.now()
    const { crc32c } = await sendChunks({
      source,
      session: createUploadSession(opened.uploadUrl, fetch),
      crcHistory,
      meter: {
        ...meter,
        sent: (offset) => {
          meter.sent(offset)
          saver.soon()
        },
      },
      pause,
      retry,
      rateLimit,
      signal,
      isStreamed: platform.streamsBodies && isOwnFetch && source.isRepeatable,
      isResumed: opened.isResumed,
      save: saver.now,
    })
    await source.assertUnchanged()
    meter.state('registering')
    isRegistering = true
    const file = await register(task, opened, crc32c)
    signal?.throwIfAborted()
    await saver.end()
    await entry?.remove()
    return { ...file, alreadyStored: false }
  } catch (error) {
    await saver.end()
    const isFinal = error instanceof FileChangedError || error instanceof ChecksumError
    if (signal?.aborted || isFinal || entry === null) {
      await entry?.remove()
      await cancelUpload(task, opened)
      // The aborted call does not return the file, so delete it. A resumed session may have been registered by another
      // process, whose file must stay.
      if (signal?.aborted && isRegistering && !opened.isResumed) await deleteFile(task, opened)
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
  return api.call({ method: 'POST', path: '/files', json, isIdempotent: true, signal, graceMs: GRACE_MS })
}

/** Cancels the session, which releases its quota. If that fails, the session expires later. */
async function cancelUpload(
  { api }: UploadTask,
  opened: Pick<OpenedUpload, 'uploadUrl' | 'fileId'>,
): Promise<void> {
  const session = createUploadSession(opened.uploadUrl, api.connection.fetch)
  await session.cancel().catch(() => {})
  // A completed object cannot be cancelled through the session, only through the API.
  const path = `/files/uploads/${encodeURIComponent(opened.fileId)}`
  const signal = AbortSignal.timeout(GRACE_MS)
  await api.call({ method: 'DELETE', path, isIdempotent: false, signal }).catch(() => {})
}

async function deleteFile({ api }: UploadTask, { fileId }: Pick<OpenedUpload, 'fileId'>): Promise<void> {
  const path = `/files/${encodeURIComponent(fileId)}`
  const signal = AbortSignal.timeout(GRACE_MS)
  await api.call({ method: 'DELETE', path, signal }).catch(() => {})
}

/** Returns true when a stored session has ended and cannot be resumed. */
function isSessionGone(error: unknown): boolean {
  const isLost = error instanceof UploadSessionError && error.code === 'UPLOAD_SESSION_LOST'
  const isUnknown = error instanceof NotFoundError && error.code === 'UPLOAD_NOT_FOUND'
  return isLost || isUnknown || error instanceof UploadExpiredError
}

/** Stores the state of the upload: `now` immediately, `soon` at most once a second. */
function createSaver(
  task: UploadTask,
  entry: StoreEntry | null,
  opened: OpenedUpload,
  crcHistory: CrcHistory,
) {
  let last = Promise.resolve()
  let savedMs = 0
  let isEnded = false
  const put = async () => {
    if (entry === null) return
    const { uploadUrl, objectName, fileId, expiresAt } = opened
    const { filename, mimeType } = task
    const { fingerprint } = entry
    const checkpoints = crcHistory.checkpoints()
    const facts = { uploadUrl, objectName, fileId, expiresAt, filename, mimeType, fingerprint, checkpoints }
    await entry.put({ version: 1, ...facts, placement: placementOf(task) })
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
    /** Waits for running writes. Nothing is stored afterwards. */
    end: () => {
      isEnded = true
      return last
    },
  }
}
