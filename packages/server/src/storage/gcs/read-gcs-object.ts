import { once } from 'node:events'
import { addAbortSignal, PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { CreateReadStreamOptions } from '@google-cloud/storage'
import { ServiceError } from '../../domain/errors.ts'
import { TimeoutError } from '../provider-calls.ts'
import type { ByteRange } from '../stored-object.ts'
import type { Gcs } from './gcs.ts'

/** Ranges up to this size are read completely before they are returned, so that a failed read can be retried. */
const SMALL_RANGE_BYTES = 1024 * 1024
/** Time limit for a gap in the bytes of an object. */
const IDLE_TIMEOUT_MS = 30_000

/** See `ObjectStorage.read`. */
export async function readGcsObject(
  gcs: Gcs,
  name: string,
  range: ByteRange | null,
  generation: string | null,
): Promise<Readable> {
  const file = gcs.google.bucket.file(gcs.prefix + name, generation === null ? {} : { generation })
  const isSmall = range !== null && range.end - range.start < SMALL_RANGE_BYTES
  const options: CreateReadStreamOptions = { decompress: false, ...(range ?? { validation: 'crc32c' }) }
  if (isSmall) {
    const bytes = await gcs.calls.run('storage.objects.get', (signal) =>
      buffer(addAbortSignal(signal, file.createReadStream(options))),
    )
    return Readable.from([bytes], { objectMode: false })
  }
  return gcs.calls.run('storage.objects.get', (signal) =>
    openStream(gcs, addAbortSignal(signal, file.createReadStream(options))),
  )
}

/** Resolves when a successful response begins; rejects for any other response. */
async function openStream(gcs: Gcs, source: Readable): Promise<Readable> {
  const bytes = new PassThrough()
  // Without a listener, an error before the caller adds one would terminate the process.
  bytes.on('error', () => {})
  const refused = new Promise<never>((_resolve, reject) => source.on('error', reject))
  refused.catch((error: unknown) => bytes.destroy(toReadError(gcs, error)))
  endWhenIdle(source, bytes, gcs)
  // The client sends its request only when the stream is read.
  source.pipe(bytes)
  const [response] = (await Promise.race([once(source, 'response'), refused])) as [{ statusCode: number }]
  return response.statusCode < 300 ? bytes : refused
}

/** Ends a read when no byte arrives for `IDLE_TIMEOUT_MS`, unless the reader is the one that has stopped. */
function endWhenIdle(source: Readable, bytes: PassThrough, { closing }: Gcs): void {
  const timer = setTimeout(() => {
    if (bytes.writableNeedDrain) timer.refresh()
    else source.destroy(new TimeoutError(`no bytes for ${IDLE_TIMEOUT_MS} ms`))
  }, IDLE_TIMEOUT_MS)
  const end = () => source.destroy(new TimeoutError('the storage was closed'))
  source.on('data', () => timer.refresh())
  closing.addEventListener('abort', end)
  bytes.on('close', () => {
    clearTimeout(timer)
    closing.removeEventListener('abort', end)
    source.destroy()
  })
}

function toReadError({ calls }: Gcs, error: unknown): ServiceError {
  const isDamaged = (error as { code?: unknown } | null)?.code === 'CONTENT_DOWNLOAD_MISMATCH'
  if (isDamaged) {
    return new ServiceError('OBJECT_DAMAGED', 'the downloaded bytes do not match the checksum of the object')
  }
  return calls.toError('storage.objects.get', error)
}
