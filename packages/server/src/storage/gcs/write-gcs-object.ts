import type { Readable } from 'node:stream'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import type { Written } from '../object-storage.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { BodyRoom, ObjectMetadata, UploadSpec } from '../stored-object.ts'
import { checkKey } from './check-key.ts'
import type { Gcs } from './gcs.ts'
import { GoogleAnswerError, isOtherVersion } from './google-fault.ts'
import { createInsert, type Insert } from './insert-object.ts'
import { removeGcsObject } from './remove-gcs-object.ts'
import { createSending, type Sending } from './sending.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/** See `ObjectStorage.write`; throws VALIDATION_ERROR where Google takes no such name. What is small is sent again after faults that pass; a longer body can be sent only once. */
export async function writeGcsObject(
  gcs: Gcs,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
  room?: BodyRoom,
): Promise<Written> {
  // A body that breaks before it is read is found broken then; its error must not end the process now.
  body.on('error', () => {})
  checkKey(gcs.prefix + spec.name)
  // Google's answer contains the MD5.
  const digests = createRunningDigests(spec.checksums?.includes('sha256') ? ['sha256'] : [])
  const sending = createSending(body, maxBytes, digests.update, room)
  try {
    const small = await sending.takeSmall()
    const insert = await gcs.calls.run('storage.objects.create', () => createInsert(gcs, spec))
    const written = await (small === null
      ? insertLong(gcs, spec, insert, sending)
      : insertSmall(gcs, spec, insert, small))
    if (written.kind !== 'object') return written
    return { kind: 'object', object: { ...written.object, sha256: digests.current().sha256 } }
  } catch (error) {
    const ended = sending.ended()
    if (ended === 'too-long' || ended === 'interrupted') return { kind: ended }
    throw gcs.calls.toError('storage.objects.create', error)
  } finally {
    sending.close()
  }
}

async function insertSmall(
  gcs: Gcs,
  { name }: UploadSpec,
  insert: Insert,
  bytes: Buffer<ArrayBuffer>,
): Promise<Written> {
  const sentCrc32c = crc32cToBase64(crc32c(bytes))
  let attempts = 0
  const object = await gcs.calls.run('storage.objects.create', async (signal) => {
    attempts++
    try {
      return await insert(bytes, signal)
    } catch (error) {
      const isOurs = attempts > 1 && isOtherVersion(error)
      const standing = isOurs ? await statGcsObject(gcs, name) : null
      // An attempt before this one has made it, and its answer was lost.
      if (standing?.crc32c === sentCrc32c) return standing
      throw error
    }
  })
  return checkWritten(gcs, object, sentCrc32c)
}

async function insertLong(
  gcs: Gcs,
  { name }: UploadSpec,
  insert: Insert,
  sending: Sending,
): Promise<Written> {
  try {
    const object = await insert(sending.pieces(), AbortSignal.any([sending.silence, gcs.closing]))
    return await checkWritten(gcs, object, sending.crc32c())
  } catch (error) {
    const isUnanswered = sending.ended() === 'complete' && !(error instanceof GoogleAnswerError)
    const standing = isUnanswered ? await statGcsObject(gcs, name).catch(() => null) : null
    // The whole body has become the object, and the answer was lost: nobody else would ever ask for it.
    if (standing?.crc32c === sending.crc32c()) return { kind: 'object', object: standing }
    throw error
  }
}

async function checkWritten(gcs: Gcs, object: ObjectMetadata, sentCrc32c: string): Promise<Written> {
  if (object.crc32c === sentCrc32c) return { kind: 'object', object }
  await removeGcsObject(gcs, object.name, object.generation)
  throw new GoogleAnswerError(502, `it has stored ${object.crc32c} of what was ${sentCrc32c}`)
}
