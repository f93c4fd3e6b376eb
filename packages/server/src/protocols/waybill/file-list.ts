import { parseMediaType } from '../../domain/files/content-type/media-type.ts'
import type { FilePosition, FileSort } from '../../domain/files/file-list.ts'
import { mediaTypeOf } from '../../domain/files/file-terms.ts'
import { fileIdOf, isId } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { FileSearchInput, ListedPosition } from '../../operations/files/search-files.ts'
import { parseIsoTime } from '../../platform/iso-time.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { ListQuery } from './shapes.ts'

const SORTS = {
  uploaded_at: 'time',
  filename: 'name',
  file_size: 'size',
} as const satisfies Readonly<Record<string, FileSort>>

const Moment = { type: 'string', maxLength: 40, examples: ['2026-11-01T00:00:00Z'] } as const

/** Query of the list of Files. */
export const FileListQuery = object(
  {
    page: {
      ...ListQuery.properties.page,
      description:
        'The number of the page. Pages can be numbered up to entry 10,000 (`page` × entries per page), and up to entry 1,000 ' +
        'with a filter or in order of names or sizes. Use `after` for entries beyond it.',
    },
    limit: ListQuery.properties.limit,
  },
  {
    after: {
      type: 'string',
      minLength: 1,
      maxLength: 2048,
      description:
        'The `next_cursor` of the previous page. Without a filter and in order of upload, also the `id` of a File. ' +
        'Overrides `page`.',
    },
    path: {
      type: 'string',
      maxLength: 901,
      description: 'Only Files in this folder, and below it unless `delimiter` is given. Empty for the root.',
      examples: ['reports/2026'],
    },
    delimiter: {
      type: 'string',
      enum: ['/'],
      description:
        'Lists the folder `path`, or the root: `folders` has the folders directly in it, and `files` the Files directly in it. ' +
        'Folders come first, by name. Other filters do not apply to them.',
    },
    search: {
      type: 'string',
      maxLength: 255,
      description: 'Only Files with this text in their name, in upper or lower case, at least 3 characters.',
      examples: ['invoice'],
    },
    mime_type: {
      type: 'string',
      maxLength: 255,
      description: 'Only Files of this media type, such as `image/png`, or of all its subtypes, `image/*`.',
      examples: ['image/*'],
    },
    uploaded_after: { ...Moment, description: 'Only Files that were uploaded later.' },
    uploaded_before: { ...Moment, description: 'Only Files that were uploaded earlier.' },
    sort: {
      type: 'string',
      enum: ['uploaded_at', 'filename', 'file_size'],
      default: 'uploaded_at',
      description: 'The order, ties by id. Names are in the order of their bytes in UTF-8.',
    },
    state: {
      type: 'string',
      enum: ['trashed'],
      description:
        '`trashed` lists the Files in the trash, without filters. Otherwise the list has all other Files.',
    },
    order: {
      type: 'string',
      enum: ['asc', 'desc'],
      description: 'Default: `desc`, the newest or largest first; `asc` for names.',
    },
  },
)
export type FileListQuery = TypeOf<typeof FileListQuery>

/** Returns the order of the list. */
export function orderOf({ sort = 'uploaded_at', order }: FileListQuery): 'asc' | 'desc' {
  return order ?? (sort === 'filename' ? 'asc' : 'desc')
}

/** Returns the search of a query; null for the list of all Files by time. Throws VALIDATION_ERROR. */
export function toSearchInput(query: FileListQuery): FileSearchInput | null {
  const { path, delimiter, search, mime_type, uploaded_after, uploaded_before, sort = 'uploaded_at' } = query
  const filters = [path, delimiter, search, mime_type, uploaded_after, uploaded_before]
  if (sort === 'uploaded_at' && filters.every((value) => value === undefined)) return null
  if (query.state !== undefined) {
    throw invalidValue('state', 'invalid', 'cannot be combined with filters or another order', query.state)
  }
  return {
    path: path === undefined ? null : path.replace(/\/$/, ''),
    isFolderListing: delimiter !== undefined,
    nameContains: search ?? null,
    mediaType: mime_type === undefined ? null : readMediaType(mime_type),
    uploadedAfterMs: readTime('uploaded_after', uploaded_after),
    uploadedBeforeMs: readTime('uploaded_before', uploaded_before),
    sort: SORTS[sort],
    order: orderOf(query),
    limit: query.limit,
    page: query.page,
    after: query.after === undefined ? null : readCursor(query.after, SORTS[sort]),
  }
}

function readMediaType(text: string): string {
  const type = mediaTypeOf(text)
  if (parseMediaType(type.replace(/\/\*$/, '/any')) !== null) return type
  throw invalidValue('mime_type', 'invalid', 'must look like image/png or image/*', text)
}

function readTime(field: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const timeMs = parseIsoTime(text)
  if (timeMs !== null) return timeMs
  throw invalidValue(field, 'invalid', 'must be a time such as 2026-11-01T00:00:00Z', text)
}

/** A File, the order of the list, and its name or number: a renamed File stays where the page before has ended. */
const FILE_CURSOR = /^([a-z]+_[A-Za-z0-9]+)\.(time|name|size)\.([\w-]*)$/

/** Returns the cursor of a position: a folder with a slash at its end, or `<id>.<order>.<value>`. */
export function cursorOf(position: ListedPosition | null, sort: FileSort): string | null {
  if (position === null) return null
  if (position.kind === 'folder') return `${position.path}/`
  if (position.kind === 'id') return position.id
  const { id, value } = position.position
  return `${id}.${sort}.${Buffer.from(String(value)).toString('base64url')}`
}

function readCursor(cursor: string, sort: FileSort): ListedPosition {
  if (cursor.endsWith('/')) return { kind: 'folder', path: cursor.slice(0, -1) }
  const [, id = '', order, encoded = ''] = FILE_CURSOR.exec(cursor) ?? []
  const text = Buffer.from(encoded, 'base64url').toString()
  const value = sort === 'name' ? text : Number(text)
  const isValid = isId(id) && order === sort && (typeof value === 'string' || Number.isSafeInteger(value))
  if (isValid) return { kind: 'file', position: { id, value } satisfies FilePosition }
  if (sort === 'time' && isId(fileIdOf(cursor))) return { kind: 'id', id: fileIdOf(cursor) }
  throw invalidValue('after', 'invalid', 'must be the next_cursor of this list', cursor)
}
