import { setTimeout as delay } from 'node:timers/promises'
import { formatByteSize } from '../../byte-size.ts'
import { failed, type Seen } from '../finding.ts'
import { exchange, openRequest } from './exchange.ts'
import { receivedBytes, type Session, type Target, withSession } from './target.ts'

const MIB = 1024 * 1024
/** What is really sent, for proxies that only count what comes. */
const SENT_BYTES = [2 * MIB, 16 * MIB]
/** What is tried where a quota does not allow the largest file. */
const SESSION_BYTES = [1024 * MIB, 64 * MIB, 4 * MIB]
const ANSWERS_WITHIN_MS = 3_000
const REFUSED = 413
const SEARCH_STEPS = 12

/**
 * Announces bodies of more and more bytes and sends none: a proxy with a limit refuses by the announcement. Then a few
 * MiB are sent, because not all proxies look at it.
 */
export async function probeBodyLimit(target: Target): Promise<Seen[]> {
  const largest = await largestSession(target)
  const announced = await withSession(target, largest, (session) => announcedLimit(session, largest))
  const limitBytes = announced ?? (await sentLimit(target, largest))
  if (limitBytes === null) return []
  return [
    failed(
      'body-limit',
      `The proxy refuses bodies of more than about ${formatByteSize(limitBytes)} (413), and files may have ${formatByteSize(largest)}. nginx: «client_max_body_size 0;»; Caddy: remove «request_body max_size».`,
    ),
  ]
}

/** The largest file that may be uploaded here now; a quota can forbid what MAX_FILE_BYTES allows, even all of it. */
async function largestSession(target: Target): Promise<number> {
  const { maxFileBytes } = await withSession(target, 1, async (session) => session)
  for (const sizeBytes of [maxFileBytes, ...SESSION_BYTES].filter((size) => size <= maxFileBytes)) {
    const isAllowed = await withSession(target, sizeBytes, async () => true).catch(() => false)
    if (isAllowed) return sizeBytes
  }
  return 1
}

/** The most bytes that were let through where more were refused; null where all are let through. */
async function announcedLimit(session: Session, largest: number): Promise<number | null> {
  let passed = 0
  let refused: number | null = null
  for (let size = MIB; refused === null; size *= 8) {
    const tried = Math.min(size, largest)
    if (await isRefused(session, tried)) refused = tried
    else passed = tried
    if (tried === largest) break
  }
  if (refused === null) return null
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const middle = Math.floor((passed + refused) / 2)
    if (await isRefused(session, middle)) refused = middle
    else passed = middle
  }
  return passed
}

/** Asks for leave to send so many bytes, and sends none. */
async function isRefused({ uri }: Session, bytes: number): Promise<boolean> {
  const outgoing = openRequest({
    method: 'PUT',
    url: uri,
    headers: { 'content-length': bytes, expect: '100-continue' },
  })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  outgoing.on('continue', () => resolve(false))
  outgoing.on('response', ({ statusCode }) => resolve(statusCode === REFUSED))
  outgoing.on('error', () => resolve(false))
  outgoing.flushHeaders()
  const silence = new AbortController()
  const expiry = delay(ANSWERS_WITHIN_MS, false, { signal: silence.signal }).catch(() => false)
  const answer = await Promise.race([promise, expiry])
  silence.abort()
  outgoing.destroy()
  return answer
}

async function sentLimit(target: Target, largest: number): Promise<number | null> {
  let passed = 0
  for (const bytes of SENT_BYTES.filter((size) => size < largest)) {
    const arrived = await withSession(target, bytes + 1, async (session) => {
      const question = {
        method: 'PUT',
        url: session.uri,
        headers: { 'content-range': `bytes 0-${bytes - 1}/${bytes + 1}`, 'content-length': bytes },
      }
      const answer = await exchange(question, Buffer.alloc(bytes, 'a')).catch(() => null)
      if (answer !== null && answer.status !== REFUSED && answer.status < 500) return true
      return answer?.status !== REFUSED && (await receivedBytes(target, session)) === bytes
    })
    if (!arrived) return passed
    passed = bytes
  }
  return null
}
