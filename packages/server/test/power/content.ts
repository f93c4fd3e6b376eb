import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type AnnouncedHashes, NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import type { PartBytes, Promised } from './ledger.ts'
import { bytesOf, type Random } from './random.ts'

export const CONTENT_TYPE = 'application/x-test'

const remembered = new Map<string, Buffer>()
const MAX_REMEMBERED = 64

/** Returns the bytes of an upload, the same for all clients. */
export function contentOf({ name, incarnation, sizeBytes }: Promised): Buffer {
  return remember(`${name} ${incarnation} ${sizeBytes}`, sizeBytes)
}

/** Returns the bytes of one part. Wrong ones have another length. */
export function partOf(upload: Promised, index: number, bytes: PartBytes): Buffer {
  const count = upload.parts?.length ?? 1
  const positionOf = (part: number) => Math.floor((upload.sizeBytes * part) / count)
  const [start, end] = [positionOf(index), positionOf(index + 1)]
  if (bytes === 'right') return contentOf(upload).subarray(start, end)
  return remember(`${upload.name} ${upload.incarnation} wrong ${index}`, end - start + 1)
}

function remember(key: string, sizeBytes: number): Buffer {
  const known = remembered.get(key)
  if (known) return known
  const bytes = bytesOf(key, sizeBytes)
  remembered.set(key, bytes)
  const [oldest] = remembered.keys()
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
  return bytes
}

export function randomSize(random: Random): number {
  if (random.chance(0.05)) return 0
  if (random.chance(0.06)) return 1_000_000 + random.below(1_700_000)
  return 1 + random.below(random.pick([100, 5000, 40_000]))
}

export function announcedHashes(bytes: Buffer, algorithm: 'crc32c' | 'md5' | 'none'): AnnouncedHashes {
  return {
    ...NO_HASHES,
    crc32c: algorithm === 'crc32c' ? crc32cOf(bytes) : null,
    md5: algorithm === 'md5' ? createHash('md5').update(bytes).digest('base64') : null,
  }
}

const checksums = new WeakMap<Buffer, string>()

/** Returns the CRC-32C. Cached, because thousands of power cuts ask for the same bytes. */
export function crc32cOf(bytes: Buffer): string {
  const checksum = checksums.get(bytes) ?? crc32cToBase64(crc32c(bytes))
  checksums.set(bytes, checksum)
  return checksum
}

/** Returns true when the stream has exactly the wanted bytes. */
export async function hasBytes(stream: Readable, wanted: Buffer): Promise<boolean> {
  let position = 0
  for await (const chunk of stream) {
    if (!wanted.subarray(position, position + chunk.length).equals(chunk)) return false
    position += chunk.length
  }
  return position === wanted.length
}

/** Returns the bytes in a few pieces, sometimes with pauses. With `breaks` it ends like a lost connection. */
export function bodyOf(bytes: Buffer, random: Random | null, breaks = false): Readable {
  async function* pieces() {
    for (let from = 0; from < bytes.length; ) {
      const length = random?.chance(0.6) ? 1 + random.below(bytes.length) : bytes.length
      // A copy, because the storage takes ownership of buffers.
      yield Buffer.from(bytes.subarray(from, from + length))
      from += length
      for (let turn = random?.below(4) ?? 0; turn > 0; turn--) await setImmediate()
    }
    if (breaks) throw new Error('the connection is lost')
  }
  return Readable.from(pieces(), { objectMode: false })
}
