/**
 * Session of the resumable protocol as its document describes it, without HTTP, storage and code of the service.
 * The numbers are those of the rules in section 3 of that document; "4." means docs/decisions/004-protocol-choices.md.
 * Bytes have two values, so that a resent byte that overwrites a held one is detected.
 */
export interface Session {
  readonly sizeBytes: number
  /** Persisted bytes; their number is P. */
  readonly held: Uint8Array
  readonly state: 'open' | 'small chunk' | 'dead' | 'cancelled' | 'finished'
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

interface Writer {
  readonly range: DataRange
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
  readonly lengthBytes: number | null
}

/** Specified parts of an answer. Parts that the document leaves open are missing. */
export type Answer =
  /** 6 and 8: the upload is incomplete. */
  | { readonly kind: 'incomplete'; readonly offset: number }
  /** 7 and 9. */
  | { readonly kind: 'object' }
  | { readonly kind: 'text'; readonly status: number; readonly text: string }
  /** 16; `message` is null when the document specifies none. */
  | { readonly kind: 'error'; readonly status: number; readonly message: string | null }
  | { readonly kind: 'bare'; readonly status: number }

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

export function newSession(sizeBytes: number): Session {
  const announced = { crc32c: null, md5: null }
  const held = new Uint8Array()
  return { sizeBytes, held, state: 'open', smallChunk: null, announced, writer: null }
}

/** Receives the head of a PUT or POST, and checks it in the order of 15. A data request continues with its body. */
export function receiveHead(session: Session, head: Head, checksums: Checksums): Step {
  const { sizeBytes } = session
  const { range, lengthBytes } = head
  const final = answerOfState(session)
  if (final) return { session, answer: final }
  if (range.kind === 'unreadable' || isNoRange(range)) {
    const answer = text(400, 'Failed to parse Content-Range header.')
    return { session: { ...session, state: 'dead' }, answer }
  }
  if (range.kind !== 'status' && session.state === 'small chunk')
    return { session, answer: session.smallChunk }
  // 11: a total that is not the declared one, or bytes past it.
  const isPast = range.kind === 'chunk' && range.last >= sizeBytes
  if ((range.total !== '*' && range.total !== sizeBytes) || isPast) return { session, answer: bare(400) }

  const announced = announce(session.announced, head.hashes)
  if (announced === null) return { session, answer: { kind: 'error', status: 400, message: null } }
  if (range.kind === 'status') return askStatus({ ...session, announced }, range, checksums)
  // 14 and 4.: the newer data request wins, and continues after the bytes of the older one.
  const resumed = interrupt(session)
  if (range.first > resumed.held.length) {
    return { session: resumed, answer: gap(range.first, resumed.held.length) }
  }
  const refused = lengthBytes === null ? null : refuseLength(resumed, range, lengthBytes)
  // 1, 3 and 11: nothing of a refused request is kept, not even its hash.
  const writer = { range, body: new Uint8Array() }
  return refused ?? { session: { ...resumed, announced, writer }, answer: null }
}

/** Receives bytes of the body of the running data request. */
export function receiveBody(session: Session, bytes: Uint8Array): Session {
  const { writer } = session
  return writer ? { ...session, writer: { ...writer, body: concat(writer.body, bytes) } } : session
}

/** Receives the clean end of that body. */
export function endBody(session: Session, checksums: Checksums): Step {
  const { writer, sizeBytes } = session
  if (writer === null) throw new Error('no data request is under way')
  const { range, body } = writer
  const idle = { ...session, writer: null }
  const refused = refuseLength(idle, range, body.length)
  if (refused) return refused
  const appended = append(idle, range.first, body)
  if (range.kind === 'rest') {
    // 11: a clean end short of the declared size is 400, and its bytes are kept.
    const isShort = range.first + body.length < sizeBytes
    return isShort ? { session: appended, answer: bare(400) } : finish(appended, checksums)
  }
  if (range.last + 1 === sizeBytes) return finish(appended, checksums)
  // 5: cut to a multiple of 256 KiB, counted from the first byte of the request.
  const keptBytes = Math.floor(body.length / QUANTUM_BYTES) * QUANTUM_BYTES
  const kept = append(idle, range.first, body.subarray(0, keptBytes))
  return { session: kept, answer: incomplete(kept) }
}

/** Ends the request without its body's end: bytes that arrived are kept, but none after the end of the range. */
export function interrupt(session: Session): Session {
  const { writer, sizeBytes } = session
  if (writer === null) return session
  const { range, body } = writer
  const idle = { ...session, writer: null }
  const endBytes = range.kind === 'chunk' ? range.last + 1 : sizeBytes
  // 11 and 3: nothing of a body that is too long is kept, however it ends.
  return range.first + body.length > endBytes ? idle : append(idle, range.first, body)
}

/** 13: DELETE. */
export function cancel(session: Session): Step {
  const final = answerOfState(session)
  if (final) return { session, answer: final }
  const cancelled: Session = { ...session, state: 'cancelled', held: new Uint8Array(), writer: null }
  return { session: cancelled, answer: bare(499) }
}

/** Section 2 and 4.: an end that is not before the total, or a start after it. */
function isNoRange(range: DataRange | StatusRange): boolean {
  if (range.kind === 'status' || range.total === '*') return false
  return range.kind === 'chunk' ? range.last >= range.total : range.first > range.total
}

/** 9, 12 and 13: states in which every request has the same answer. */
function answerOfState({ state }: Session): Answer | null {
  if (state === 'finished') return { kind: 'object' }
  if (state === 'cancelled') return bare(499)
  return state === 'dead' ? { kind: 'error', status: 410, message: null } : null
}

/** 12: adds hashes; null when one differs from an earlier one. */
function announce(before: Hashes, added: Hashes): Hashes | null {
  const differs = (a: string | null, b: string | null) => a !== null && b !== null && a !== b
  if (differs(before.crc32c, added.crc32c) || differs(before.md5, added.md5)) return null
  return { crc32c: before.crc32c ?? added.crc32c, md5: before.md5 ?? added.md5 }
}

/** 10, and section 2: a status query finishes only with the total, and when all bytes are held. */
function askStatus(session: Session, range: StatusRange, checksums: Checksums): Step {
  const isComplete = range.total !== '*' && session.held.length === session.sizeBytes
  return isComplete ? finish(interrupt(session), checksums) : { session, answer: incomplete(session) }
}

/** 3, 4 and 11: refuses a body of a wrong length; nothing of the request is kept. Null when it is accepted. */
function refuseLength(session: Session, range: DataRange, bodyBytes: number): Step | null {
  const { sizeBytes } = session
  if (range.kind === 'rest') {
    return range.first + bodyBytes > sizeBytes ? { session, answer: bare(400) } : null
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
  if (last + 1 === sizeBytes || bodyBytes >= QUANTUM_BYTES) return null
  const answer = text(
    400,
    `Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, except for the final request (it's recommended to be the exact multiple of 262144).  The received request contained ${bodyBytes} bytes, which does not meet this requirement.`,
  )
  const isDead = session.state === 'dead'
  return { session: isDead ? session : { ...session, state: 'small chunk', smallChunk: answer }, answer }
}

/** 2: bytes that are held already are skipped. */
function append(session: Session, first: number, body: Uint8Array): Session {
  const heldBytes = session.held.length
  if (first + body.length <= heldBytes) return session
  return { ...session, held: concat(session.held, body.subarray(heldBytes - first)) }
}

/** 7, or 12 when an announced hash does not match. */
function finish(session: Session, { crc32c, md5 }: Checksums): Step {
  const { held, announced } = session
  const refuse = (message: string): Step => ({
    session: { ...session, state: 'dead' },
    answer: { kind: 'error', status: 400, message },
  })
  const actualCrc32c = announced.crc32c === null ? null : crc32c(held)
  if (actualCrc32c !== announced.crc32c) {
    return refuse(`Provided CRC32C "${announced.crc32c}" doesn't match calculated CRC32C "${actualCrc32c}".`)
  }
  const actualMd5 = announced.md5 === null ? null : md5(held)
  if (actualMd5 !== announced.md5) {
    return refuse(`Provided MD5 hash "${announced.md5}" doesn't match calculated MD5 hash "${actualMd5}".`)
  }
  return { session: { ...session, state: 'finished' }, answer: { kind: 'object' } }
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
