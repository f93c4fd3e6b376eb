/** Replacement for a secret. */
export const REDACTED = '[redacted]'

/** Names of values that are or contain secrets: credentials, and HTTP headers under the names that libraries use. */
const SECRET_NAMES = [
  '(?:raw_?)?(?:headers|trailers)',
  '(?:x[-_])?api[-_]?key',
  '(?:proxy[-_]?)?authorization',
  '(?:set[-_]?)?cookies?',
  '[\\w-]{0,32}(?:password|passwd|passphrase|secret|token|credentials?)',
  'private[-_]?key',
  'connection[-_]?string',
  'upload[-_]?(?:id|uri|url|handle)',
  'session[-_]?ur[il]',
  'download[-_]?url',
].join('|')

const SECRET_NAME = new RegExp(`^(?:${SECRET_NAMES})$`, 'i')

type Rule = readonly [pattern: RegExp, replacement: string]

/** User and password of a URL, except our examples. A password may have a slash, so it ends at the last @ of a word. */
const URL_RULES: readonly Rule[] = [
  [/:\/\/(?!user:password@)[^\s/:@"']{0,256}:[^\s"']{0,256}@/g, `://${REDACTED}@`],
  [/:\/\/(?!user@|user:password@)[^\s/@"']{1,256}@/g, `://${REDACTED}@`],
]

/** Rules for passwords in mistyped URLs and driver settings. */
const PASSWORD_RULES: readonly Rule[] = [
  ...URL_RULES,
  [/(?<![\w.%+-])(?!user:password@)[\w.%+-]{1,256}:[^\s"'/@]{1,256}@/g, `${REDACTED}@`],
  [/(\w{0,32}(?:password|passwd|secret)\w{0,32}=)[^\s"'&]+/gi, `$1${REDACTED}`],
  [/\boak_live_\w+/g, REDACTED],
]

/**
 * Patterns of secrets in unstructured text: messages, stacks, URLs, request heads. Repetitions are bounded, so that a
 * hostile URL of 16 KiB takes milliseconds.
 */
const RULES: readonly Rule[] = [
  ...URL_RULES,
  // Query of a URL: upload_id, token, Google's signatures.
  [/\?[^\s"'<>?]*=[^\s"'<>]*/g, `?${REDACTED}`],
  [/\boak_live_\w+/g, REDACTED],
  [/\b(bearer|basic) +[^\s"',;]+/gi, `$1 ${REDACTED}`],
  [
    new RegExp(
      `(${SECRET_NAMES})(\\\\{0,8}["']?\\s{0,8}(?:[:=]|%3[ad])\\s{0,8}\\\\{0,8}["']?)(?!\\[redacted)[^\\s"',;&}\\\\]+`,
      'gi',
    ),
    `$1$2${REDACTED}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
]

/** Returns the text without secrets that match a pattern. */
export function redactText(text: string): string {
  return withRules(RULES, text)
}

/** Returns a message for a user without passwords and keys. Unlike in a log, the rest of a URL stays. */
export function redactPasswords(sentence: string): string {
  return withRules(PASSWORD_RULES, sentence)
}

function withRules(rules: readonly Rule[], text: string): string {
  return rules.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text)
}

/** Returns a JSON value without secrets: values under secret names at any depth, and patterns in its strings. */
export function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map(redactValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      redactText(name),
      SECRET_NAME.test(name) ? REDACTED : redactValue(inner),
    ]),
  )
}

/** Matches lines that may contain a secret, so that most lines are written without being parsed. */
const SUSPECT =
  /(?:headers|trailers|api[-_]?key|authorization|cookies?|passw\w{0,8}|passphrase|secret|token|credentials?|private[-_]?key|connection[-_]?string|(?:upload|session|download)[-_]?(?:id|ur[il]|handle))[\\"']*\s*[:=]|oak_live_|bearer |basic |@|\?|PRIVATE KEY/i

/** End of each request's log line. Its fields are flat and our own; values that a client chooses have no space. */
const REQUEST_END = '"msg":"request"}\n'
/** Matches a suspect line of a request without its first character, the brace of the object. */
const SUSPECT_REQUEST = /[@?=\\[{]|%3|oak_live_/

/** Returns a line of JSON without secrets. */
export function redactLine(line: string): string {
  const isSuspect = line.endsWith(REQUEST_END) ? SUSPECT_REQUEST.test(line.slice(1)) : SUSPECT.test(line)
  if (!isSuspect) return line
  try {
    return `${JSON.stringify(redactValue(JSON.parse(line)))}\n`
  } catch {
    return `${JSON.stringify({ msg: redactText(line) })}\n`
  }
}
