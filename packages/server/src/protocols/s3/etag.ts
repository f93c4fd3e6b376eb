import { createHash } from 'node:crypto'
import { trimBlanks } from '../http/trim-blanks.ts'

/** Returns the entity tag of an object of parts: the MD5 of the binary MD5s of its parts, and their number. */
export function multipartEtag(md5sHex: readonly string[]): string {
  const hash = createHash('md5')
  for (const md5 of md5sHex) hash.update(md5, 'hex')
  return `${hash.digest('hex')}-${md5sHex.length}`
}

/** Returns the tag as headers and XML have it. */
export function quoteEtag(etag: string): string {
  return `"${etag}"`
}

/** Returns the tag of a request, which may come with quotes or without, in the form without. */
export function unquoteEtag(text: string): string {
  return trimBlanks(text).replace(/^"(.*)"$/s, '$1')
}
