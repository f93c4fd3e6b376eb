import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { NO_POOL } from '../buffer-pool.ts'
import type { Appended, AppendLimits, UploadWriter } from '../hosted-uploads.ts'
import { pumpBody } from '../pump-body.ts'
import type { RunningDigests } from '../running-digests.ts'
import { type Background, createBackground } from './background.ts'
import { finalizeS3Upload } from './finalize-s3-upload.ts'
import { HOLD_BYTES } from './upload-bytes.ts'
import { fenced, type UploadLayout } from './upload-record.ts'
import { removeUnusedPieces, type S3WriterParts } from './writer-parts.ts'

/** Creates the writer of an upload that is claimed. */
export function createS3Writer(parts: S3WriterParts): UploadWriter {
  const { spec, lock, record, start, bytes, digestCache } = parts
  const { checksums = [], name } = spec
  const digests = checksums.length === 0 ? null : digestCache.resume(name, checksums, start.checksums)
  const background = createBackground()
  let isOver = false

  const end = () => {
    if (isOver) return
    isOver = true
    bytes.discard()
    lock.end()
  }
  const endAfter = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await background.settled()
      return await work()
    } finally {
      end()
    }
  }

  return {
    startOffset: start.checksums.offset,
    append: (body, limits) => append(parts, digests, background, body, limits),
    commit: (offset) =>
      endAfter(async () => {
        const receivedBytes = bytes.layout().checksums.offset + bytes.heldBytes()
        await keepFirst(parts, offset)
        await record.save(bytes.layout(), { isReleased: true })
        // The digests include all received bytes, and cannot be reverted to fewer.
        if (digests !== null && offset === receivedBytes) {
          digestCache.keep(name, digests, bytes.layout().checksums)
        }
        await removeUnusedPieces(parts)
      }),
    finalize: (expected) =>
      endAfter(async () => {
        // From now on `offset` waits for the object, also when no `append` came before.
        lock.settle()
        const finalized = await finalizeS3Upload(parts, digests, expected)
        digestCache.forget(name)
        return finalized
      }),
    release: async () => {
      if (isOver) return
      await background.settled().catch(() => {})
      // Without it, the next writer takes another number of a part, which costs little.
      await record.release().catch(() => {})
      end()
    },
  }
}

/** Stores the first `offset` bytes of the upload in parts and pieces, and drops the others. */
async function keepFirst({ start, bytes }: S3WriterParts, offset: number): Promise<void> {
  const storedBytes = bytes.layout().checksums.offset
  if (offset > storedBytes) await bytes.storePiece(offset - storedBytes)
  else if (offset === start.checksums.offset && offset < storedBytes) bytes.restore(start)
  else if (offset < storedBytes) {
    throw new ServiceError('STORAGE_UNAVAILABLE', 'a part of the upload cannot be divided')
  }
}

async function append(
  { s3, lock, record, start, bytes }: S3WriterParts,
  digests: RunningDigests | null,
  background: Background,
  body: Readable,
  limits: AppendLimits,
): Promise<Appended> {
  const { partBytes } = record
  const isPartDue = () => bytes.tailBytes() >= partBytes + HOLD_BYTES
  const isMemoryTight = () =>
    s3.memory.heldBytes > s3.memory.limitBytes && bytes.heldBytes() >= 2 * HOLD_BYTES

  const store = async () => {
    while (isPartDue()) {
      await bytes.storePart(partBytes)
      // Bytes of a tentative body do not count, but the number of their part is taken.
      const layout = limits.isTentative ? { ...start, ...numberOf(bytes.layout()) } : bytes.layout()
      await record.save(layout)
      if (!limits.isTentative) limits.onDurable?.(layout.checksums.offset)
    }
    if (isMemoryTight()) await bytes.storePiece(bytes.heldBytes() - HOLD_BYTES)
  }

  const pumped = await pumpBody(body, {
    ...limits,
    budget: s3.budget,
    pool: NO_POOL,
    position: 0,
    takeOver: lock.takeOver,
    write: async (buffers, length) => {
      for (const buffer of buffers) {
        limits.onBytes?.(buffer)
        digests?.update(buffer)
      }
      if (start.isSealed) throw fenced()
      bytes.push(Buffer.concat(buffers, length))
      if (isPartDue() || isMemoryTight()) await background.start(store)
    },
  })
  lock.settle()
  await background.settled()
  return { ...pumped, offset: bytes.layout().checksums.offset + bytes.heldBytes() }
}

const numberOf = ({ uploadId, generation, nextNumber }: UploadLayout) => ({
  uploadId,
  generation,
  nextNumber,
})
