import { CRC32C_TABLE as TABLE } from './table.ts'

/** Returns the CRC register after `words`, four per slice. The machine must be little-endian. */
export function addSlices(words: Int32Array, before: number): number {
  const table = TABLE
  let crc = before
  for (let index = 0; index < words.length; index += 4) {
    const a = crc ^ (words[index] as number)
    const b = words[index + 1] as number
    const c = words[index + 2] as number
    const d = words[index + 3] as number
    crc =
      (table[(a & 255) + 3840] as number) ^
      (table[((a >>> 8) & 255) + 3584] as number) ^
      (table[((a >>> 16) & 255) + 3328] as number) ^
      (table[(a >>> 24) + 3072] as number) ^
      (table[(b & 255) + 2816] as number) ^
      (table[((b >>> 8) & 255) + 2560] as number) ^
      (table[((b >>> 16) & 255) + 2304] as number) ^
      (table[(b >>> 24) + 2048] as number) ^
      (table[(c & 255) + 1792] as number) ^
      (table[((c >>> 8) & 255) + 1536] as number) ^
      (table[((c >>> 16) & 255) + 1280] as number) ^
      (table[(c >>> 24) + 1024] as number) ^
      (table[(d & 255) + 768] as number) ^
      (table[((d >>> 8) & 255) + 512] as number) ^
      (table[((d >>> 16) & 255) + 256] as number) ^
      (table[d >>> 24] as number)
  }
  return crc
}
