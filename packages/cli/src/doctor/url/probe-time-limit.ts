import type { ClientRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type CheckResult, failed } from '../finding.ts'
import { openRequest, responseOf } from './send-request.ts'
import { type Target, withSession } from './target.ts'

const PIECE_BYTES = 256
const TRICKLE_EVERY_MS = 100
const POLL_EVERY_MS = 50
/** Difference between the pause and the server's own idle timeout, which would end the upload too. */
const MARGIN_MS = 2_000
const MIN_IDLE_MS = 500

/** Runs two slow uploads at the same time: one pauses once, the other sends a few bytes all the time. */
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
        `The proxy ended an upload after ${seconds(trickledMs)} s although the client was still sending: large files over slow connections fail. nginx has no such limit; Caddy: remove the global option "timeouts read_body"; other proxies: remove the limit on the duration of a request.`,
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

/** Returns a body size that is larger than what the probe sends, so that the body does not end during the probe. */
function sizeBytes({ seconds }: Target): number {
  return 2 * PIECE_BYTES * (1 + (seconds * 1000) / TRICKLE_EVERY_MS)
}

/** Returns how long the request lived, in milliseconds, or null when it was still open at the end of the slow part. */
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
