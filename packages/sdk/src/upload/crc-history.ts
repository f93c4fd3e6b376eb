import { crc32c } from '../crc32c/crc32c.ts'
import type { ByteSource } from '../source/byte-source.ts'

/** The CRC-32C of everything before an offset. */
export type Checkpoint = readonly [offset: number, crc: number]

/** The CRC-32C at many offsets, so that going back to one of them needs no second read of what comes before it. */
export interface CrcTrail {
  add(offset: number, crc: number): void
  /** The CRC of everything before `offset`: reads what lies between it and the checkpoint before it. */
  at(offset: number): Promise<number>
  /** Says that no offset before this one will be asked for. */
  forget(offset: number): void
  /** Some of them, evenly spread, the first and the last among them. */
  checkpoints(): Checkpoint[]
}

const PIECE_BYTES = 512 * 1024
const MAX_TOLD = 32

export function createCrcTrail(source: ByteSource, known: readonly Checkpoint[] = []): CrcTrail {
  let trail: Checkpoint[] = [[0, 0], ...known.filter(([offset]) => offset > 0)]

  const before = (offset: number): Checkpoint => trail.findLast(([at]) => at <= offset) ?? [0, 0]
  const add = (offset: number, crc: number) => {
    // After going back, what lay behind is made anew.
    while ((trail.at(-1)?.[0] ?? -1) >= offset) trail.pop()
    trail.push([offset, crc])
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
    trail = trail.filter(([at]) => at >= kept)
  }
  const checkpoints = () => {
    const step = Math.ceil(trail.length / MAX_TOLD)
    return trail.filter((_, index) => index % step === 0 || index === trail.length - 1)
  }
  return { add, at, forget, checkpoints }
}
