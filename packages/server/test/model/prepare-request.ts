import type { Request } from '../protocol/exchange.ts'
import { md5, someBytes } from '../protocol/session.ts'
import { crc32c } from './checksums.ts'
import { endPatch, type PatchHead, receivePatch } from './patch-model.ts'
import {
  endBody,
  type Hashes,
  type Step as ModelStep,
  QUANTUM_BYTES,
  type Range,
  receiveHead,
  type Session,
} from './session-model.ts'
import type { AnnouncedHash, DataStep, Form, PatchStep, Place, Step } from './steps.ts'

/** Request in the forms for the model and for the service. */
export interface Prepared {
  /** Receives the head of the request in the model. */
  readonly receive: (session: Session) => ModelStep
  /** Ends the body in the model, when the head was accepted. */
  readonly end: (session: Session) => ModelStep
  readonly request: Request
  readonly body: Uint8Array
  readonly no308: boolean
}

// Longer than any range of a step.
const SOURCE_BYTES = 8 * QUANTUM_BYTES
const TRUE_BYTES = someBytes(SOURCE_BYTES, 'true')
const OTHER_BYTES = someBytes(SOURCE_BYTES, 'other')
const CHECKSUMS = { crc32c, md5 }
const NO_HASHES: Hashes = { crc32c: null, md5: null }
const FALSE_MD5 = 'AAAAAAAAAAAAAAAAAAAAAA=='

/** Returns the first bytes of the object. */
export const beginningOf = (bytes: number) => TRUE_BYTES.subarray(0, bytes)

/** Returns the data request of a step for the current state of the upload. */
export function prepareData(step: DataStep, session: Session): Prepared {
  const { sizeBytes } = session
  const total = step.total === 'true' ? sizeBytes : sizeBytes + 1
  const first = step.form === 'none' ? 0 : Math.min(resolve(step.first, session), sizeBytes)
  // An end at or after the total makes a malformed range, for which there is a separate step.
  const maxEnd = step.form === 'a-b/T' ? total : Number.POSITIVE_INFINITY
  const end = Math.max(Math.min(resolve(step.end, session), maxEnd), first + 1)
  const forms: Record<Form, { range: Range; text: string | null }> = {
    none: { range: { kind: 'rest', first: 0, total: '*' }, text: null },
    'a-*/*': { range: { kind: 'rest', first, total: '*' }, text: `bytes ${first}-*/*` },
    'a-*/T': { range: { kind: 'rest', first, total }, text: `bytes ${first}-*/${total}` },
    'a-b/*': {
      range: { kind: 'chunk', first, last: end - 1, total: '*' },
      text: `bytes ${first}-${end - 1}/*`,
    },
    'a-b/T': {
      range: { kind: 'chunk', first, last: end - 1, total },
      text: `bytes ${first}-${end - 1}/${total}`,
    },
  }
  const { range, text } = forms[step.form]
  const promisedBytes = range.kind === 'chunk' ? end - first : sizeBytes - first
  const bodyBytes = Math.max(0, promisedBytes + step.extraBytes)
  const body = (step.isTrue ? TRUE_BYTES : OTHER_BYTES).subarray(first, first + bodyBytes)
  return prepare(range, text, { ...step, body, hashes: hashesOf(step.hash, sizeBytes) })
}

export function prepareQuestion(step: Step & { do: 'ask' }, { sizeBytes }: Session): Prepared {
  const totals = { '*': '*', true: sizeBytes, wrong: sizeBytes + 1 } as const
  const total = totals[step.total]
  const hashes = hashesOf(step.hash, sizeBytes)
  return prepare({ kind: 'status', total }, `bytes */${total}`, { hashes, no308: step.no308 })
}

export function prepareUnreadable(range: string): Prepared {
  return prepare({ kind: 'unreadable' }, range, {})
}

/**
 * Returns the PATCH of a step for the current state of the upload. A body of which only a part is sent ends with a known
 * length: in the IETF protocol, one byte more ends the session at once.
 */
