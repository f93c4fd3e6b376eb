const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const SUB_DELIMITERS = /[!'()*]/g

/**
 * Returns the text that raw characters of a URL encode, decoded once; null when a percent sign is malformed or the bytes
 * are not UTF-8. A plus is a plus.
 */
export function percentDecode(raw: string): string | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) return null
  const bytes = raw.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  try {
    // Node gives the bytes of a URL as Latin-1.
    return UTF8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return null
  }
}

/** Returns the text with everything encoded except `A-Z a-z 0-9 - _ . ~`, as Signature Version 4 has it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    SUB_DELIMITERS,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Like `percentEncode`, and keeps slashes. */
export function percentEncodePath(text: string): string {
  return percentEncode(text).replaceAll('%2F', '/')
}
