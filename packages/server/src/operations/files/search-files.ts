import type { Caller } from '../../domain/access/caller.ts'
import type { File } from '../../domain/files/file.ts'
import type { FileFilter, FilePosition, FileSort } from '../../domain/files/file-list.ts'
import { MIN_SEARCH_CHARACTERS } from '../../domain/files/file-terms.ts'
import { foldedName } from '../../domain/files/folded-name.ts'
import { folderPrefix } from '../../domain/files/folder.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { ListOrder } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { resolveCursor, skippedBefore } from '../page-request.ts'
import { checkFolder } from './check-folder.ts'

/** Position in a list of folders and files: the folder or the file that the page begins after. */
export type ListedPosition =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly position: FilePosition }
  /** A file by its id alone, in a list by time. */
  | { readonly kind: 'id'; readonly id: string }

export interface FileSearchInput extends Omit<FileFilter, 'folder' | 'nameContains'> {
  /** Folder of the files; null for every folder. */
  readonly path: string | null
  /** True for the folders and files directly in the folder, false for all files in it and below it. */
  readonly isFolderListing: boolean
  /** Part of the name, in upper or lower case; null for any name. */
  readonly nameContains: string | null
  readonly sort: FileSort
  readonly order: ListOrder
  readonly limit: number
  /** Number of the page, from 1. Only for a search without `after`. */
  readonly page: number
  readonly after: ListedPosition | null
}

type SearchContext = Pick<Context, 'database' | 'now'>

/** Upper bound of entries that page numbers can reach: the entries before a page are read one search after another. */
const MAX_NUMBERED_ENTRIES = 1000
/** Entries that are read at once on the way to a numbered page: the largest page. */
const SKIPPED_AT_ONCE = 100

export interface FileSearchResult {
  /** Folders directly in the folder; empty unless the search lists a folder. */
  readonly folders: readonly string[]
  readonly files: readonly File[]
  readonly next: ListedPosition | null
}

/**
 * Searches the organization's files. A page has at most `limit` folders and files, and may have fewer, or none, before
 * the end: each page reads a bounded number of entries. Folders come first, and no condition on files applies to them.
 * Throws VALIDATION_ERROR.
 */
export const searchFiles = defineOperation(
  { action: 'searchFiles', kind: 'read', scope: 'files:read' },
  async (
    context: SearchContext,
    { organizationId }: Caller,
    input: FileSearchInput,
  ): Promise<FileSearchResult> => {
    checkFolder(input.path ?? '', '')
    const nameContains = input.nameContains === null ? null : foldedName(input.nameContains)
    if (nameContains !== null && [...nameContains].length < MIN_SEARCH_CHARACTERS) {
      throw invalidValue('search', 'too_short', `must have at least ${MIN_SEARCH_CHARACTERS} characters`)
    }
    const search = { ...input, nameContains }
    const after = await findStart(context, organizationId, search)
    if (after === 'end') return { folders: [], files: [], next: null }
    return readPage(context, organizationId, { ...search, after })
  },
)

/** Returns the position that the page begins after: `end` when it is behind the last entry. Throws VALIDATION_ERROR. */
async function findStart(
  context: SearchContext,
  organizationId: string,
  input: FileSearchInput,
): Promise<ListedPosition | null | 'end'> {
  let { after } = input
  let skip = after === null ? skippedBefore(input.page, input.limit, MAX_NUMBERED_ENTRIES) : 0
  while (skip > 0) {
    const limit = Math.min(skip, SKIPPED_AT_ONCE)
    const { folders, files, next } = await readPage(context, organizationId, { ...input, limit, after })
    if (next === null) return 'end'
    if (folders.length + files.length < limit) {
      // A page before this one ended early, so that a count of entries does not tell where this one begins.
      const rule = 'cannot be found by its number among so many Files: pass next_cursor as after'
      throw invalidValue('page', 'invalid', rule, input.page)
    }
    after = next
    skip -= limit
  }
  return after
}

async function readPage(
  context: SearchContext,
  organizationId: string,
  input: FileSearchInput,
): Promise<FileSearchResult> {
  const { path, isFolderListing, limit, after } = input
  const hasFolders = isFolderListing && (after === null || after.kind === 'folder')
  const folders = hasFolders ? await listFolders(context, organizationId, input) : []
  const lastFolder = folders.at(-1)
  if (lastFolder !== undefined && folders.length >= limit) {
    return { folders, files: [], next: { kind: 'folder', path: lastFolder } }
  }
  const filter = {
    folder: path === null && !isFolderListing ? null : { path: path ?? '', isDeep: !isFolderListing },
    nameContains: input.nameContains,
    mediaType: input.mediaType,
    uploadedAfterMs: input.uploadedAfterMs,
    uploadedBeforeMs: input.uploadedBeforeMs,
  }
  const page = await context.database.files.search(organizationId, {
    ...{ filter, sort: input.sort, order: input.order, limit: limit - folders.length },
    after: await resolvePosition(context, organizationId, after),
    nowMs: context.now(),
  })
  const next = page.next === null ? null : ({ kind: 'file', position: page.next } as const)
  return { folders, files: page.items, next }
}

async function listFolders(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
  { path, limit, after }: FileSearchInput,
): Promise<readonly string[]> {
  const afterPath = after?.kind === 'folder' ? after.path : null
  if (afterPath !== null && !afterPath.startsWith(folderPrefix(path ?? ''))) {
    throw invalidValue('after', 'invalid', 'must be the next_cursor of this list', afterPath)
  }
  return (await database.files.listFolders(organizationId, path ?? '', afterPath, limit)).paths
}

async function resolvePosition(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
  after: ListedPosition | null,
): Promise<FilePosition | null> {
  if (after === null || after.kind === 'folder') return null
  if (after.kind === 'file') return after.position
  const { timeMs, id } = await resolveCursor('after', after.id, (fileId) =>
    database.files.findPosition(organizationId, fileId),
  )
  return { value: timeMs, id }
}
