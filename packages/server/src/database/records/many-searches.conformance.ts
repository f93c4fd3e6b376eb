import type { FileFilter } from '../../domain/files/file-list.ts'
import type { FileSearchLimits } from '../sql/search-files.ts'
import type { FileSearchRequest } from './files.ts'
import { NOW_MS } from './fixture.conformance.ts'

/** Bounds with which small lists take each of the ways of a search. */
export const SMALL_LIMITS: Readonly<Record<string, FileSearchLimits>> = {
  'sort most files': { firstRead: 1, maxFound: 1000, lastRead: 1 },
  'sort some files': { firstRead: 5, maxFound: 10, lastRead: 20 },
  'end most pages early': { firstRead: 2, maxFound: 0, lastRead: 3 },
}

const FILTERS: Readonly<Record<string, Partial<FileFilter>>> = {
  'without a filter': {},
  'of a folder': { folder: { path: 'folder-7', isDeep: false } },
  'below a folder': { folder: { path: 'folder-7', isDeep: true } },
  'of the root': { folder: { path: '', isDeep: false } },
  'with a rare name': { nameContains: '-77777.' },
  'with a common name': { nameContains: 'report' },
  'with a name that none has': { nameContains: 'unknown' },
  'of a rare type': { mediaType: 'image/png' },
  'of a common type': { mediaType: 'text/*' },
  'of an hour': { uploadedAfterMs: NOW_MS, uploadedBeforeMs: NOW_MS + 3_600_000 },
  'with all filters': {
    folder: { path: 'folder-7', isDeep: true },
    nameContains: 'report',
    mediaType: 'text/plain',
    uploadedAfterMs: NOW_MS,
    uploadedBeforeMs: NOW_MS + 3_600_000,
  },
}

/** Returns searches with every filter in every order, from the beginning and from a position. */
export function manySearches(): { readonly name: string; readonly request: FileSearchRequest }[] {
  const positions = { time: NOW_MS + 50_000, name: 'report-5.txt', size: 500 }
  return Object.entries(FILTERS).flatMap(([name, filter]) =>
    (['time', 'name', 'size'] as const).flatMap((sort) =>
      (['asc', 'desc'] as const).flatMap((order) =>
        [null, { value: positions[sort], id: 'file_5' }].map((after) => ({
          name: `${name}, by ${sort}, ${order}${after ? ', from a position' : ''}`,
          request: { filter: { ...NO_FILTER, ...filter }, sort, order, limit: 50, after, nowMs: NOW_MS },
        })),
      ),
    ),
  )
}

export const NO_FILTER: FileFilter = {
  folder: null,
  nameContains: null,
  mediaType: null,
  uploadedAfterMs: null,
  uploadedBeforeMs: null,
}
