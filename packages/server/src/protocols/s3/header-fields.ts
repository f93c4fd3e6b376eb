import { trimBlanks } from '../http/trim-blanks.ts'

/** Values of each header of a request in their order, by lower-case name, as the client sent them. */
export type HeaderFields = ReadonlyMap<string, readonly string[]>

/** Groups the raw headers of a request: Node itself joins or drops repeated ones. Values are bytes, as Latin-1. */
export function readHeaderFields(rawHeaders: readonly string[]): HeaderFields {
  const fields = new Map<string, string[]>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const values = fields.get(name)
    const value = rawHeaders[index + 1] ?? ''
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return fields
}

/** Returns the first value of a header; null when the request does not have it. */
export function headerValue(fields: HeaderFields, name: string): string | null {
  const [first = null] = fields.get(name) ?? []
  return first === null ? null : trimBlanks(first)
}

/** Returns true for a name of a header in lower case (RFC 9110, section 5.1). */
export function isHeaderName(text: string): boolean {
  return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(text)
}

/** Returns true for a value that a header can have, with bytes as Latin-1 (RFC 9110, section 5.5). */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}
