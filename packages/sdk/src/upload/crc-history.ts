import { crc32c } from '../crc32c/crc32c.ts'
import type { ByteSource } from '../source/byte-source.ts'

/** The CRC-32C of all bytes before an offset. */
export type Checkpoint = readonly [offset: number, crc: number]

/** CRC-32C checkpoints at many offsets, so that the upload can go back without reading the file from its start. */
export interface CrcHistory {
  add(offset: number, crc: number): void
  /**
   * Returns the CRC of all bytes before `offset`. Reads the bytes between the nearest earlier checkpoint and
   * `offset`.
   */
  at(offset: number): Promise<number>
  /**
   * Adds a checkpoint at an offset that the service has confirmed. Drops the checkpoints that are only needed for earlier
   * offsets, and lets the source drop the bytes.
   */
  confirm(offset: number): Promise<void>
  /** Returns at most 33 evenly spread checkpoints, including the first and the last. */
  checkpoints(): Checkpoint[]
}

const PIECE_BYTES = 512 * 1024
const MAX_CHECKPOINTS = 32

/** Creates the history of an upload. After `signal` is aborted, it reads nothing more and rejects with its reason. */
export function createCrcHistory(
  source: ByteSource,
  signal: AbortSignal | undefined,
  known: readonly Checkpoint[] = [],
): CrcHistory {
  let all: Checkpoint[] = [[0, 0], ...known.filter(([offset]) => offset > 0)]

  const before = (offset: number): Checkpoint => all.findLast(([at]) => at <= offset) ?? [0, 0]
  const add = (offset: number, crc: number) => {
    // After going back, later checkpoints are computed again.
    while ((all.at(-1)?.[0] ?? -1) >= offset) all.pop()
    all.push([offset, crc])
  }
  /** Returns the CRC of all bytes before `offset`. Calls `onRead` with the end of each piece that it reads. */
  const crcBefore = async (offset: number, onRead: (end: number) => void) => {
    let [from, crc] = before(offset)
    while (from < offset) {
      signal?.throwIfAborted()
      const bytes = await source.read(from, Math.min(PIECE_BYTES, offset - from))
      crc = crc32c(bytes, crc)
      from += bytes.byteLength
      onRead(from)
    }
    return crc
  }
  const confirm = async (offset: number) => {
    // A stream holds what it has read, so that it must drop each piece.
    add(offset, await crcBefore(offset, source.forget))
    source.forget(offset)
    all = all.filter(([at]) => at >= offset)
  }
  const checkpoints = () => {
    const step = Math.ceil(all.length / MAX_CHECKPOINTS)
    return all.filter((_, index) => index % step === 0 || index === all.length - 1)
  }
  return { add, at: (offset) => crcBefore(offset, () => {}), confirm, checkpoints }
}
