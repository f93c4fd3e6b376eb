import type { Readable } from 'node:stream'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import type { Written } from '../object-storage.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { BodyRoom, ObjectMetadata, UploadSpec } from '../stored-object.ts'
import { checkKey } from './check-key.ts'
import type { Gcs } from './gcs.ts'
import { GoogleResponseError, isPreconditionFailed } from './google-fault.ts'
import { createInsert, type Insert } from './insert-object.ts'
import { createOutgoingBody, type OutgoingBody } from './outgoing-body.ts'
import { removeGcsObject } from './remove-gcs-object.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/**
 * See `ObjectStorage.write`. Throws VALIDATION_ERROR when the name is too long for Google. A small body is retried after
 * transient errors; a longer one is sent only once.
 */
export async function writeGcsObject(
  gcs: Gcs,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
  room?: BodyRoom,
): Promise<Written> {
  // Without a listener, an error before the first read would terminate the process. The read reports the error later.
  body.on('error', () => {})
  checkKey(gcs.prefix + spec.name)
  // The response contains the MD5.
  const digests = createRunningDigests(spec.checksums?.includes('sha256') ? ['sha256'] : [])
  const outgoing = createOutgoingBody(body, maxBytes, digests.update, room)
  try {
    const small = await outgoing.readSmall()
    const insert = await gcs.calls.run('storage.objects.create', () => createInsert(gcs, spec))
    const written = await (small === null
      ? insertLong(gcs, spec, insert, outgoing)
      : insertSmall(gcs, spec, insert, small))
    if (written.kind !== 'object') return written
    return { ...written, object: { ...written.object, sha256: digests.current().sha256 ?? null } }
  } catch (error) {
    const ended = outgoing.ended()
    if (ended === 'too-long' || ended === 'interrupted') return { kind: ended }
    throw gcs.calls.toError('storage.objects.create', error)
  } finally {
    outgoing.close()
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
      const mayBeOurs = attempts > 1 && isPreconditionFailed(error)
      const existing = mayBeOurs ? await statGcsObject(gcs, name) : null
      // An earlier attempt has created the object, and its response was lost.
      if (existing?.crc32c === sentCrc32c) return existing
      throw error
    }
  })
  return checkWritten(gcs, object, sentCrc32c)
}

async function insertLong(
  gcs: Gcs,
  { name }: UploadSpec,
  insert: Insert,
  outgoing: OutgoingBody,
): Promise<Written> {
  try {
    const object = await insert(outgoing.chunks(), AbortSignal.any([outgoing.timeout, gcs.closing]))
    return await checkWritten(gcs, object, outgoing.crc32c())
  } catch (error) {
    const hasNoResponse = outgoing.ended() === 'complete' && !(error instanceof GoogleResponseError)
    const existing = hasNoResponse ? await statGcsObject(gcs, name).catch(() => null) : null
    // The complete body has become the object, and the response was lost. A retry is not possible.
    if (existing?.crc32c === outgoing.crc32c()) return { kind: 'object', object: existing, content: null }
    throw error
  }
}

async function checkWritten(gcs: Gcs, object: ObjectMetadata, sentCrc32c: string): Promise<Written> {
  if (object.crc32c === sentCrc32c) return { kind: 'object', object, content: null }
  await removeGcsObject(gcs, object.name, object.generation)
  throw new GoogleResponseError(502, `the stored CRC-32C is ${object.crc32c}, expected ${sentCrc32c}`)
}
