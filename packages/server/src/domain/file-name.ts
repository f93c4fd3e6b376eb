const MAX_CODE_POINTS = 255
const MAX_UTF8_BYTES = 900
/** Separators, control characters, line and paragraph separators, and controls of the writing direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const FORBIDDEN = /[/\\\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/

/** Tells whether two spellings name one file: macOS, for one, writes `é` as `e` and an accent. */
export function isSameFileName(a: string, b: string): boolean {
  return a.normalize('NFC') === b.normalize('NFC')
}

/**
 * Returns the reason that `name` cannot be a file's name, as the end of a sentence, or null when it can.
 * 1-255 code points, at most 900 UTF-8 bytes (object stores limit names to 1,024), any Unicode without lone
 * surrogates; no separators, no control characters, no controls of the writing direction (with which a name can show
 * another extension than it has), no line or paragraph separators, not `.` or `..`.
 */
export function fileNameProblem(name: string): string | null {
  const codePoints = [...name].length
  if (codePoints === 0) return 'must not be empty'
  if (codePoints > MAX_CODE_POINTS) return `must have at most ${MAX_CODE_POINTS} characters`
  if (!name.isWellFormed()) return 'must be well-formed Unicode'
  if (Buffer.byteLength(name) > MAX_UTF8_BYTES) return `must have at most ${MAX_UTF8_BYTES} bytes in UTF-8`
  if (FORBIDDEN.test(name))
    return 'must not hold /, \\, control characters or controls of the writing direction'
  if (name === '.' || name === '..') return 'must not be . or ..'
  return null
}
