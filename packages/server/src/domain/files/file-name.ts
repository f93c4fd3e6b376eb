const MAX_CODE_POINTS = 255
const MAX_UTF8_BYTES = 900
/** Path separators, control characters, line and paragraph separators, and bidirectional controls. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const FORBIDDEN = /[/\\\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/

/** Tells if two names are equal in Unicode: macOS, for example, writes `é` as `e` and an accent. */
export function isSameFileName(a: string, b: string): boolean {
  return a === b || a.normalize('NFC') === b.normalize('NFC')
}

/**
 * Returns the reason why `name` is not a valid file name, as the end of a sentence; null when it is valid.
 * 1-255 code points, at most 900 UTF-8 bytes (object stores limit names to 1,024), any Unicode without lone
 * surrogates; no path separators, no control characters, no bidirectional controls (which can disguise the
 * extension), no line or paragraph separators, not `.` or `..`.
 */
export function fileNameProblem(name: string): string | null {
  const codePoints = [...name].length
  if (codePoints === 0) return 'must not be empty'
  if (codePoints > MAX_CODE_POINTS) return `must have at most ${MAX_CODE_POINTS} characters`
  if (!name.isWellFormed()) return 'must be well-formed Unicode'
  if (Buffer.byteLength(name) > MAX_UTF8_BYTES) return `must have at most ${MAX_UTF8_BYTES} bytes in UTF-8`
  if (FORBIDDEN.test(name)) return 'must not contain /, \\, control characters or bidirectional controls'
  if (name === '.' || name === '..') return 'must not be . or ..'
  return null
}
