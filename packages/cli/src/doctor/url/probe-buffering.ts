import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { failed, type Seen, warning } from '../finding.ts'
import { openRequest } from './exchange.ts'
import { receivedBytes, type Target, withSession } from './target.ts'

const SIZE_BYTES = 512 * 1024
const SENT_BYTES = SIZE_BYTES / 2
const ARRIVES_WITHIN_MS = 5_000
const LOOK_EVERY_MS = 250
const PAUSE_MS = 300

/**
 * Sends half of a body and breaks off. Where the proxy passes bytes on as they come, the server has kept them; where it
 * waits for the end, none has ever left it.
 */
export async function probeBuffering(target: Target): Promise<Seen[]> {
  if (!(await arrives(target, { 'content-length': SIZE_BYTES }))) {
    return [
      failed(
        'request-buffering',
        'The proxy holds a body back until it is complete: after a lost connection clients begin anew, and large files fill the proxy’s disk. nginx: «proxy_request_buffering off;» and «proxy_http_version 1.1;»; Caddy: remove «request_buffers» and «buffer_requests».',
      ),
    ]
  }
  if (!(await arrives(target, { 'transfer-encoding': 'chunked' }))) {
    return [
      warning(
        'chunked-buffering',
        'The proxy holds a body without a length (Transfer-Encoding: chunked) back until it is complete, and Google’s clients send such. nginx: «proxy_http_version 1.1;».',
      ),
    ]
  }
  return []
}

function arrives(target: Target, headers: OutgoingHttpHeaders): Promise<boolean> {
  return withSession(target, SIZE_BYTES, async (session) => {
    const outgoing = openRequest({ method: 'PUT', url: session.uri, headers })
    const broken = once(outgoing, 'close').catch(() => {})
    outgoing.write(Buffer.alloc(SENT_BYTES, 'a'))
    await Promise.race([once(outgoing, 'drain').catch(() => {}), broken])
    // What goes on at once could overtake itself on its way through the proxy.
    await delay(PAUSE_MS)
    outgoing.destroy()
    await broken
    for (const deadline = Date.now() + ARRIVES_WITHIN_MS; Date.now() < deadline; await delay(LOOK_EVERY_MS)) {
      if ((await receivedBytes(target, session)) > 0) return true
    }
    return false
  })
}
