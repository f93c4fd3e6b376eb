import { once } from 'node:events'
import { addAbortSignal, PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { CreateReadStreamOptions } from '@google-cloud/storage'
import { ServiceError } from '../../domain/errors.ts'
import type { ByteRange } from '../stored-object.ts'
import type { Gcs } from './gcs.ts'
import { TimeoutError } from './google-fault.ts'

/** A part of at most this size is read whole before it is given out, so that it can be asked for again. */
const PART_BYTES = 1024 * 1024
/** Google may be silent for so long in the middle of an object. */
const SILENCE_MS = 30_000

/** See `ObjectStorage.read`. */
export async function readGcsObject(
  gcs: Gcs,
  name: string,
  range: ByteRange | null,
  generation: string | null,
): Promise<Readable> {
  const file = gcs.google.bucket.file(gcs.prefix + name, generation === null ? {} : { generation })
  const isPart = range !== null && range.end - range.start < PART_BYTES
  const options: CreateReadStreamOptions = { decompress: false, ...(range ?? { validation: 'crc32c' }) }
  if (isPart) {
    const bytes = await gcs.calls.run('storage.objects.get', (signal) =>
      buffer(addAbortSignal(signal, file.createReadStream(options))),
    )
    return Readable.from([bytes], { objectMode: false })
  }
  return gcs.calls.run('storage.objects.get', (signal) =>
    openStream(gcs, addAbortSignal(signal, file.createReadStream(options))),
  )
}

/** Resolves when Google's answer begins, and rejects where it is a refusal. */
async function openStream(gcs: Gcs, source: Readable): Promise<Readable> {
  const bytes = new PassThrough()
  // Whoever reads it adds a listener of their own; until then it may fail already.
  bytes.on('error', () => {})
  const refused = new Promise<never>((_resolve, reject) => source.on('error', reject))
  refused.catch((error: unknown) => bytes.destroy(toReadError(gcs, error)))
  endWhenSilent(source, bytes, gcs)
  // The client asks only once it is read.
  source.pipe(bytes)
  const [response] = (await Promise.race([once(source, 'response'), refused])) as [{ statusCode: number }]
  return response.statusCode < 300 ? bytes : refused
}

/** Ends a read that Google has stopped answering; one that nobody takes from is not silent, but full. */
function endWhenSilent(source: Readable, bytes: PassThrough, { closing }: Gcs): void {
  const timer = setTimeout(() => {
    if (bytes.writableNeedDrain) timer.refresh()
    else source.destroy(new TimeoutError(`no byte for ${SILENCE_MS} ms`))
  }, SILENCE_MS)
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
    return new ServiceError('OBJECT_DAMAGED', 'the bytes that came are not those that were stored')
  }
  return calls.toError('storage.objects.get', error)
}
