import type { WaybillFile } from '../api-types.ts'
import type { PartTools } from './part-tools.ts'
import type { UploadTask } from './upload-task.ts'
import type { UploadedFile } from './uploaded-file.ts'

const MIB = 1024 ** 2
/** Smallest size of a part, which is held in memory while it is sent. */
const MIN_PART_BYTES = 8 * MIB
/** Limits of the service. */
const MAX_PART_BYTES = 64 * MIB
const MAX_PARTS = 10_000
/** Time for the requests that undo a failed upload. */
const UNDO_MS = 10_000

/** A file to upload, and what the library has for it: this module imports nothing. */
type PartsTask = UploadTask & PartTools

/** An upload of parts as the service shows it. */
interface Parts {
  readonly id: string
  /** The File when the upload is complete. */
  readonly file: object | null
}

interface SentPart {
  readonly id: string
  readonly crc32c: string
}

/** See `uploadInParallel`. An upload of parts cannot be resumed by another process. */
export async function uploadParts(task: PartsTask): Promise<UploadedFile | null> {
  const { api, source, filename, mimeType, sha256, signal, findsUploaded, isTransient } = task
  const partBytes = partBytesOf(source.sizeBytes)
  const hasOther = task.checksums.some((name) => name !== 'sha256' || sha256 === null)
  if (hasOther || partBytes > MAX_PART_BYTES) return null
  const facts = { filename, bytes: source.sizeBytes, mime_type: mimeType, purpose: 'user_data' }
  const json = { ...facts, ...(sha256 !== null && { sha256 }) }
  const opened = await api
    .call<Parts>({
      method: 'POST',
      path: '/uploads',
      isWithoutOrganization: true,
      json,
      isIdempotent: true,
      signal,
      graceMs: UNDO_MS,
      // Its File is in the root until it is complete.
      findResult: findsUploaded({ ...task, path: '' }, (file) => ({
        id: file.id.replace('file_', 'upload_'),
        file,
      })),
    })
    .catch((error) => {
      signal?.throwIfAborted()
      if (isTransient(error)) throw error
      return null
    })
  return opened && finish(task, opened, partBytes)
}

function partBytesOf(sizeBytes: number): number {
  return Math.max(MIN_PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB)
}

/** Sends what is missing and returns the File. On failure, deletes the upload and a File that it has made. */
async function finish(task: PartsTask, opened: Parts, partBytes: number): Promise<UploadedFile> {
  const { api, source, meter, signal } = task
  const call = { isWithoutOrganization: true, isIdempotent: true, signal } as const
  const path = `/uploads/${opened.id}`
  const filePath = `/files/${opened.id.replace('upload_', 'file_')}`
  try {
    if (opened.file === null) {
      const parts = await sendParts(task, path, partBytes)
      await source.assertUnchanged()
      meter.state('registering')
      // The service compares the SHA-256 itself.
      if (task.sha256 === null) {
        const stored = await api.callForData<SentPart[]>({ ...call, method: 'GET', path: `${path}/parts` })
        assertStored(task, parts, stored)
      }
      const json = { part_ids: parts.map(({ id }) => id) }
      await api.call({ ...call, method: 'POST', path: `${path}/complete`, json })
      signal?.throwIfAborted()
    }
    // The content is stored, and the file may have changed after its SHA-256 was computed.
    else await source.assertUnchanged()
    return { ...(await placeFile(task, filePath)), alreadyStored: opened.file !== null }
  } catch (error) {
    await undo(task, path, filePath)
    throw error
  }
}

/** Returns the File, after putting it into its folder: an upload of parts has neither a folder nor metadata. */
function placeFile(task: PartsTask, path: string): Promise<WaybillFile> {
  const json = task.folderAndMetadata(task)
  const change =
    Object.keys(json).length > 0 ? ({ method: 'PATCH', json } as const) : ({ method: 'GET' } as const)
  return task.api.call<WaybillFile>({ ...change, path, signal: task.signal })
}

/** Sends all parts, `parallel` at a time, and continues with the missing ones after a pause. */
async function sendParts(task: PartsTask, path: string, partBytes: number): Promise<SentPart[]> {
  const { source, meter, pause, signal, followSignal } = task
  const sent: (SentPart | undefined)[] = Array(Math.ceil(source.sizeBytes / partBytes)).fill(undefined)
  let sentBytes = 0
  const sendRest = async (signal: AbortSignal) => {
    // The first failure stops the other connections.
    const { controller, unfollow } = followSignal(signal)
    const missing = sent.flatMap((part, index) => (part === undefined ? [index] : [])).values()
    const work = async () => {
      for (const index of missing) {
        const offset = index * partBytes
        const sizeBytes = Math.min(partBytes, source.sizeBytes - offset)
        sent[index] = await sendPart(task, path, offset, sizeBytes, controller.signal)
        sentBytes += sizeBytes
        meter.sent(sentBytes)
      }
    }
    const working = Array.from({ length: task.parallel }, work)
    await Promise.all(working)
      .catch((error) => {
        controller.abort(error)
        throw error
      })
      .finally(unfollow)
  }
  for (;;) {
    await pause.untilRunning(signal, async () => meter.state('paused'))
    meter.state('uploading')
    try {
      await pause.run(signal, sendRest)
      return sent as SentPart[]
    } catch (error) {
      signal?.throwIfAborted()
      if (!pause.hasStopped()) throw error
    }
  }
}

async function sendPart(
  { api, source, crc32c, crc32cText }: PartsTask,
  path: string,
  offset: number,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<SentPart> {
  signal.throwIfAborted()
  // Before the part is read, so that waiting parts take no memory.
  await api.connection.rateLimit?.take(sizeBytes, signal)
  const bytes = await source.read(offset, sizeBytes)
  const form = new FormData()
  form.set('data', new Blob([bytes]))
  // A part whose response was lost is sent again; only the listed ones become bytes of the File.
  const request = { method: 'POST', path: `${path}/parts`, isWithoutOrganization: true, form } as const
  const { id } = await api.call<{ id: string }>({ ...request, isIdempotent: true, signal })
  return { id, crc32c: crc32cText(crc32c(bytes)) }
}

function assertStored(
  { ChecksumError }: PartTools,
  sent: readonly SentPart[],
  stored: readonly SentPart[],
): void {
  const sums = new Map(stored.map((part) => [part.id, part.crc32c]))
  if (sent.every((part) => sums.get(part.id) === part.crc32c)) return
  throw new ChecksumError(
    'CHECKSUM_MISMATCH',
    'The stored bytes are not the sent bytes. Upload the file again.',
  )
}

/** Cancels the upload, and deletes its File, which nothing would return. */
async function undo({ api }: UploadTask, path: string, filePath: string): Promise<void> {
  for (const request of [
    { method: 'POST', path: `${path}/cancel`, isWithoutOrganization: true },
    { method: 'DELETE', path: filePath },
  ] as const) {
    const signal = AbortSignal.timeout(UNDO_MS)
    await api.call({ ...request, isIdempotent: false, signal }).catch(() => {})
  }
}
