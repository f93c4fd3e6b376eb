import {
  announce,
  append,
  type Checksums,
  cancelled,
  finish,
  type Hashes,
  interrupt,
  refuseContent,
  type Session,
  type Step,
} from './session-model.ts'

// The rules of tus 1.0 and of draft-ietf-httpbis-resumable-upload-11 on a session, where they differ from Google's.

export type PatchProtocol = 'tus' | 'ietf'

/** Head of a PATCH. */
export interface PatchHead {
  readonly by: PatchProtocol
  readonly offset: number
  /** The Content-Length; null for a chunked body. */
  readonly bodyBytes: number | null
  /** Upload-Length; null for none. */
  readonly toldBytes: number | null
  /** True when the end of the body is the end of the upload; only the IETF protocol says so. */
  readonly isEnd: boolean
  /** Repr-Digest of the IETF protocol. */
  readonly hashes: Hashes
  /** True when the body matches its own digest; null when it has none. */
  readonly matchesDigest: boolean | null
}

type Headers = Readonly<Record<string, string>>

/** Receives the head of a PATCH. An accepted one continues with its body. */
export function receivePatch(session: Session, head: PatchHead): Step {
  const { by, offset, bodyBytes, isEnd } = head
  const end = bodyBytes === null ? null : offset + bodyBytes
  const refuse = (status: number, headers: Headers = {}, after = session): Step =>
    refusal(after, by, status, headers)
  if (by === 'ietf' && head.toldBytes !== null && end !== null) {
    if (isEnd ? end !== head.toldBytes : end > head.toldBytes) return refuse(400)
  }
  const ended = answerOfEnd(session, head)
  if (ended) return ended
  const announced = announce(session.announced, head.hashes)
  if (announced === null) return refuse(400)
  const resumed = interrupt(session)
  const here = { 'upload-offset': String(resumed.held.length) }
  if (offset !== resumed.held.length) return refuse(409, here, resumed)
  const told = head.toldBytes ?? (by === 'ietf' && isEnd ? end : null)
  const length = resumed.lengthBytes ?? told
  const refuseLength = (status: number) =>
    refuse(by === 'ietf' ? 400 : status, by === 'tus' ? here : {}, resumed)
  if (told !== null && length !== told) return refuseLength(400)
  if (length !== null && length < offset) return refuseLength(400)
  if (length !== null && end !== null && end > length) return refuseLength(413)
  const endBytes = length ?? Number.POSITIVE_INFINITY
  const writer = { first: offset, endBytes, isTentative: head.matchesDigest !== null, body: new Uint8Array() }
  return { session: { ...resumed, announced, lengthBytes: length, writer }, answer: null }
}

/** Receives the clean end of the body of a PATCH. */
export function endPatch(session: Session, head: PatchHead, checksums: Checksums): Step {
  const { by, isEnd, matchesDigest } = head
  const { writer } = session
  if (writer === null) throw new Error('no data request is under way')
  const { first, endBytes, body } = writer
  const idle = { ...session, writer: null }
  const here = { 'upload-offset': String(first) }
  if (first + body.length > endBytes) {
    // Invalid from then on, in the IETF protocol.
    return by === 'tus'
      ? refusal(idle, by, 413, here)
      : refusal(refuseContent(idle, 'FILE_TOO_LARGE'), by, 400)
  }
  if (matchesDigest === false) return refusal(idle, by, by === 'tus' ? 460 : 400, by === 'tus' ? here : {})
  const appended = append(idle, first, body)
  const { held, lengthBytes } = appended
  const isFull = held.length === lengthBytes
  if (by === 'tus' ? isFull : isEnd && (isFull || lengthBytes === null)) {
    return complete(appended, by, checksums)
  }
  if (by === 'ietf' && isEnd) return refusal(appended, by, 400)
  return { session: appended, answer: progress(by, 204, held.length) }
}

