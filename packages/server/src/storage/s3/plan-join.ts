import type { ByteRange } from '../stored-object.ts'
import { COPIED_PART_BYTES } from './copy-s3-object.ts'
import { MIN_JOINED_BYTES } from './piece-writer.ts'

/** Object with bytes of a part. */
export interface JoinedPiece {
  readonly key: string
  readonly bytes: number
}

/** Part of the multipart upload that joins pieces. */
export type PlannedPart =
  /** The server copies a range of a piece, or all of it. */
  | { readonly kind: 'copy'; readonly key: string; readonly range: ByteRange | null }
  /** These ranges are read and sent as one part, because they are too small. */
  | { readonly kind: 'send'; readonly ranges: readonly PieceRange[] }

export interface PieceRange extends ByteRange {
  readonly key: string
}

/** Most parts of a multipart upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_NUMBER = 10_000

/** Plans how to join the pieces in their order, within the limits of a multipart upload. */
export function planJoin(pieces: readonly JoinedPiece[]): readonly PlannedPart[] {
  for (let minBytes = MIN_JOINED_BYTES; ; minBytes *= 2) {
    const planned = planWith(pieces, minBytes)
    if (planned.length <= MAX_NUMBER) return planned
  }
}

/** Plans parts of which each but the last has `minBytes` or more. */
function planWith(pieces: readonly JoinedPiece[], minBytes: number): PlannedPart[] {
  const planned: PlannedPart[] = []
  let small: PieceRange[] = []
  let smallBytes = 0
  const gather = (key: string, start: number, bytes: number) => {
    small.push({ key, start, end: start + bytes - 1 })
    smallBytes += bytes
    if (smallBytes >= minBytes) send()
  }
  const send = () => {
    planned.push({ kind: 'send', ranges: small })
    small = []
    smallBytes = 0
  }

  for (const { key, bytes } of pieces) {
    const missingBytes = smallBytes === 0 ? 0 : minBytes - smallBytes
    // What remains of this piece must be large enough for a copy.
    const isDivided = bytes - missingBytes >= minBytes
    const sentBytes = isDivided ? missingBytes : bytes
    if (sentBytes > 0) gather(key, 0, sentBytes)
    if (isDivided) planned.push(...copiesOf(key, sentBytes, bytes))
  }
  // An object without bytes has one part.
  if (smallBytes > 0 || planned.length === 0) send()
  return planned
}

/** Divides the bytes of a piece from `start` on evenly. */
function copiesOf(key: string, start: number, bytes: number): PlannedPart[] {
  const count = Math.ceil((bytes - start) / COPIED_PART_BYTES)
  if (start === 0 && count === 1) return [{ kind: 'copy', key, range: null }]
  const size = Math.ceil((bytes - start) / count)
  return Array.from({ length: count }, (_, index) => {
    const from = start + index * size
    return { kind: 'copy', key, range: { start: from, end: Math.min(from + size, bytes) - 1 } }
  })
}
