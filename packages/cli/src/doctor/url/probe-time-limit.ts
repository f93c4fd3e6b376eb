import type { ClientRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { failed, type Seen } from '../finding.ts'
import { answerOf, openRequest } from './exchange.ts'
import { type Target, withSession } from './target.ts'

const PIECE_BYTES = 256
const TRICKLE_EVERY_MS = 100
const LOOK_EVERY_MS = 50
/** Kept free of the server's own limit on silence, which would cut what the proxy lets live. */
const MARGIN_MS = 2_000
const MIN_SILENT_MS = 500

/** Two slow uploads side by side: one that falls silent for a while, and one that is slow all the time. */
export async function probeTimeLimit(target: Target): Promise<Seen[]> {
  const lastsMs = target.seconds * 1000
  const silentMs = Math.min(lastsMs, Math.max(MIN_SILENT_MS, target.idleMs - MARGIN_MS))
  const [pausedMs, trickledMs] = await Promise.all([
    livesFor(target, (_outgoing, isOver) => waitUnless(isOver, silentMs)),
    livesFor(target, (outgoing, isOver) => trickle(outgoing, isOver, lastsMs)),
  ])
  const seconds = (ms: number) => (ms / 1000).toFixed(0)
  if (trickledMs !== null) {
    return [
      failed(
        'time-limit',
        `The proxy ended an upload after ${seconds(trickledMs)} s while bytes still came: no large file gets through a slow line. nginx has no such limit; Caddy: remove the global option «timeouts read_body»; elsewhere: lift the limit on a request’s time.`,
      ),
    ]
  }
  if (pausedMs !== null) {
    return [
      failed(
        'silence-limit',
        `The proxy ended an upload that was silent for ${seconds(pausedMs)} s; Waybill waits ${seconds(target.idleMs)} s (UPLOAD_IDLE_SECONDS). nginx: «client_body_timeout ${Math.ceil(target.idleMs / 1000) + 15}s;»; Caddy has no such limit; elsewhere: lift the limit on silence (an idle timeout).`,
      ),
    ]
  }
  return []
}

type Slowness = (outgoing: ClientRequest, isOver: () => boolean) => Promise<void>

async function waitUnless(isOver: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !isOver(); ) await delay(LOOK_EVERY_MS)
}

async function trickle(outgoing: ClientRequest, isOver: () => boolean, lastsMs: number): Promise<void> {
  for (const end = Date.now() + lastsMs; Date.now() < end && !isOver(); ) {
    outgoing.write(Buffer.alloc(PIECE_BYTES, 'a'))
    await waitUnless(isOver, TRICKLE_EVERY_MS)
  }
}

/** More than is sent in that time, so that the body never ends by itself. */
function sizeBytes({ seconds }: Target): number {
  return 2 * PIECE_BYTES * (1 + (seconds * 1000) / TRICKLE_EVERY_MS)
}

/** Null where the request was still open behind its slow part; else how long it lived. */
function livesFor(target: Target, slowly: Slowness): Promise<number | null> {
  const announcedBytes = sizeBytes(target)
  return withSession(target, announcedBytes, async ({ uri }) => {
    const begin = Date.now()
    const outgoing = openRequest({ method: 'PUT', url: uri, headers: { 'content-length': announcedBytes } })
    let endedMs: number | null = null
    const noteEnd = () => {
      endedMs = Date.now() - begin
    }
    const ended = answerOf(outgoing).then(noteEnd, noteEnd)
    outgoing.write(Buffer.alloc(PIECE_BYTES, 'a'))
    await slowly(outgoing, () => endedMs !== null)
    const livedMs = endedMs
    outgoing.destroy()
    await ended
    return livedMs
  })
}
