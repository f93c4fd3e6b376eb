/**
 * Session of the resumable protocol as its document describes it, without HTTP, storage and code of the service.
 * The numbers are those of the rules in section 3 of that document; "4." means docs/decisions/004-protocol-choices.md.
 * Bytes have two values, so that a resent byte that overwrites a held one is detected.
 */
export interface Session {
  /** Size of the object that the client means to send. */
  readonly sizeBytes: number
  /** Length that a request has told; null while it is unknown. */
  readonly lengthBytes: number | null
  /** Protocol that created the upload; an upload of the IETF waits for its own end. */
  readonly creator: Creator
  /** Persisted bytes; their number is P. */
  readonly held: Uint8Array
  readonly state: 'open' | 'small chunk' | 'dead' | 'cancelled' | 'finished'
  /** Code of the reason for which its content was refused; null for every other end. */
  readonly failure: string | null
  /** Answer to every data request after rule 4. */
  readonly smallChunk: Answer | null
  readonly announced: Hashes
  /** Running data request; null when there is none. */
  readonly writer: Writer | null
}

export interface Hashes {
  readonly crc32c: string | null
  readonly md5: string | null
}

export type Creator = 'upload-url' | 'tus' | 'ietf'

interface Writer {
  readonly first: number
  /** Position that no byte may pass; infinity while it is unknown. */
  readonly endBytes: number
  /** True when no byte is kept unless the body ends. */
  readonly isTentative: boolean
  readonly body: Uint8Array
}

/** A Content-Range in the forms of section 2. Without the header it means all bytes from 0 on. */
export type Range = DataRange | StatusRange | { readonly kind: 'unreadable' }
export interface StatusRange {
  readonly kind: 'status'
  readonly total: number | '*'
}
export type DataRange =
  | {
      readonly kind: 'chunk'
      readonly first: number
      readonly last: number
      readonly total: number | '*'
    }
  | { readonly kind: 'rest'; readonly first: number; readonly total: number | '*' }

export interface Head {
  readonly range: Range
  readonly hashes: Hashes
  /** The Content-Length; null for a chunked body. */
  readonly bodyBytes: number | null
}

/** Specified parts of an answer. Parts that the document leaves open are missing. */
export type Answer =
  /** 6 and 8: the upload is incomplete. */
  | { readonly kind: 'incomplete'; readonly offset: number }
  /** 7 and 9. */
  | { readonly kind: 'object' }
  | { readonly kind: 'text'; readonly status: number; readonly text: string }
  /** 16; `message` is null when the document specifies none. */
  | {
      readonly kind: 'error'
      readonly status: number
      readonly reason: string
      readonly message: string | null
    }
  | { readonly kind: 'bare'; readonly status: number }
  /** Of tus and of the IETF protocol: the status, and the specified headers. */
  | { readonly kind: 'headers'; readonly status: number; readonly headers: Readonly<Record<string, string>> }

/** Session after an event, and its answer; null when there is no answer yet, or never. */
export interface Step {
  readonly session: Session
  readonly answer: Answer | null
}

export interface Checksums {
  crc32c(bytes: Uint8Array): string
  md5(bytes: Uint8Array): string
}

export const QUANTUM_BYTES = 262_144

export function newSession(sizeBytes: number, creator: Creator, lengthBytes: number | null): Session {
  const announced = { crc32c: null, md5: null }
  const held = new Uint8Array()
  const ends = { failure: null, smallChunk: null }
  return { sizeBytes, lengthBytes, creator, held, state: 'open', ...ends, announced, writer: null }
}

