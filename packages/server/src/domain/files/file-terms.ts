import type { File } from './file.ts'
import { foldedName } from './folded-name.ts'
import { folderPrefix } from './folder.ts'

/** Shortest part of a name that a search accepts: the length of a term. */
export const MIN_SEARCH_CHARACTERS = 3
/** Folders of a path that are terms, from the root. */
const MAX_FOLDERS = 16
/** Terms of a search for a part of a name; a search checks the names that it finds. */
const MAX_SEARCH_TERMS = 32

const FNV_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** Conditions on a file that terms serve; null for none. */
export interface TermFilter {
  readonly folder: { readonly path: string; readonly isDeep: boolean } | null
  /** Part of a name, as `foldedName` returns it. */
  readonly nameContains: string | null
  /** Media type without parameters, or all subtypes of one, `image/*`. */
  readonly mediaType: string | null
}

/**
 * Returns the terms of a file, by which the index of `FileRecords.search` finds it: hashes of 32 bits, signed, of the
 * organization with each three characters of the name, with the media type, and with the folders of the path. Files
 * without the condition may have its terms too: a search checks what the index finds.
 */
export function termsOfFile(
  file: Pick<File, 'organizationId' | 'filename' | 'path' | 'contentType'>,
): number[] {
  const term = termsOf(file.organizationId)
  const type = mediaTypeOf(file.contentType)
  return unique([
    ...trigrams(foldedName(file.filename)).map((text) => term('name', text)),
    term('type', type),
    term('type', anySubtypeOf(type)),
    term('folder', folderPrefix(file.path)),
    ...ancestors(file.path).map((path) => term('below', path)),
  ])
}

/** Returns the terms that every file has that meets the conditions. */
export function termsOfFilter(organizationId: string, filter: TermFilter): number[] {
  const { folder, nameContains, mediaType } = filter
  const term = termsOf(organizationId)
  return unique([
    ...(folder === null ? [] : folderTerms(term, folder)),
    ...trigrams(nameContains ?? '')
      .slice(0, MAX_SEARCH_TERMS)
      .map((text) => term('name', text)),
    ...(mediaType === null ? [] : [term('type', mediaType)]),
  ])
}

/** Returns the media type without parameters, in lower case. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase()
}

type Term = (kind: 'name' | 'type' | 'folder' | 'below', value: string) => number

function folderTerms(term: Term, { path, isDeep }: NonNullable<TermFilter['folder']>): number[] {
  if (!isDeep) return [term('folder', folderPrefix(path))]
  const deepest = ancestors(path).at(-1)
  return deepest === undefined ? [] : [term('below', deepest)]
}

function termsOf(organizationId: string): Term {
  const start = hash(FNV_BASIS, `${organizationId} `)
  return (kind, value) => hash(hash(start, `${kind} `), value)
}

/** FNV-1a over UTF-16 units. */
function hash(start: number, text: string): number {
  let value = start
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), FNV_PRIME)
  }
  return value
}

function trigrams(text: string): string[] {
  const characters = [...text]
  return characters.slice(2).map((_, index) => characters.slice(index, index + 3).join(''))
}

/** Returns the folder of the path and those above it, without the root: `a/` and `a/b/` of `a/b`. */
function ancestors(path: string): string[] {
  if (path === '') return []
  const segments = path.split('/', MAX_FOLDERS)
  return segments.map((_, index) => folderPrefix(segments.slice(0, index + 1).join('/')))
}

function anySubtypeOf(type: string): string {
  return `${type.split('/')[0]}/*`
}

function unique(terms: readonly number[]): number[] {
  return [...new Set(terms)]
}
