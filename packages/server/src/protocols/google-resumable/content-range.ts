import type { UploadRange } from './receive-upload.ts'

const FORM = /^bytes (?:(\d{1,20})-(\d{1,20}|\*)|\*)\/(\d{1,20}|\*)$/i
/** What one client sends for an empty file: an empty last chunk. */
const EMPTY_FILE = /^bytes 0--1\/0$/i

/**
 * Reads a Content-Range of a resumable upload: `bytes a-b/T`, with `*` for what is not known, or `bytes *` for
 * a question. No header stands for the whole object. Null for anything else, and where RFC 9110 section 14.4
 * calls the range invalid: its end before its start, or not before the total. A position beyond what a number
 * holds exactly is none; a total beyond it is merely no upload's.
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
