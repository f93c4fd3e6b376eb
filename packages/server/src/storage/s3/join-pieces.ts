import { ServiceError } from '../../domain/errors.ts'
import { mapInParallel } from './map-in-parallel.ts'
import { type JoinedPiece, type PieceRange, type PlannedPart, planJoin } from './plan-join.ts'
import type { S3 } from './s3.ts'
import type { S3Part } from './s3-multipart.ts'

/** Parts that are copied or sent at the same time. */
const PARALLEL_PARTS = 8
/** Bytes that are sent at the same time. Parts of very large objects may have more each. */
const PARALLEL_BYTES = 64 * 1024 * 1024
/** Pieces of one part that are read at the same time. */
const PARALLEL_READS = 4

/** Stores the bytes of the pieces as parts of a multipart upload. The server copies those of large pieces. */
export async function joinPieces(
  s3: S3,
  key: string,
  uploadId: string,
  pieces: readonly JoinedPiece[],
): Promise<readonly S3Part[]> {
  const planned = planJoin(pieces)
  const largestBytes = Math.max(...planned.map(sentBytes))
  const parallel = Math.max(1, Math.min(PARALLEL_PARTS, Math.floor(PARALLEL_BYTES / largestBytes)))
  return mapInParallel(parallel, planned, (part, index) => storePart(s3, key, uploadId, index + 1, part))
}

function sentBytes(part: PlannedPart): number {
  return part.kind === 'copy' ? 0 : part.ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0)
}

async function storePart(
  s3: S3,
  key: string,
  uploadId: string,
  number: number,
  part: PlannedPart,
): Promise<S3Part> {
  if (part.kind === 'copy') {
    const copied = await s3.multipart.copyPart(key, uploadId, number, part.key, part.range)
    if (copied === null) throw missingPart()
    return copied
  }
  const heldBytes = sentBytes(part)
  s3.memory.heldBytes += heldBytes
  try {
    const read = await mapInParallel(PARALLEL_READS, part.ranges, (range) => readRange(s3, range))
    return await s3.multipart.putPart(key, uploadId, number, Buffer.concat(read))
  } finally {
    s3.memory.heldBytes -= heldBytes
  }
}

async function readRange({ bucket }: S3, { key, start, end }: PieceRange): Promise<Buffer> {
  const found = await bucket.get(key, { start, end })
  if (found === null || found.bytes.length !== end - start + 1) throw missingPart()
  return found.bytes
}

export function missingPart(): ServiceError {
  return new ServiceError('OBJECT_DAMAGED', 'a stored part is missing')
}
