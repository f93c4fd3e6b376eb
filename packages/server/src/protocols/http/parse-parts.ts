import { ServiceError } from '../../domain/errors.ts'

/** Header values of a part by lower-case name, with one byte per character. */
export type PartHeaders = Readonly<Record<string, readonly string[]>>

/** Receiver of the parts of a body, in their order. */
export interface PartSink {
  onPart(headers: PartHeaders): void
  /**
   * Receives the next bytes of the part. They are never empty, and are a view on the chunk that was written, whose memory
   * the receiver may release.
   */
  onBytes(bytes: Buffer): void
  onPartEnd(): void
}

export interface PartParser {
  /** Throws INVALID_REQUEST for a malformed body, and VALIDATION_ERROR for too many parts. */
  write(chunk: Buffer): void
  /** Throws INVALID_REQUEST for an incomplete body. */
  end(): void
  /** Returns true when the last part has ended. What follows belongs to no part. */
  isOver(): boolean
}

export const MAX_PARTS = 100
/** Upper bound of the headers of a part; a file name needs at most 3 KiB. */
export const MAX_HEADER_BYTES = 8 * 1024
const MAX_HEADERS = 32

const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
/**
 * Rest of the line of a delimiter: padding, after two hyphens in the last delimiter. A single hyphen is accepted while the
 * second one may still arrive.
 */
const DELIMITER_REST = /^(?:-|(?:--)?[\t ]*)$/
const LAST_REST = /^--[\t ]*$/
/** Name and value of a header (RFC 9110, section 5.6.2). */
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[\t ]?([^\r\n]*)$/

type Place = 'preamble' | 'delimiter' | 'head' | 'body' | 'epilogue'

/**
 * Parser of a multipart body (RFC 2046, section 5.1.1) that arrives in chunks. It finds the same parts wherever the body
 * is cut. White space after a delimiter is ignored. A delimiter that continues in any other way is refused, because
 * no content may have a line that begins with one; so is a head that is longer than the limits, or that is not made of headers.
 */
export function createPartParser(boundary: string, sink: PartSink): PartParser {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const ends = { preamble: delimiter, delimiter: LINE_END, head: HEAD_END, body: delimiter }
  let place: Place = 'preamble'
  // The line end of the first delimiter, which may be the first byte of the body.
  let kept: Buffer = LINE_END
  /** Number of searched bytes that belong to the place before: the line end before a delimiter, or before a blank line. */
  let sharedBytes = LINE_END.length
  let text = ''
  let parts = 0

  const take = (bytes: Buffer) => {
    if (bytes.length === 0 || place === 'preamble') return
    if (place === 'body') return sink.onBytes(bytes)
    if (text.length + bytes.length >= MAX_HEADER_BYTES) throw malformed()
    text += bytes.toString('latin1')
    if (place === 'delimiter' && !DELIMITER_REST.test(text)) throw malformed()
  }
  const beginHead = (): Place => {
    if (text === '-') throw malformed()
    if (text !== '' && LAST_REST.test(text)) return 'epilogue'
    if (++parts > MAX_PARTS) throw tooManyParts()
    return 'head'
  }
  const beginBody = (): Place => {
    // Without this, a part without a blank line would take the head of the next one.
    if (`\r\n${text}`.includes(delimiter.toString('latin1'))) throw malformed()
    sink.onPart(parseHead(text))
    return 'body'
  }
  const endBody = (): Place => {
    // The delimiter begins with the blank line, so the part has a head only.
    if (sharedBytes > 0) throw malformed()
    sink.onPartEnd()
    return 'delimiter'
  }
  const advance = (from: Exclude<Place, 'epilogue'>) => {
    if (from === 'preamble') place = 'delimiter'
    else if (from === 'delimiter') place = beginHead()
    else place = from === 'head' ? beginBody() : endBody()
    sharedBytes = place === 'head' || place === 'body' ? LINE_END.length : 0
    text = ''
  }

  return {
    write(chunk) {
      const data = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
      for (let at = 0; place !== 'epilogue'; ) {
        const end = ends[place]
        const found = data.indexOf(end, at)
        const stop = found === -1 ? beginningOf(end, data, at) : found
        const start = at + sharedBytes
        // A copy before the bytes are passed on, because their receiver may release the memory of the chunk at once.
        if (found === -1) kept = Buffer.from(data.subarray(stop))
        take(data.subarray(start, Math.max(start, stop)))
        sharedBytes = Math.max(0, start - stop)
        if (found === -1) return
        advance(place)
        at = found + end.length - sharedBytes
      }
    },
    end() {
      const isLast = place === 'delimiter' && LAST_REST.test(`${text}${kept.toString('latin1')}`)
      if (place !== 'epilogue' && !isLast) throw malformed()
      place = 'epilogue'
    },
    isOver: () => place === 'epilogue',
  }
}

/** Returns where the last bytes of `data` may be the beginning of `mark`, at `from` or later; its length if nowhere. */
function beginningOf(mark: Buffer, data: Buffer, from: number): number {
  let at = Math.max(from, data.length - mark.length + 1)
  while (at < data.length && !data.subarray(at).equals(mark.subarray(0, data.length - at))) at++
  return at
}

/** Throws INVALID_REQUEST. A line that begins with white space continues the one before. */
function parseHead(head: string): PartHeaders {
  const headers: Record<string, string[]> = Object.create(null)
  if (head === '') return headers
  const lines = head.replace(/\r\n(?=[\t ])/g, '').split('\r\n')
  if (lines.length > MAX_HEADERS) throw malformed()
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    if (name === '') throw malformed()
    const key = name.toLowerCase()
    headers[key] = [...(headers[key] ?? []), value]
  }
  return headers
}

function malformed(): ServiceError {
  return new ServiceError('INVALID_REQUEST', 'the multipart body is malformed or incomplete')
}

function tooManyParts(): ServiceError {
  const details = { field: 'file', value: null }
  return new ServiceError('VALIDATION_ERROR', `send at most ${MAX_PARTS} parts`, details)
}