export function preparePatch(step: PatchStep, session: Session, isPart: boolean): Prepared {
  const { sizeBytes, lengthBytes, state } = session
  const { by, isEnd } = step
  const offset = resolve(step.at, session)
  const toldBytes = step.told === null ? null : sizeBytes + (step.told === 'true' ? 0 : 1)
  const knownEnd = lengthBytes ?? toldBytes ?? Number.POSITIVE_INFINITY
  const end = Math.min(resolve(step.end, session), isPart ? knownEnd : Number.POSITIVE_INFINITY)
  const body = (step.isTrue ? TRUE_BYTES : OTHER_BYTES).subarray(offset, Math.max(offset, end))
  // The end of a chunked body is not seen when the upload is complete.
  const transfer = state === 'finished' ? 'Content-Length' : step.transfer
  const hashes = by === 'ietf' ? hashesOf(step.hash, sizeBytes) : NO_HASHES
  const head: PatchHead = {
    by,
    offset,
    bodyBytes: transfer === 'chunked' ? null : body.length,
    toldBytes,
    isEnd: by === 'ietf' && isEnd,
    hashes,
    matchesDigest: step.digest === null ? null : step.digest === 'true',
  }
  return {
    receive: (before) => receivePatch(before, head),
    end: (before) => endPatch(before, head, CHECKSUMS),
    request: { method: 'PATCH', transfer, headers: patchHeaders(step, head, body) },
    body,
    no308: false,
  }
}

function patchHeaders({ digest }: PatchStep, head: PatchHead, body: Uint8Array): Record<string, string> {
  const { by, offset, toldBytes, isEnd, hashes } = head
  const bodyMd5 = digest === 'true' ? md5(body) : FALSE_MD5
  const shared = {
    'Upload-Offset': String(offset),
    ...(toldBytes !== null && { 'Upload-Length': String(toldBytes) }),
  }
  if (by === 'tus') {
    const type = { 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream' }
    return { ...shared, ...type, ...(digest !== null && { 'Upload-Checksum': `md5 ${bodyMd5}` }) }
  }
  const announced = Object.entries(hashes).filter(([, value]) => value !== null)
  return {
    ...shared,
    'Content-Type': 'application/partial-upload',
    'Upload-Complete': isEnd ? '?1' : '?0',
    ...(digest !== null && { 'Content-Digest': `md5=:${bodyMd5}:` }),
    ...(announced.length > 0 && {
      'Repr-Digest': announced.map(([algorithm, value]) => `${algorithm}=:${value}:`).join(', '),
    }),
  }
}

/** Returns a request for all missing bytes. */
export function prepareRest({ held, sizeBytes }: Session): Prepared {
  const first = held.length
  const range = { kind: 'rest', first, total: '*' } as const
  return prepare(range, `bytes ${first}-*/*`, { body: TRUE_BYTES.subarray(first, sizeBytes) })
}

interface Details {
  readonly body?: Uint8Array
  readonly transfer?: 'Content-Length' | 'chunked'
  readonly hashes?: Hashes
  readonly method?: 'PUT' | 'POST'
  readonly no308?: boolean
}

function prepare(range: Range, rangeText: string | null, details: Details): Prepared {
  const { body = new Uint8Array(), transfer = 'Content-Length', method = 'PUT', no308 = false } = details
  const hashes = details.hashes ?? NO_HASHES
  const announced = Object.entries(hashes)
    .filter(([, value]) => value !== null)
    .map(([algorithm, value]) => `${algorithm}=${value}`)
  const headers = {
    ...(announced.length > 0 && { 'X-Goog-Hash': announced.join(',') }),
    ...(no308 && { 'X-GUploader-No-308': 'yes' }),
  }
  const bodyBytes = transfer === 'chunked' ? null : body.length
  const request = { method, transfer, headers, ...(rangeText !== null && { range: rangeText }) }
  return {
    receive: (session) => receiveHead(session, { range, hashes, bodyBytes }, CHECKSUMS),
    end: (session) => {
      if (range.kind !== 'rest' && range.kind !== 'chunk') throw new Error('the request has no body')
      return endBody(session, range, CHECKSUMS)
    },
    request,
    body,
    no308,
  }
}

function resolve({ from, plus }: Place, { held, sizeBytes }: Session): number {
  const starts = { start: 0, held: held.length, end: sizeBytes }
  return Math.max(0, starts[from] + plus)
}

function hashesOf(hash: AnnouncedHash | null, sizeBytes: number): Hashes {
  const bytes = TRUE_BYTES.subarray(0, sizeBytes)
  switch (hash) {
    case null:
      return { crc32c: null, md5: null }
    case 'true crc32c':
      return { crc32c: crc32c(bytes), md5: null }
    case 'true md5':
      return { crc32c: null, md5: md5(bytes) }
    case 'both true':
      return { crc32c: crc32c(bytes), md5: md5(bytes) }
    case 'false crc32c':
      return { crc32c: 'AAAAAA==', md5: null }
    case 'false md5':
      return { crc32c: null, md5: FALSE_MD5 }
  }
}