/** Receives the head of a PUT or POST, and checks it in the order of 15. A data request continues with its body. */
export function receiveHead(session: Session, head: Head, checksums: Checksums): Step {
  const { lengthBytes } = session
  const { range, bodyBytes } = head
  const final = answerOfState(session)
  if (final) return { session, answer: final }
  if (range.kind === 'unreadable' || isNoRange(range)) {
    const answer = text(400, 'Failed to parse Content-Range header.')
    return { session: { ...session, state: 'dead' }, answer }
  }
  if (range.kind !== 'status' && session.state === 'small chunk')
    return { session, answer: session.smallChunk }
  // 11: a total that is not the declared one, or bytes past it.
  if (lengthBytes !== null) {
    const isPast = range.kind === 'chunk' && range.last >= lengthBytes
    if ((range.total !== '*' && range.total !== lengthBytes) || isPast) return { session, answer: bare(400) }
  }

  const announced = announce(session.announced, head.hashes)
  if (announced === null)
    return { session, answer: { kind: 'error', status: 400, reason: 'invalid', message: null } }
  if (range.kind === 'status') return askStatus({ ...session, announced }, range, checksums)
  // 14 and 4.: the newer data request wins, and continues after the bytes of the older one.
  const resumed = interrupt(session)
  if (range.first > resumed.held.length) {
    return { session: resumed, answer: gap(range.first, resumed.held.length) }
  }
  const length = lengthAfter(resumed, range)
  const refused = bodyBytes === null ? null : refuseLength(resumed, range, bodyBytes)
  // 1, 3 and 11: nothing of a refused request is kept, neither its hash nor its length.
  if (refused) return refused
  if (length !== null && length < resumed.held.length) return { session: resumed, answer: bare(400) }
  const endBytes = range.kind === 'chunk' ? range.last + 1 : (length ?? Number.POSITIVE_INFINITY)
  const writer = { first: range.first, endBytes, isTentative: false, body: new Uint8Array() }
  return { session: { ...resumed, announced, lengthBytes: length, writer }, answer: null }
}

/** Receives bytes of the body of the running data request. */
export function receiveBody(session: Session, bytes: Uint8Array): Session {
  const { writer } = session
  return writer ? { ...session, writer: { ...writer, body: concat(writer.body, bytes) } } : session
}

/** Receives the clean end of the body of a PUT or POST. */
export function endBody(session: Session, range: DataRange, checksums: Checksums): Step {
  const { writer, lengthBytes } = session
  if (writer === null) throw new Error('no data request is under way')
  const { body } = writer
  const idle = { ...session, writer: null }
  const refused = refuseLength(idle, range, body.length)
  if (refused) return refused
  const appended = append(idle, range.first, body)
  if (range.kind === 'rest') {
    // 11: a clean end short of the declared size is 400, and its bytes are kept.
    const isShort = lengthBytes !== null && range.first + body.length < lengthBytes
    return isShort ? { session: appended, answer: bare(400) } : finish(appended, checksums)
  }
  if (range.last + 1 === lengthBytes) return finish(appended, checksums)
  // 5: cut to a multiple of 256 KiB, counted from the first byte of the request.
  const keptBytes = Math.floor(body.length / QUANTUM_BYTES) * QUANTUM_BYTES
  const kept = append(idle, range.first, body.subarray(0, keptBytes))
  return { session: kept, answer: incomplete(kept) }
}

/** Ends the request without its body's end: bytes that arrived are kept, but none after the end of the range. */
export function interrupt(session: Session): Session {
  const { writer } = session
  if (writer === null) return session
  const { first, endBytes, isTentative, body } = writer
  const idle = { ...session, writer: null }
  // 11 and 3: nothing of a body that is too long is kept, however it ends.
  return isTentative || first + body.length > endBytes ? idle : append(idle, first, body)
}

/** 13: DELETE. */
export function cancel(session: Session): Step {
  const final = answerOfState(session)
  if (final) return { session, answer: final }
  return { session: cancelled(session), answer: bare(499) }
}

export function cancelled(session: Session): Session {
  return { ...session, state: 'cancelled', held: new Uint8Array(), writer: null }
}

/** Length after a data request of Google, which tells an unknown one with its total. */
function lengthAfter({ lengthBytes }: Session, { total }: DataRange): number | null {
  return lengthBytes ?? (total === '*' ? null : total)
}

/** Section 2 and 4.: an end that is not before the total, or a start after it. */
function isNoRange(range: DataRange | StatusRange): boolean {
  if (range.kind === 'status' || range.total === '*') return false
  return range.kind === 'chunk' ? range.last >= range.total : range.first > range.total
}

/** 9, 12 and 13: states in which every request has the same answer. */
function answerOfState({ state, failure }: Session): Answer | null {
  if (state === 'finished') return { kind: 'object' }
  if (state === 'cancelled') return bare(499)
  return state === 'dead' ? gone(failure) : null
}

/** 12: adds hashes; null when one differs from an earlier one. */
export function announce(before: Hashes, added: Hashes): Hashes | null {
  const differs = (a: string | null, b: string | null) => a !== null && b !== null && a !== b
  if (differs(before.crc32c, added.crc32c) || differs(before.md5, added.md5)) return null
  return { crc32c: before.crc32c ?? added.crc32c, md5: before.md5 ?? added.md5 }
}

