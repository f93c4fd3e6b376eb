/** Part of a complete multipart body, see `Part`. */
export interface SplitPart {
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly bytes: Buffer
}

export interface SplitLimits {
  readonly maxParts: number
  readonly maxHeaders: number
  readonly maxHeaderBytes: number
}

const LINE_END = '\r\n'
const HEAD_END = Buffer.from('\r\n\r\n')
const END = '--'

/**
 * Splits a complete multipart body in the form that clients send; returns null for every other one, also for a malformed
 * one. What it returns is what the parser of streams finds, at a tenth of its cost.
 */
export function splitParts(body: Buffer, boundary: string, limits: SplitLimits): SplitPart[] | null {
  const delimiter = Buffer.from(`${LINE_END}${END}${boundary}`)
  const first = delimiter.subarray(LINE_END.length)
  if (!body.subarray(0, first.length).equals(first)) return null
  const parts: SplitPart[] = []
  for (let at = first.length; ; ) {
    const next = body.toString('latin1', at, at + LINE_END.length)
    if (next === END) return parts
    if (next !== LINE_END || parts.length === limits.maxParts) return null
    const headEnd = body.indexOf(HEAD_END, at)
    if (headEnd === -1 || headEnd - at >= limits.maxHeaderBytes) return null
    const start = headEnd + HEAD_END.length
    const end = body.indexOf(delimiter, at)
    const headers = parseHeaders(body.toString('latin1', at, headEnd), limits.maxHeaders)
    // A delimiter before the end of the head cuts the head off.
    if (end < start || headers === null) return null
    parts.push({ headers, bytes: body.subarray(start, end) })
    at = end + delimiter.length
  }
}

/** Returns the header values by lower-case name; null for a head with folded or malformed lines, or with too many. */
function parseHeaders(head: string, maxHeaders: number): SplitPart['headers'] | null {
  const lines = head.split(LINE_END).slice(1)
  if (lines.length > maxHeaders) return null
  const headers: Record<string, string[]> = Object.create(null)
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1 || /^[\t ]|[\r\n]/.test(line)) return null
    const name = line.slice(0, colon).toLowerCase()
    const hasSpace = line[colon + 1] === ' ' || line[colon + 1] === '\t'
    const value = line.slice(colon + (hasSpace ? 2 : 1))
    headers[name] = [...(headers[name] ?? []), value]
  }
  return headers
}
