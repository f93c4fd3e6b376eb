import type { FileFilter, FileSort } from '../../domain/files/file-list.ts'
import { folderPrefix } from '../../domain/files/folder.ts'
import type { FileSearchRequest } from '../records/files.ts'
import type { Parameters } from './statements.ts'

/** Conditions and order of a search, as SQL. */
export interface SearchConditions {
  /** Expression that the list is sorted by, before the id. */
  readonly sortColumn: string
  readonly orderBy: string
  /** Index in the order of the list that has all files of `range`. */
  readonly index: string
  /** True when the index has files that wait for their indexing too. */
  readonly hasWaiting: boolean
  /** Conditions on the range of that index, the position of the page included. */
  readonly range: readonly string[]
  /** The other conditions. */
  readonly others: readonly string[]
  /** Conditions on the upload time, for a list in another order; empty when there are none. */
  readonly times: readonly string[]
  readonly parameters: Parameters
}

/** Expressions that differ between the databases; see `FileSearchDialect`. */
interface Expressions {
  readonly byteOrder: string
  contains(text: string, part: string): string
}

const INDEXES: Readonly<Record<FileSort, string>> = {
  time: 'files_newest_first',
  name: 'files_by_name',
  size: 'files_by_size',
}

/** Returns the conditions of a search for files that are not deleted. */
export function searchConditions(
  organizationId: string,
  { filter, sort, order, after, nowMs }: FileSearchRequest,
  dialect: Expressions,
): SearchConditions {
  const sortColumn = { time: 'uploaded_at_ms', name: `filename ${dialect.byteOrder}`, size: 'size_bytes' }[
    sort
  ]
  const [direction, behind] = order === 'asc' ? ['ASC', '>'] : ['DESC', '<']
  const place = after === null ? [] : [`(${sortColumn}, id) ${behind} ($afterValue, $afterId)`]
  const times = timeConditions(filter)
  // One folder is a range of the index of folders, which has its files in the order of their names.
  const isOneFolder = sort === 'name' && filter.folder?.isDeep === false
  const folder = folderConditions(filter)
  const [inRange, others] =
    sort === 'time' ? [times, folder] : isOneFolder ? [folder, times] : [[], [...folder, ...times]]
  return {
    sortColumn,
    orderBy: `ORDER BY ${sortColumn} ${direction}, id ${direction}`,
    index: isOneFolder ? 'files_by_path' : INDEXES[sort],
    hasWaiting: isOneFolder || sort === 'time',
    range: [...place, ...inRange],
    others: [
      '(expires_at_ms IS NULL OR expires_at_ms > $nowMs)',
      ...others,
      ...nameConditions(filter, dialect),
      ...typeConditions(filter, dialect),
    ],
    times: sort === 'time' ? [] : times,
    parameters: {
      organizationId,
      nowMs,
      ...(after && { afterValue: after.value, afterId: after.id }),
      ...filterParameters(filter),
    },
  }
}

function timeConditions({ uploadedAfterMs, uploadedBeforeMs }: FileFilter): string[] {
  return [
    ...(uploadedAfterMs === null ? [] : ['uploaded_at_ms > $uploadedAfterMs']),
    ...(uploadedBeforeMs === null ? [] : ['uploaded_at_ms < $uploadedBeforeMs']),
  ]
}

function folderConditions({ folder }: FileFilter): string[] {
  if (folder === null) return []
  if (!folder.isDeep) return ['path = $folder']
  return folder.path === '' ? [] : ['path >= $folder AND path < $folderEnd']
}

/** Files of earlier versions have no folded name until they are indexed; theirs is folded by the database. */
function nameConditions({ nameContains }: FileFilter, { contains, byteOrder }: Expressions): string[] {
  if (nameContains === null) return []
  return [contains(`COALESCE(folded_name, lower(filename) ${byteOrder})`, '$nameContains')]
}

/** Types are stored as clients sent them: parameters follow a semicolon, perhaps after a space. */
function typeConditions({ mediaType }: FileFilter, { byteOrder }: Expressions): string[] {
  if (mediaType === null) return []
  // Types are ASCII: another collation of PostgreSQL would take several times as long.
  const type = `lower(content_type ${byteOrder})`
  if (mediaType.endsWith('/*')) return [`${type} LIKE $typeStart ESCAPE '\\'`]
  return [
    `(${type} = $mediaType OR ${type} LIKE $typeStart ESCAPE '\\' OR ${type} LIKE $spacedTypeStart ESCAPE '\\')`,
  ]
}

function filterParameters(filter: FileFilter): Parameters {
  const { folder, nameContains, mediaType, uploadedAfterMs, uploadedBeforeMs } = filter
  return {
    ...(folder !== null && { folder: folderPrefix(folder.path), folderEnd: folderEnd(folder.path) }),
    ...(nameContains !== null && { nameContains }),
    ...typeParameters(mediaType),
    ...(uploadedAfterMs !== null && { uploadedAfterMs }),
    ...(uploadedBeforeMs !== null && { uploadedBeforeMs }),
  }
}

function typeParameters(mediaType: string | null): Parameters {
  if (mediaType === null) return {}
  if (mediaType.endsWith('/*')) return { typeStart: `${escapeLike(mediaType.slice(0, -1))}%` }
  const type = escapeLike(mediaType)
  return { mediaType, typeStart: `${type};%`, spacedTypeStart: `${type} %` }
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

/** Returns the text after all paths of the folder and below it: `0` follows the slash. */
export function folderEnd(path: string): string {
  return `${path}0`
}