/** 10, and section 2: a status query finishes only with the total, and when all bytes are held. */
function askStatus(session: Session, range: StatusRange, checksums: Checksums): Step {
  const { held, lengthBytes } = session
  const isComplete = range.total !== '*' && held.length === (lengthBytes ?? range.total)
  if (!isComplete) return { session, answer: incomplete(session) }
  const resumed = interrupt(session)
  // The running request had more bytes than the total.
  if (resumed.held.length !== range.total) return { session: resumed, answer: incomplete(resumed) }
  return finish(resumed, checksums)
}

/** 3, 4 and 11: refuses a body of a wrong length; nothing of the request is kept. Null when it is accepted. */
function refuseLength(session: Session, range: DataRange, bodyBytes: number): Step | null {
  const length = lengthAfter(session, range)
  if (range.kind === 'rest') {
    const isPast = length !== null && range.first + bodyBytes > length
    return isPast ? { session, answer: bare(400) } : null
  }
  const { first, last } = range
  const promisedBytes = last - first + 1
  if (bodyBytes !== promisedBytes) {
    const answer = text(
      400,
      `Invalid request.  There were ${bodyBytes} byte(s) in the request body.  There should have been ${promisedBytes} byte(s) (starting at offset ${first} and ending at offset ${last}) according to the Content-Range header.`,
    )
    return { session, answer }
  }
  if (last + 1 === length || bodyBytes >= QUANTUM_BYTES) return null
  const answer = text(
    400,
    `Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, except for the final request (it's recommended to be the exact multiple of 262144).  The received request contained ${bodyBytes} bytes, which does not meet this requirement.`,
  )
  const isDead = session.state === 'dead'
  return { session: isDead ? session : { ...session, state: 'small chunk', smallChunk: answer }, answer }
}

/** 2: bytes that are held already are skipped. */
export function append(session: Session, first: number, body: Uint8Array): Session {
  const heldBytes = session.held.length
  if (first + body.length <= heldBytes) return session
  return { ...session, held: concat(session.held, body.subarray(heldBytes - first)) }
}

/** 7, or 12 when an announced hash does not match. */
export function finish(session: Session, { crc32c, md5 }: Checksums): Step {
  const { held, announced, state, lengthBytes } = session
  // A session that has ended takes no length any more.
  if (state === 'dead' && lengthBytes === null) {
    return { session, answer: gone(null) }
  }
  const refuse = (message: string): Step => ({
    session: refuseContent(session, 'CHECKSUM_MISMATCH'),
    answer: { kind: 'error', status: 400, reason: 'invalid', message },
  })
  const actualCrc32c = announced.crc32c === null ? null : crc32c(held)
  if (actualCrc32c !== announced.crc32c) {
    return refuse(`Provided CRC32C "${announced.crc32c}" doesn't match calculated CRC32C "${actualCrc32c}".`)
  }
  const actualMd5 = announced.md5 === null ? null : md5(held)
  if (actualMd5 !== announced.md5) {
    return refuse(`Provided MD5 hash "${announced.md5}" doesn't match calculated MD5 hash "${actualMd5}".`)
  }
  const finished: Session = { ...session, lengthBytes: held.length, state: 'finished' }
  return { session: finished, answer: { kind: 'object' } }
}

/** Ends the session. One that registers by itself keeps the reason. */
export function refuseContent(session: Session, code: string): Session {
  return { ...session, state: 'dead', failure: session.creator === 'upload-url' ? null : code }
}

function gone(failure: string | null): Answer {
  return { kind: 'error', status: 410, reason: failure ?? 'gone', message: null }
}

/** 1. */
function gap(offset: number, heldBytes: number): Answer {
  return text(
    503,
    `Invalid request.  According to the Content-Range header, the upload offset is ${offset} byte(s), which exceeds already uploaded size of ${heldBytes} byte(s).`,
  )
}

function incomplete({ held }: Session): Answer {
  return { kind: 'incomplete', offset: held.length }
}

function text(status: number, content: string): Answer {
  return { kind: 'text', status, text: content }
}

function bare(status: number): Answer {
  return { kind: 'bare', status }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Buffer.concat([a, b])
}
