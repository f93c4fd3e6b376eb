/** Conditions on Files that must hold together; null for any value. */
export interface FileFilter {
  /** Folder of the Files, with everything below it when `isDeep`. */
  readonly folder: { readonly path: string; readonly isDeep: boolean } | null
  /** Part of the name, as `foldedName` returns it, of at least `MIN_SEARCH_CHARACTERS`. */
  readonly nameContains: string | null
  /** Media type in lower case without parameters, `image/png`, or all subtypes, `image/*`. */
  readonly mediaType: string | null
  /** Files that were uploaded later than this. */
  readonly uploadedAfterMs: number | null
  /** Files that were uploaded earlier than this. */
  readonly uploadedBeforeMs: number | null
}

/** Upload time, name in byte order, or size; ties by id in the same direction. */
export type FileSort = 'time' | 'name' | 'size'

/** Position in a list of Files: the time, name or size by which it is sorted, and the id. */
export interface FilePosition {
  readonly value: number | string
  readonly id: string
}
