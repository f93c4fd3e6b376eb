/** Well-formed ids of no file, which always get the same 404. */
export const UNKNOWN_IDS: readonly string[] = [
  ...['file_123', 'file_0', `file_${'0'.repeat(32)}`, `file_${'a'.repeat(64)}`, 'file_ABCxyz'],
]

/** Malformed ids. The contract leaves open if they are unknown files or invalid parameters. */
export const MALFORMED_IDS: readonly string[] = [
  ...['x', 'file_', 'file', '_', '5', 'null', 'undefined', `file_${'a'.repeat(65)}`, 'FILE_1', 'file-1'],
  ...['file_%00', '%00', 'file_%0a', 'file_a%20b', 'file_%ed%a0%80', 'file_%ff', '%F0%9F%98%80', '%zz', '%'],
  ...['%2e', '%2e%2e', '..%2F..%2Fetc%2Fpasswd', '..%5C..', '%2Fetc%2Fpasswd', "file_'--", 'file_%25', '*'],
  ...['file_1;drop', '__proto__', 'constructor', 'file_1%2Fcontent'],
]

/** Longer than any database key and any file name. */
export const LONG_ID = `file_${'a'.repeat(5000)}`

/** Allowed statuses: a router may refuse the length or the encoding before it finds a route. */
export const MALFORMED_ID_STATUSES: readonly number[] = [400, 404, 414, 422]
