import { randomBytes } from 'node:crypto'
import { isId } from '../ids.ts'

const PROBE_NAME = /^doctor\/[0-9a-f]{32}$/

/** The name of a file's object in storage; on the wire it is `gcs_path` and `storage_path`. */
export function objectName(organizationId: string, fileId: string, filename: string): string {
  return `files/${organizationId}/${fileId}/${filename}`
}

/** A new name for an object that is there for a moment, to try a storage. */
export function probeName(): string {
  return `doctor/${randomBytes(16).toString('hex')}`
}

/**
 * Whether this service could have made an object of the name. None of another installation, whose prefix lies inside this
 * one's, is of this shape: it has the folders of that prefix before the same parts, and so too many.
 */
export function isOwnName(name: string): boolean {
  if (PROBE_NAME.test(name)) return true
  const [folder, organizationId = '', fileId = '', filename = '', ...others] = name.split('/')
  return (
    folder === 'files' &&
    isId(organizationId) &&
    fileId.startsWith('file_') &&
    isId(fileId) &&
    filename !== '' &&
    others.length === 0
  )
}
