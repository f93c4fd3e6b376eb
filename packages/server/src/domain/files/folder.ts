import { fileNameProblem } from './file-name.ts'

const MAX_UTF8_BYTES = 900

/**
 * Returns the reason why a file of this name cannot be in the folder `path`, as the end of a sentence; null when it can.
 * A folder is `a/b/c`, without slashes at its ends, and empty for the root. Its segments follow the rules of file names;
 * with the name it has at most 900 UTF-8 bytes, because both together are the key of the file in object stores.
 */
export function folderProblem(path: string, filename: string): string | null {
  if (path === '') return null
  if (Buffer.byteLength(path) + Buffer.byteLength(filename) > MAX_UTF8_BYTES)
    return `must have at most ${MAX_UTF8_BYTES} bytes in UTF-8 together with the file name`
  for (const segment of path.split('/')) {
    const problem = fileNameProblem(segment)
    if (problem !== null) return `must have segments like file names: a segment ${problem}`
  }
  return null
}

/** Returns the text that the keys of all files in the folder and below it begin with: `a/b/`, and empty for the root. */
export function folderPrefix(path: string): string {
  return path === '' ? '' : `${path}/`
}

/** Returns the folder of a prefix that `folderPrefix` returned. */
export function folderOfPrefix(prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
}
