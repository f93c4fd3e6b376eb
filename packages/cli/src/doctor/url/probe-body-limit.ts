import { setTimeout as delay } from 'node:timers/promises'
import { formatByteSize } from '../../byte-size.ts'
import { type CheckResult, failed } from '../finding.ts'
import { openRequest, sendRequest } from './send-request.ts'
import { receivedBytes, type Session, type Target, withSession } from './target.ts'

const MIB = 1024 * 1024
/** Sizes of bodies that are really sent, for proxies that ignore the announced length and count bytes. */
const SENT_BYTES = [2 * MIB, 16 * MIB]
/** Sizes to try, largest first, when the quota does not allow a file of MAX_FILE_BYTES. */
const SESSION_BYTES = [1024 * MIB, 64 * MIB, 4 * MIB]
const RESPONSE_TIMEOUT_MS = 3_000
const REFUSED = 413
const SEARCH_STEPS = 12

/**
 * Finds a size limit for bodies. First announces larger and larger bodies without sending them: most proxies refuse by
 * the announced length. Then sends a few MiB, because some proxies ignore the announced length.
 */
export async function probeBodyLimit(target: Target): Promise<CheckResult[]> {
  const largest = await largestSession(target)
  const announced = await withSession(target, largest, (session) => announcedLimit(session, largest))
  const limitBytes = announced ?? (await sentLimit(target, largest))
  if (limitBytes === null) return []
  return [
    failed(
      'body-limit',
      `The proxy refuses bodies of more than about ${formatByteSize(limitBytes)} (413), but files may have ${formatByteSize(largest)}. nginx: set "client_max_body_size 0;"; Caddy: remove "request_body max_size".`,
    ),
  ]
}

/** Returns the size of the largest file that can be uploaded now. The quota can allow less than MAX_FILE_BYTES. */
async function largestSession(target: Target): Promise<number> {
  const { maxFileBytes } = await withSession(target, 1, async (session) => session)
  for (const sizeBytes of [maxFileBytes, ...SESSION_BYTES].filter((size) => size <= maxFileBytes)) {
    const isAllowed = await withSession(target, sizeBytes, async () => true).catch(() => false)
    if (isAllowed) return sizeBytes
  }
  return 1
}

/** Returns the largest announced size that was accepted, or null when no size up to `largest` was refused. */
async function announcedLimit(session: Session, largest: number): Promise<number | null> {
  let accepted = 0
  let refused: number | null = null
  for (let size = MIB; refused === null; size *= 8) {
    const tried = Math.min(size, largest)
    if (await isRefused(session, tried)) refused = tried
    else accepted = tried
    if (tried === largest) break
  }
  if (refused === null) return null
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const middle = Math.floor((accepted + refused) / 2)
    if (await isRefused(session, middle)) refused = middle
    else accepted = middle
  }
  return accepted
}

/** Announces a body with `Expect: 100-continue` and does not send it. Returns true when the response is 413. */
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
  const timer = new AbortController()
  const timeout = delay(RESPONSE_TIMEOUT_MS, false, { signal: timer.signal }).catch(() => false)
  const wasRefused = await Promise.race([promise, timeout])
  timer.abort()
  outgoing.destroy()
  return wasRefused
}

/** Returns the largest size that was sent completely when a larger one was refused, or null when none was refused. */
async function sentLimit(target: Target, largest: number): Promise<number | null> {
  let accepted = 0
  for (const bytes of SENT_BYTES.filter((size) => size < largest)) {
    const arrived = await withSession(target, bytes + 1, async (session) => {
      const request = {
        method: 'PUT',
        url: session.uri,
        headers: { 'content-range': `bytes 0-${bytes - 1}/${bytes + 1}`, 'content-length': bytes },
      }
      const response = await sendRequest(request, Buffer.alloc(bytes, 'a')).catch(() => null)
      if (response !== null && response.status !== REFUSED && response.status < 500) return true
      return response?.status !== REFUSED && (await receivedBytes(target, session)) === bytes
    })
    if (!arrived) return accepted
    accepted = bytes
  }
  return null
}
