import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type CheckResult, failed, warning } from '../finding.ts'
import { openRequest } from './send-request.ts'
import { receivedBytes, type Target, withSession } from './target.ts'

const SIZE_BYTES = 512 * 1024
const SENT_BYTES = SIZE_BYTES / 2
const ARRIVAL_TIMEOUT_MS = 5_000
const POLL_EVERY_MS = 250
const PAUSE_MS = 300

/**
 * Checks that the proxy does not buffer request bodies. Sends half of a body and closes the connection. A proxy that
 * buffers the body never forwards this half, because the rest is missing.
 */
export async function probeBuffering(target: Target): Promise<CheckResult[]> {
  if (!(await arrives(target, { 'content-length': SIZE_BYTES }))) {
    return [
      failed(
        'request-buffering',
        'The proxy buffers a request body until it is complete. Clients have to start over after a lost connection, and large files fill the disk of the proxy. nginx: set "proxy_request_buffering off;" and "proxy_http_version 1.1;"; Caddy: remove "request_buffers" and "buffer_requests".',
      ),
    ]
  }
  if (!(await arrives(target, { 'transfer-encoding': 'chunked' }))) {
    return [
      warning(
        'chunked-buffering',
        'The proxy buffers a request body with Transfer-Encoding: chunked until it is complete. Clients of Google Cloud Storage send such bodies. nginx: set "proxy_http_version 1.1;".',
      ),
    ]
  }
  return []
}

/** Sends half of a body with these headers. Returns true when at least a part of it reached the server. */
function arrives(target: Target, headers: OutgoingHttpHeaders): Promise<boolean> {
  return withSession(target, SIZE_BYTES, async (session) => {
    const outgoing = openRequest({ method: 'PUT', url: session.uri, headers })
    const broken = once(outgoing, 'close').catch(() => {})
    outgoing.write(Buffer.alloc(SENT_BYTES, 'a'))
    await Promise.race([once(outgoing, 'drain').catch(() => {}), broken])
    // Gives the proxy time to forward the bytes before the connection closes.
    await delay(PAUSE_MS)
    outgoing.destroy()
    await broken
    for (
      const deadline = Date.now() + ARRIVAL_TIMEOUT_MS;
      Date.now() < deadline;
      await delay(POLL_EVERY_MS)
    ) {
      if ((await receivedBytes(target, session)) > 0) return true
    }
    return false
  })
}
