import type { Readable } from 'node:stream'
import { ServiceError } from '../domain/errors.ts'
import type { HostedUploads, UploadWriter } from './hosted-uploads.ts'
import type { Written } from './object-storage.ts'
import type { BodyRoom, UploadSpec } from './stored-object.ts'

const NOTHING_ANNOUNCED = { crc32c: null, md5: null }

/** `ObjectStorage.write` for a storage that hosts uploads: an upload of one body, cancelled unless it is whole. */
export async function writeObject(
  uploads: HostedUploads,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
  room?: BodyRoom,
): Promise<Written> {
  // A body that breaks before it is read is found broken then; its error must not end the process now.
  body.on('error', () => {})
  const writer = await claimEmpty(uploads, spec)
  if (writer === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'the object exists already')
  let isWhole = false
  try {
    const { ended } = await writer.append(body, { skipBytes: 0, maxBytes, ...(room && { room }) })
    if (ended === 'too-long') return { kind: 'too-long' }
    if (ended !== 'complete') return { kind: 'interrupted' }
    const finalized = await writer.finalize(NOTHING_ANNOUNCED)
    if (finalized.kind === 'mismatch') throw new Error('nothing was announced that could differ')
    isWhole = true
    return finalized
  } finally {
    await writer.release()
    if (!isWhole) await uploads.cancel(spec.name)
  }
}

/** What somebody who came to no end has left under the name is none of this body's bytes. */
async function claimEmpty(uploads: HostedUploads, spec: UploadSpec): Promise<UploadWriter | null> {
  const writer = await uploads.claim(spec, null)
  if (writer === null || writer.startOffset === 0) return writer
  await writer.release()
  await uploads.cancel(spec.name)
  return uploads.claim(spec, null)
}
