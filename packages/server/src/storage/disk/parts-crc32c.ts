import { combineCrc32c } from '../../platform/crc32c.ts'
import type { PartFile } from './part-file.ts'

/** Returns the CRC-32C of the files one after the other, combined from theirs. */
export function combinedPartsCrc32c(files: readonly PartFile[]): number {
  return files.reduce((crc, file) => combineCrc32c(crc, file.crc32c, file.bytes), 0)
}
