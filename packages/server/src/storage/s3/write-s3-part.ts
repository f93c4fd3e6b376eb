import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { hashAlgorithmsOf, NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { allBlocks, combinedCrc32c, createRunningChecksums, NO_BYTES } from '../block-checksums.ts'
import { NO_POOL } from '../buffer-pool.ts'
import { findMismatch } from '../find-mismatch.ts'
import { type PartAttempt, throwIfStopping } from '../part-attempts.ts'
import type { PartLimits, PartLinked, PartWritten } from '../part-uploads.ts'
import { pumpBody } from '../pump-body.ts'
import { createRunningDigests } from '../running-digests.ts'
import { copyBytes } from './copy-s3-object.ts'
import { findObject } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { PiecedPart } from './part-upload.ts'
import { createPieceWriter, type PieceWriter } from './piece-writer.ts'
import { beginPart, type PartTarget, publishPart } from './publish-s3-part.ts'
import { createWriterId, partPieceKey } from './upload-record.ts'

/** Stores the body as a part, in objects of its own. */
export async function writeS3Part(
  target: PartTarget,
  attempt: PartAttempt,
  body: Readable,
  limits: PartLimits,
): Promise<PartWritten> {
  const { s3, spec } = target
  // Without a listener, an error before the first read would terminate the process. The read reports the error later.
  body.on('error', () => {})
  const uploadId = await beginPart(target)
  if (uploadId === null) return { kind: 'closed' }
  const version = createWriterId()
  const pieces = createPieceWriter(s3, (index) => partPieceKey(spec.name, uploadId, version, index))
  const received = await receivePart(target, pieces, version, attempt, body, limits).catch(async (error) => {
    await pieces.discard()
    throw error
  })
  const published =
    'kind' in received ? received : await publishPart(target, uploadId, received, limits.accepts)
  if (published.kind !== 'part') await pieces.discard()
  return published
}

/** Receives the body into pieces, durable when this resolves with a part. */
async function receivePart(
  { s3, spec }: PartTarget,
  pieces: PieceWriter,
  version: string,
  { takeOver }: PartAttempt,
  body: Readable,
  limits: PartLimits,
): Promise<PiecedPart | Exclude<PartWritten, { kind: 'part' }>> {
  const { expected = NO_HASHES } = limits
  const checksums = createRunningChecksums(NO_BYTES)
  const digests = createRunningDigests(mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected)))
  const { ended } = await pumpBody(body, {
    ...limits,
    skipBytes: 0,
    budget: s3.budget,
    pool: NO_POOL,
    position: 0,
    takeOver,
    write: async (buffers, length) => {
      for (const buffer of buffers) {
        limits.onBytes?.(buffer)
        checksums.update(buffer)
        digests.update(buffer)
      }
      await pieces.push(Buffer.concat(buffers, length))
    },
  })
  throwIfStopping(takeOver)
  if (ended === 'taken-over') return { kind: 'closed' }
  if (ended !== 'complete') return { kind: ended }
  const all = checksums.snapshot()
  const crc32c = crc32cToBase64(combinedCrc32c(all))
  const mismatch = findMismatch(expected, { crc32c, ...digests.current() })
  if (mismatch !== null) return mismatch
  const note = limits.note?.() ?? null
  return {
    partId: spec.partId,
    version,
    sizeBytes: all.offset,
    crc32c,
    digests: digests.current(),
    pieces: await pieces.finish(),
    blocks: allBlocks(all),
    runs: null,
    storedAtMs: Date.now(),
    ...(note !== null && { note }),
  }
}

/** Stores the bytes of a complete object as a part. The server copies them. */
export async function linkS3Part(target: PartTarget, sourceName: string): Promise<PartLinked> {
  const { s3, spec } = target
  const source = await findObject(s3, sourceName)
  if (source === null) throw noSuchObject()
  const uploadId = await beginPart(target)
  if (uploadId === null) return { kind: 'closed' }
  const { sizeBytes, crc32c, md5, sha256, blocks, runs } = source.facts
  const version = createWriterId()
  const key = partPieceKey(spec.name, uploadId, version, 0)
  const copy = { key, contentType: source.contentType, metadata: {}, sizeBytes }
  if (sizeBytes > 0 && !(await copyBytes(s3, keyOf(sourceName), copy))) throw noSuchObject()
  const published = await publishPart(target, uploadId, {
    partId: spec.partId,
    version,
    sizeBytes,
    crc32c,
    digests: { ...(md5 !== null && { md5 }), ...(sha256 !== null && { sha256 }) },
    pieces: sizeBytes > 0 ? [sizeBytes] : [],
    blocks,
    runs,
    storedAtMs: Date.now(),
  })
  if (published.kind === 'not-accepted') throw new Error('a part without a limit was not accepted')
  if (published.kind !== 'part') await s3.bucket.remove(key).catch(() => {})
  return published
}

function noSuchObject(): ServiceError {
  return new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
}
