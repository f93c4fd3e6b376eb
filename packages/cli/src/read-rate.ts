import { InvalidArgumentError } from 'commander'
import { parseByteSize } from './byte-size.ts'

/** Lowest limit of the client library. */
const MIN_BYTES_PER_SECOND = 1024

/** Parses an option such as `500kB` or `2 MiB`: bytes per second. */
export function readRate(text: string): number {
  const bytesPerSecond = parseByteSize(text)
  if (bytesPerSecond !== null && bytesPerSecond >= MIN_BYTES_PER_SECOND) return bytesPerSecond
  throw new InvalidArgumentError('It must be a size per second such as 500kB or 2MB, at least 1KiB.')
}
