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
  /** Drops checkpoints that are only needed for offsets before this one. */
  forget(offset: number): void
  /** Returns at most 33 evenly spread checkpoints, including the first and the last. */
  checkpoints(): Checkpoint[]
}

const PIECE_BYTES = 512 * 1024
const MAX_CHECKPOINTS = 32

export function createCrcHistory(source: ByteSource, known: readonly Checkpoint[] = []): CrcHistory {
  let all: Checkpoint[] = [[0, 0], ...known.filter(([offset]) => offset > 0)]

  const before = (offset: number): Checkpoint => all.findLast(([at]) => at <= offset) ?? [0, 0]
  const add = (offset: number, crc: number) => {
    // After going back, later checkpoints are computed again.
    while ((all.at(-1)?.[0] ?? -1) >= offset) all.pop()
    all.push([offset, crc])
  }
  const at = async (offset: number) => {
    let [from, crc] = before(offset)
    while (from < offset) {
      const bytes = await source.read(from, Math.min(PIECE_BYTES, offset - from))
      crc = crc32c(bytes, crc)
      from += bytes.byteLength
    }
    return crc
  }
  const forget = (offset: number) => {
    const [kept] = before(offset)
    all = all.filter(([at]) => at >= kept)
  }
  const checkpoints = () => {
    const step = Math.ceil(all.length / MAX_CHECKPOINTS)
    return all.filter((_, index) => index % step === 0 || index === all.length - 1)
  }
  return { add, at, forget, checkpoints }
}
