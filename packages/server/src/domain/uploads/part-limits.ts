const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** Upper bound of one part. OpenAI's Python client sends parts of exactly this size. */
export const MAX_PART_BYTES = 64 * MIB

/** Number of parts that may be smaller than `MIN_AVERAGE_BYTES` on average, because each part costs a file. */
const MAX_SMALL_PARTS = 1000
const MIN_AVERAGE_BYTES = MIB

/** Bytes that parts may always exceed their upload by, because a client that got no answer sends a part again. */
const MIN_SPARE_BYTES = GIB

interface SizedPart {
  readonly sizeBytes: number
}

export function totalBytesOf(parts: readonly SizedPart[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** Returns the reason why these parts admit no other one, as the end of a sentence about it; null when they do. */
export function partsProblem(stored: readonly SizedPart[]): string | null {
  const isSmall = totalBytesOf(stored) < stored.length * MIN_AVERAGE_BYTES
  if (stored.length < MAX_SMALL_PARTS || !isSmall) return null
  return `is one part too many: more than ${MAX_SMALL_PARTS} parts must have at least 1 MiB on average`
}

/** Returns the bytes that can still be stored for an upload of `sizeBytes`, with parts that are sent more than once. */
export function spareBytesOf(sizeBytes: number, stored: readonly SizedPart[]): number {
  return sizeBytes + Math.max(sizeBytes, MIN_SPARE_BYTES) - totalBytesOf(stored)
}
