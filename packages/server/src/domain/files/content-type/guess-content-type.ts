import mime from 'mime'
import { UNKNOWN_CONTENT } from './media-type.ts'

/** Endings that files of unrelated kinds share, such as TypeScript and MPEG streams, or private keys and Keynote. */
const AMBIGUOUS_ENDINGS = /\.(?:ts|mts|key)$/i

/**
 * Returns the usual type of a file with this name; `application/octet-stream` when the name does not tell. The content is
 * unknown yet, and a wrong type would refuse it later.
 */
export function guessContentType(filename: string): string {
  if (!filename.includes('.') || AMBIGUOUS_ENDINGS.test(filename)) return UNKNOWN_CONTENT
  return mime.getType(filename) ?? UNKNOWN_CONTENT
}
