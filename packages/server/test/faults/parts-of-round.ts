import { bytesOf } from '../power/random.ts'

export const PART_IDS: readonly string[] = ['1', '2', '3', '4']

/** Returns the name of an object that one round of the test writes. */
export function objectOfRound(round: string, upload: number): string {
  return `round ${round}, object ${upload}`
}

/** Returns the name of the copy of an object. */
export function copyOf(name: string): string {
  return `${name}, copy`
}

/** Returns the bytes of a part, of a size that follows from its names. */
export function contentOfPart(name: string, partId: string): Buffer {
  const size = bytesOf(`size of ${name} ${partId}`, 4).readUInt32BE() % 200_000
  return bytesOf(`${name} ${partId}`, size)
}
