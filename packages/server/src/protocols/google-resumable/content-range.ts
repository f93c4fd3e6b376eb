import type { UploadRange } from './receive-upload.ts'

const FORM = /^bytes (?:(\d{1,20})-(\d{1,20}|\*)|\*)\/(\d{1,20}|\*)$/i
/** Header that one client sends with the empty last chunk of an empty file. */
const EMPTY_FILE = /^bytes 0--1\/0$/i

/**
 * Parses the Content-Range of a resumable upload: `bytes a-b/T`, with `*` for unknown values, or `bytes *` for a status
 * query. A missing header means all bytes of the object. Returns null for other headers, and for a range that RFC 9110
 * section 14.4 calls invalid: its end is before its start, or not before the total. Also returns null for positions
 * that a number cannot hold exactly. A total that large is accepted, and matches no upload.
 */
export function parseContentRange(header: string | undefined): UploadRange | null {
  if (header === undefined) return { kind: 'rest', start: 0, total: null }
  if (EMPTY_FILE.test(header)) return { kind: 'rest', start: 0, total: 0 }
  const match = FORM.exec(header)
  if (!match) return null
  const [, startText, endText, totalText] = match
  const total = position(totalText)
  if (startText === undefined) return { kind: 'status', total }
  const start = Number(startText)
  const end = position(endText)
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end ?? 0)) return null
  if (end === null) return total !== null && start > total ? null : { kind: 'rest', start, total }
  if (end < start || (total !== null && end >= total)) return null
  return { kind: 'chunk', start, end, total }
}

function position(text: string | undefined): number | null {
  return text === undefined || text === '*' ? null : Number(text)
}
