import { type ContentEvidence, contradictingType, PLAIN_TEXT, UNKNOWN_CONTENT } from './content-type.ts'

/** Types by the file extension, for what has no signature of its own, or shares that of a container. */
const TYPES_BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ['apk', 'application/vnd.android.package-archive'],
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['doc', 'application/msword'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['ics', 'text/calendar'],
  ['jar', 'application/java-archive'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['jsonl', 'application/jsonl'],
  ['md', 'text/markdown'],
  ['mjs', 'text/javascript'],
  ['msg', 'application/vnd.ms-outlook'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['py', 'text/x-python'],
  ['sh', 'application/x-sh'],
  ['sql', 'application/sql'],
  ['srt', 'application/x-subrip'],
  ['svg', 'image/svg+xml'],
  ['tex', 'application/x-tex'],
  ['toml', 'application/toml'],
  ['tsv', 'text/tab-separated-values'],
  ['txt', PLAIN_TEXT],
  ['vtt', 'text/vtt'],
  ['xls', 'application/vnd.ms-excel'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
])
/** Signatures that files of many types show. */
const CONTAINERS: ReadonlySet<string> = new Set(['application/x-cfb', 'application/xml', 'application/zip'])

/**
 * The type of a file that nobody declared one for: by its signature, else by its extension, unless the bytes contradict
 * that, else text where the bytes are, else `application/octet-stream`. Where the signature is a container's, or the
 * bytes are text, the extension says more.
 */
export function detectContentType(filename: string, evidence: ContentEvidence): string {
  const { detected, isText } = evidence
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? ''
  const byExtension = TYPES_BY_EXTENSION.get(extension)
  const isOpen = detected === null || isText || CONTAINERS.has(detected)
  if (byExtension !== undefined && isOpen && contradictingType(byExtension, evidence) === null)
    return byExtension
  return detected ?? (isText ? PLAIN_TEXT : UNKNOWN_CONTENT)
}