/** Receives HEAD, which ends a running request. It completes what has all bytes, but no upload of the IETF. */
export function receiveHeadRequest(session: Session, by: PatchProtocol, checksums: Checksums): Step {
  if (session.state === 'finished') return { session, answer: stateOf(session, by) }
  if (session.state === 'dead' || session.state === 'cancelled') return refusal(session, by, 410)
  const resumed = interrupt(session)
  const isFull = resumed.held.length === resumed.lengthBytes
  if (by === 'tus' && isFull && session.creator !== 'ietf') {
    const completed = finish(resumed, checksums)
    if (completed.session.state === 'dead') return refusal(completed.session, by, 422)
    return { session: completed.session, answer: stateOf(completed.session, by) }
  }
  return { session: resumed, answer: stateOf(resumed, by) }
}

/** Receives DELETE. It never deletes the File of a complete upload. */
export function receiveDelete(session: Session, by: PatchProtocol): Step {
  if (session.state === 'finished') {
    return { session, answer: { kind: 'headers', status: by === 'tus' ? 403 : 204, headers: {} } }
  }
  if (session.state === 'dead' || session.state === 'cancelled') return refusal(session, by, 410)
  return { session: cancelled(session), answer: { kind: 'headers', status: 204, headers: {} } }
}

/** Answer of a session that takes no more bytes; null while it takes some. */
function answerOfEnd(session: Session, head: PatchHead): Step | null {
  const { by, offset, bodyBytes, toldBytes, isEnd } = head
  if (session.state === 'dead' || session.state === 'cancelled') return refusal(session, by, 410)
  if (session.state !== 'finished') return null
  const here = { 'upload-offset': String(session.held.length) }
  if (offset !== session.held.length) return refusal(session, by, 409, here)
  if (by === 'tus') {
    if (toldBytes !== null && toldBytes !== offset) return refusal(session, by, 400, here)
    return bodyBytes === 0 ? { session, answer: progress(by, 204, offset) } : refusal(session, by, 413, here)
  }
  return isEnd && bodyBytes === 0
    ? { session, answer: finalAnswer(session) }
    : refusal(session, by, 409, here)
}

function complete(session: Session, by: PatchProtocol, checksums: Checksums): Step {
  const { session: after } = finish(session, checksums)
  if (after.state === 'dead')
    return refusal(after, by, session.lengthBytes === null && session.state === 'dead' ? 410 : 422)
  return { session: after, answer: by === 'tus' ? progress(by, 204, after.held.length) : finalAnswer(after) }
}

/** The File, or no content while a client still has to register it. */
function finalAnswer({ creator, held }: Session) {
  const headers = { 'upload-complete': '?1', 'upload-offset': String(held.length) }
  return { kind: 'headers', status: creator === 'upload-url' ? 204 : 201, headers } as const
}

function stateOf({ state, held, lengthBytes }: Session, by: PatchProtocol) {
  const length: Headers = lengthBytes === null ? {} : { 'upload-length': String(lengthBytes) }
  const deferred: Headers = lengthBytes === null && by === 'tus' ? { 'upload-defer-length': '1' } : {}
  const completeness: Headers = by === 'ietf' ? { 'upload-complete': state === 'finished' ? '?1' : '?0' } : {}
  const headers = { 'upload-offset': String(held.length), ...length, ...deferred, ...completeness }
  return { kind: 'headers', status: by === 'tus' ? 200 : 204, headers } as const
}

function progress(by: PatchProtocol, status: number, offset: number) {
  const completeness: Headers = by === 'ietf' ? { 'upload-complete': '?0' } : {}
  return { kind: 'headers', status, headers: { 'upload-offset': String(offset), ...completeness } } as const
}

function refusal(session: Session, by: PatchProtocol, status: number, headers: Headers = {}): Step {
  // A refusal of the target: the upload is over.
  const completeness: Headers = by === 'ietf' ? { 'upload-complete': status === 422 ? '?1' : '?0' } : {}
  return { session, answer: { kind: 'headers', status, headers: { ...headers, ...completeness } } }
}
