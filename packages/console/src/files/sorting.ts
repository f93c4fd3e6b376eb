import type { ListFilesQuery, WaybillFile } from '@waybill/sdk'

export const COLUMNS = ['name', 'size', 'type', 'uploaded'] as const
export type Column = (typeof COLUMNS)[number]

export interface Sorting {
  readonly column: Column
  readonly isDescending: boolean
}

export const NEWEST_FIRST: Sorting = { column: 'uploaded', isDescending: true }

/** Values of `sort` by column; null for a column by which the service does not sort. */
export const SORT_OF_COLUMN: Readonly<Record<Column, NonNullable<ListFilesQuery['sort']> | null>> = {
  name: 'filename',
  size: 'file_size',
  type: null,
  uploaded: 'uploaded_at',
}

/** Returns the order of two files in a list of the service: by the sorted value, then by id. */
export function compareFiles(a: WaybillFile, b: WaybillFile, { column, isDescending }: Sorting): number {
  const sign = isDescending ? -1 : 1
  const [first, second] = [sortedValueOf(a, column), sortedValueOf(b, column)]
  if (first < second) return -sign
  if (first > second) return sign
  return a.id < b.id ? -sign : sign
}

function sortedValueOf(file: WaybillFile, column: Column): string | number {
  if (column === 'size') return file.file_size
  return column === 'name' ? file.original_filename : file.uploaded_at
}
