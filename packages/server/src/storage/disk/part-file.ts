/** A segment file that has the format of an object of version 1. */
export interface PartFile {
  readonly writerId: string
  readonly bytes: number
  /** CRC-32C of these bytes: a file with other bytes is not this one. */
  readonly crc32c: number
  /** Ids under which the earlier segments that the file names exist here, in their order; absent for none. */
  readonly segments?: readonly string[]
}

/** Returns the ids of all segment files that the files of a part or an object use. */
export function segmentIdsOf(files: readonly PartFile[]): string[] {
  return files.flatMap(({ writerId, segments = [] }) => [writerId, ...segments])
}
