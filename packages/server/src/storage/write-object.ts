import type { Readable } from 'node:stream'
import { ServiceError } from '../domain/errors.ts'
import { NO_HASHES } from '../domain/uploads/upload-session.ts'
import type { HostedUploads, UploadWriter } from './hosted-uploads.ts'
import type { Written } from './object-storage.ts'
import type { BodyRoom, UploadSpec } from './stored-object.ts'

/** Implements `ObjectStorage.write` as an upload of one body, which is cancelled unless it becomes an object. */
export async function writeObject(
  uploads: HostedUploads,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
  room?: BodyRoom,
): Promise<Written> {
  // Without a listener, an error before the first read would terminate the process. The read reports the error later.
  body.on('error', () => {})
  const writer = await claimEmpty(uploads, spec, maxBytes)
  if (writer === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'the object exists already')
  let isComplete = false
  try {
    const { ended } = await writer.append(body, { skipBytes: 0, maxBytes, ...(room && { room }) })
    if (ended === 'too-long') return { kind: 'too-long' }
    if (ended !== 'complete') return { kind: 'interrupted' }
    const finalized = await writer.finalize(NO_HASHES)
    if (finalized.kind === 'mismatch') throw new Error('there was no announced hash to compare')
    isComplete = true
    return { kind: 'object', object: finalized.object, content: null }
  } finally {
    await writer.release()
    if (!isComplete) await uploads.cancel(spec.name)
  }
}

/** Claims the upload without earlier bytes: those of an abandoned upload must not end up in this object. */
async function claimEmpty(
  uploads: HostedUploads,
  spec: UploadSpec,
  maxBytes: number,
): Promise<UploadWriter | null> {
  const writer = await uploads.claim(spec, maxBytes)
  if (writer === null || writer.startOffset === 0) return writer
  await writer.release()
  await uploads.cancel(spec.name)
  return uploads.claim(spec, maxBytes)
}
