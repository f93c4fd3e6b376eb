/**
 * Removes spaces and tabs from both ends (OWS of RFC 9110, section 5.6.3). `trim` would also remove U+00A0: in a header, whose
 * characters are bytes, it is the last byte of a letter such as `à` in UTF-8.
 */
export function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/(?<![ \t])[ \t]+$/, '')
}
