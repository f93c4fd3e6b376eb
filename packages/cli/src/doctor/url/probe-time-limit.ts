import type { ClientRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type CheckResult, failed } from '../finding.ts'
import { openRequest, responseOf } from './send-request.ts'
import { type Target, withSession } from './target.ts'

const PIECE_BYTES = 256
const TRICKLE_EVERY_MS = 100
const POLL_EVERY_MS = 50
/** The pause is this much shorter than the idle timeout of the server, so that the server does not end the upload. */
const MARGIN_MS = 2_000
const MIN_IDLE_MS = 500

/**
 * Checks that the proxy does not end slow uploads. Runs two of them at the same time: one pauses once, and the other
 * sends a few bytes every `TRICKLE_EVERY_MS`.
 */
export async function probeTimeLimit(target: Target): Promise<CheckResult[]> {
  const durationMs = target.seconds * 1000
  const idleMs = Math.min(durationMs, Math.max(MIN_IDLE_MS, target.idleMs - MARGIN_MS))
  const [pausedMs, trickledMs] = await Promise.all([
    lifetimeOf(target, (_outgoing, isOver) => waitUnless(isOver, idleMs)),
    lifetimeOf(target, (outgoing, isOver) => trickle(outgoing, isOver, durationMs)),
  ])
  const seconds = (ms: number) => (ms / 1000).toFixed(0)
  if (trickledMs !== null) {
    return [
      failed(
        'time-limit',
        `The proxy ended an upload after ${seconds(trickledMs)} s although the client was still sending. Large files over slow connections fail. nginx has no such limit; Caddy: remove the global option "timeouts read_body"; other proxies: remove the limit on the duration of a request.`,
      ),
    ]
  }
  if (pausedMs !== null) {
    return [
      failed(
        'silence-limit',
        `The proxy ended an upload that was idle for ${seconds(pausedMs)} s, but Waybill waits ${seconds(target.idleMs)} s (UPLOAD_IDLE_SECONDS). nginx: set "client_body_timeout ${Math.ceil(target.idleMs / 1000) + 15}s;"; Caddy has no such limit; other proxies: raise the idle timeout.`,
      ),
    ]
  }
  return []
}

type SlowSender = (outgoing: ClientRequest, isOver: () => boolean) => Promise<void>

async function waitUnless(isOver: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !isOver(); ) await delay(POLL_EVERY_MS)
}

async function trickle(outgoing: ClientRequest, isOver: () => boolean, durationMs: number): Promise<void> {
  for (const end = Date.now() + durationMs; Date.now() < end && !isOver(); ) {
    outgoing.write(Buffer.alloc(PIECE_BYTES, 'a'))
    await waitUnless(isOver, TRICKLE_EVERY_MS)
  }
}

/** Returns a body size that the probe never reaches: the request is incomplete until the probe ends it. */
function sizeBytes({ seconds }: Target): number {
  return 2 * PIECE_BYTES * (1 + (seconds * 1000) / TRICKLE_EVERY_MS)
}

/**
 * Returns the time in milliseconds after which the request ended; null when it was still open after `sendSlowly`.
 */
function lifetimeOf(target: Target, sendSlowly: SlowSender): Promise<number | null> {
  const announcedBytes = sizeBytes(target)
  return withSession(target, announcedBytes, async ({ uri }) => {
    const begin = Date.now()
    const outgoing = openRequest({ method: 'PUT', url: uri, headers: { 'content-length': announcedBytes } })
    let endedMs: number | null = null
    const recordEnd = () => {
      endedMs = Date.now() - begin
    }
    const ended = responseOf(outgoing).then(recordEnd, recordEnd)
    outgoing.write(Buffer.alloc(PIECE_BYTES, 'a'))
    await sendSlowly(outgoing, () => endedMs !== null)
    const livedMs = endedMs
    outgoing.destroy()
    await ended
    return livedMs
  })
}
