import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import type { S3 } from './s3.ts'
import type { StoredHead } from './s3-bucket.ts'

/** Time limit for a gap in the bytes of an object. */
const IDLE_TIMEOUT_MS = 30_000
/** Consecutive requests for the rest of the bytes that may end without a byte. */
const MAX_FRUITLESS_REQUESTS = 3

/** Streams all bytes of an object whose checksums are unknown. Requests the rest when the connection is lost. */
export async function* readUnverified(
  s3: S3,
  key: string,
  { etag, sizeBytes }: Pick<StoredHead, 'etag' | 'sizeBytes'>,
): AsyncGenerator<Buffer> {
  let position = 0
  let fruitless = 0
  while (position < sizeBytes) {
    const source = await s3.bucket.open(key, etag, { start: position, end: sizeBytes - 1 })
    if (source === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
    const before = position
    for await (const bytes of untilCut(s3, source)) {
      position += bytes.length
      yield bytes
    }
    fruitless = position > before ? 0 : fruitless + 1
    if (fruitless >= MAX_FRUITLESS_REQUESTS) {
      throw new ServiceError('STORAGE_UNAVAILABLE', 'the storage ends its responses before their end')
    }
  }
}

/** Yields the bytes of a response. Ends without an error when the connection is lost. */
export async function* untilCut({ closing }: S3, source: Readable): AsyncGenerator<Buffer> {
  const end = () => source.destroy(new Error('the response is too slow, or the storage was closed'))
  closing.addEventListener('abort', end)
  try {
    const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    for (;;) {
      // The time that the reader takes does not count.
      const timer = setTimeout(end, IDLE_TIMEOUT_MS)
      const next = await chunks.next().catch(() => null)
      clearTimeout(timer)
      if (next === null || next.done) return
      yield next.value
    }
  } finally {
    closing.removeEventListener('abort', end)
    source.destroy()
  }
}
