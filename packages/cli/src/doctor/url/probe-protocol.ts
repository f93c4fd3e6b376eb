import { failed, type Seen } from '../finding.ts'
import { type Answer, exchange } from './exchange.ts'
import { briefly, type Session, type Target, withSession } from './target.ts'

const CHUNK_BYTES = 256 * 1024
const SIZE_BYTES = 2 * CHUNK_BYTES
const WRONG_CRC32C = 'AAAAAA=='
const ORIGIN = 'https://doctor.example'

/** Plays an upload in two chunks, and looks whether the protocol's status, and each of its headers, gets through. */
export function probeProtocol(target: Target): Promise<Seen[]> {
  return withSession(target, SIZE_BYTES, async (session) => {
    const asked = await put(session, { 'content-range': 'bytes */*' })
    if (asked.status === 400) {
      return [
        failed(
          'content-range-lost',
          `The request's header Content-Range does not arrive (${briefly(asked)}): no upload can be resumed. nginx: remove «proxy_set_header Content-Range»; Caddy: remove «header_up -Content-Range».`,
        ),
      ]
    }
    if (asked.status !== 308) return [replaced(asked)]
    const chunk = await put(
      session,
      { 'content-range': `bytes 0-${CHUNK_BYTES - 1}/${SIZE_BYTES}` },
      Buffer.alloc(CHUNK_BYTES, 'a'),
    )
    if (chunk.status !== 308) return [replaced(chunk)]
    return [
      ...rangeFaults(chunk),
      ...(await googleFaults(session, chunk)),
      ...(await crossOriginFaults(session)),
    ]
  })
}

function put({ uri }: Session, headers: Record<string, string>, body = Buffer.alloc(0)): Promise<Answer> {
  const question = { method: 'PUT', url: uri, headers: { 'content-length': body.length, ...headers } }
  return exchange(question, body)
}

function replaced({ status }: Answer): Seen {
  return failed(
    'answer-308-replaced',
    `An unfinished upload answers 308, and ${status} arrives: clients cannot tell how far it is. nginx: «proxy_intercept_errors off;», no «error_page» for 308, no cache here; Caddy: remove «handle_response»; elsewhere: let no 308 be followed.`,
  )
}

function rangeFaults({ headers }: Answer): Seen[] {
  if (headers.range === `bytes=0-${CHUNK_BYTES - 1}`) return []
  return [
    failed(
      'range-answer-lost',
      `The answer's header Range does not arrive (${headers.range ?? 'there is none'}): clients take it that nothing was received, and begin anew. nginx: remove «proxy_hide_header Range»; Caddy: remove «header_down -Range».`,
    ),
  ]
}

/** A hash that is wrong must be refused, and a client that cannot take a 308 must be spared it. */
async function googleFaults(session: Session, chunk: Answer): Promise<Seen[]> {
  const lost: string[] = []
  if (chunk.headers['x-guploader-uploadid'] === undefined) lost.push('X-GUploader-UploadID (answer)')
  const spared = await put(session, { 'content-range': 'bytes */*', 'x-guploader-no-308': 'yes' })
  if (spared.status !== 200) lost.push('X-GUploader-No-308 (request)')
  else if (spared.headers['x-http-status-code-override'] !== '308') {
    lost.push('X-HTTP-Status-Code-Override (answer)')
  }
  const ended = await put(
    session,
    {
      'content-range': `bytes ${CHUNK_BYTES}-${SIZE_BYTES - 1}/${SIZE_BYTES}`,
      'x-goog-hash': `crc32c=${WRONG_CRC32C}`,
    },
    Buffer.alloc(CHUNK_BYTES, 'a'),
  )
  if (ended.status === 200) lost.push('X-Goog-Hash (request)')
  if (lost.length === 0) return []
  return [
    failed(
      'google-headers-lost',
      `Headers do not get through: ${lost.join(', ')}. Checksums are not checked, or Go clients cannot resume. nginx: remove «proxy_set_header» and «proxy_hide_header» for them; Caddy: remove «header_up» and «header_down» for them.`,
    ),
  ]
}

/** What a browser needs before it sends a chunk, and to read how far it got. */
async function crossOriginFaults({ uri }: Session): Promise<Seen[]> {
  const { status, headers } = await exchange({
    method: 'OPTIONS',
    url: uri,
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-range',
    },
  })
  const isWhole =
    status >= 200 &&
    status < 300 &&
    headers['access-control-allow-origin'] === ORIGIN &&
    /content-range/i.test(headers['access-control-allow-headers'] ?? '') &&
    /range/i.test(headers['access-control-expose-headers'] ?? '')
  if (isWhole) return []
  return [
    failed(
      'cross-origin-changed',
      `Browsers cannot upload: a preflight is answered ${status}, with Access-Control-Allow-Origin ${headers['access-control-allow-origin'] ?? 'missing'}. Waybill answers preflights itself. nginx: remove «add_header Access-Control-…» and any «if ($request_method = OPTIONS)»; Caddy: remove «header Access-Control-…».`,
    ),
  ]
}
