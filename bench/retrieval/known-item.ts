/** Text with its summary or title, which is no part of it. */
export interface KnownItem {
  readonly summary: string
  /** At most `MAX_UNITS`. */
  readonly text: string
}

/** Text of an item that is indexed, in UTF-16 units: about the size of a chunk. */
export const MAX_UNITS = 2_000
export const MIN_UNITS = 200
