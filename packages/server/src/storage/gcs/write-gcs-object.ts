import type { Readable } from 'node:stream'
import type { UploadSpec, Written } from '../storage.ts'
import type { Gcs } from './gcs.ts'
import { GoogleAnswerError } from './google-fault.ts'
import { createInsert } from './insert-object.ts'
import { type ObjectResource, toObjectMetadata } from './object-resource.ts'
import { removeGcsObject } from './remove-gcs-object.ts'
import { createSending, type Sending } from './sending.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/**
 * See `ObjectStorage.write`: one request, whose body is the caller's as it comes. A body can be sent only once, so what
 * fails is the caller's to send again.
 */
export async function writeGcsObject(
  gcs: Gcs,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
): Promise<Written> {
  // A body that breaks before it is read is found broken then; its error must not end the process now.
  body.on('error', () => {})
  const insert = await gcs.calls.run('storage.objects.create', () => createInsert(gcs, spec))
  const sending = createSending(body, maxBytes)
  try {
    const resource = await insert(sending.pieces(), AbortSignal.any([sending.silence, gcs.closing]))
    return await toWritten(gcs, spec, sending, resource)
  } catch (error) {
    const ended = sending.ended()
    if (ended === 'too-long' || ended === 'interrupted') return { kind: ended }
    const stored = ended === 'complete' ? await findUnanswered(gcs, spec, sending, error) : null
    if (stored) return stored
    throw gcs.calls.toError('storage.objects.create', error)
  } finally {
    sending.close()
  }
}

async function toWritten(
  gcs: Gcs,
  { name }: UploadSpec,
  sending: Sending,
  resource: ObjectResource,
): Promise<Written> {
  const object = toObjectMetadata(name, resource)
  if (object.crc32c === sending.crc32c()) return { kind: 'object', object }
  await removeGcsObject(gcs, name, object.generation)
  throw new GoogleAnswerError(502, `it has stored ${object.crc32c} of what was ${sending.crc32c()}`)
}

/** The whole body may have become the object, and the answer be lost: nobody else would ever ask for it. */
async function findUnanswered(
  gcs: Gcs,
  { name }: UploadSpec,
  sending: Sending,
  error: unknown,
): Promise<Written | null> {
  if (error instanceof GoogleAnswerError) return null
  const object = await statGcsObject(gcs, name).catch(() => null)
  return object?.crc32c === sending.crc32c() ? { kind: 'object', object } : null
}
