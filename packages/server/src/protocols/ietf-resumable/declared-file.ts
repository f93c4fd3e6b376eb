import type { IncomingHttpHeaders } from 'node:http'
import { guessContentType } from '../../domain/files/content-type/guess-content-type.ts'
import { parseDispositionFilename } from '../http/part-disposition.ts'

/** Name of a file whose client sends none. */
const UNNAMED = 'upload'

/**
 * Returns the name and type that the creation of an upload declares. A path in `Content-Disposition` keeps its last
 * segment (RFC 6266, section 4.3). A missing type is guessed by the name.
 */
export function declaredFile(
  { 'content-disposition': disposition }: IncomingHttpHeaders,
  bodyType: string | null,
): { readonly filename: string; readonly contentType: string } {
  const filename = parseDispositionFilename(disposition ?? '') || UNNAMED
  const isMissing = bodyType === null || bodyType === '' || isPartialUpload(bodyType)
  return { filename, contentType: isMissing ? guessContentType(filename) : bodyType }
}

/** Returns true for the media type of appends, which says nothing about the file. */
export function isPartialUpload(bodyType: string): boolean {
  return bodyType.split(';', 1)[0]?.trim().toLowerCase() === 'application/partial-upload'
}
