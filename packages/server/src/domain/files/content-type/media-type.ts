/** Parsed media type. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string
  /** Declaration as it is stored and served: without surrounding whitespace and empty parameters. */
  readonly text: string
}

export const UNKNOWN_CONTENT = 'application/octet-stream'
export const PLAIN_TEXT = 'text/plain'

const MAX_LENGTH = 255

/** Restricted names of RFC 6838, which exclude the wildcard. */
const ESSENCE = /[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/iy

/**
 * One parameter of RFC 9110 section 5.6.6, which may be empty. Unquoted values may contain commas: browsers write
 * `codecs=vp8,opus`.
 */
const PARAMETER =
  /[ \t]*;[ \t]*(?:[!#$%&'*+.^_`|~0-9a-z-]+=(?:[!#$%&'*+.^_`|~0-9a-z-]+(?:,[ \t]*[!#$%&'*+.^_`|~0-9a-z-]+)*|"(?:[\t !#-[\]-~]|\\[\t -~])*"))?/iy

/** Matches a normalized type without parameters, as most declarations are. */
const PLAIN = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

/** Parses a media type by the grammar of RFC 9110; returns null when it is invalid. */
export function parseMediaType(text: string): MediaType | null {
  if (text.length > MAX_LENGTH) return null
  if (PLAIN.test(text)) return { essence: text, text }
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, '')
  const essence = matchAt(ESSENCE, trimmed, 0)
  if (essence === null) return null
  let normalized = essence
  let position = essence.length
  while (position < trimmed.length) {
    const parameter = matchAt(PARAMETER, trimmed, position)
    if (parameter === null) return null
    if (parameter.includes('=')) normalized += parameter
    position += parameter.length
  }
  return { essence: essence.toLowerCase(), text: normalized }
}

function matchAt(pattern: RegExp, text: string, position: number): string | null {
  pattern.lastIndex = position
  return pattern.exec(text)?.[0] ?? null
}

/**
 * Returns a stored declaration in a form that is valid in a header. Versions before 0.2 stored invalid declarations, for
 * example with a final line feed; these are cleaned, or replaced with `application/octet-stream`.
 */
export function servableMediaType(stored: string): string {
  const mediaType =
    parseMediaType(stored) ?? parseMediaType(stored.normalize('NFKC').replaceAll(/[^\x20-\x7e]/g, ''))
  return mediaType?.text ?? UNKNOWN_CONTENT
}
