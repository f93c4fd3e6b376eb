import { randomBytes } from 'node:crypto'
import { isId } from '../ids.ts'

const PROBE_NAME = /^doctor\/[0-9a-f]{32}$/

/** Returns the name of a file's object in storage; in the API it is `gcs_path` and `storage_path`. */
export function objectName(organizationId: string, fileId: string, filename: string): string {
  return `files/${organizationId}/${fileId}/${filename}`
}

/** Returns the name of the file in the name of its object. */
export function objectFilename(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Returns the file that an object of this name belongs to; null for a name that `objectName` never returns. */
export function fileOfName(
  name: string,
): { readonly organizationId: string; readonly fileId: string } | null {
  const [folder, organizationId = '', fileId = '', filename = '', ...others] = name.split('/')
  const isFile =
    folder === 'files' &&
    isId(organizationId) &&
    fileId.startsWith('file_') &&
    isId(fileId) &&
    filename !== '' &&
    others.length === 0
  return isFile ? { organizationId, fileId } : null
}

/** Returns a new name for a temporary object that tests a storage. */
export function probeName(): string {
  return `doctor/${randomBytes(16).toString('hex')}`
}

/**
 * Returns true when this installation may have created an object of this name. Returns false for objects of another
 * installation whose prefix lies inside the prefix of this one: their names begin with the folders of that prefix.
 */
export function isOwnName(name: string): boolean {
  return PROBE_NAME.test(name) || fileOfName(name) !== null
}
