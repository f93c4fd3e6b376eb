import { type CheckResult, failed } from '../finding.ts'
import { type HttpResponse, sendRequest } from './send-request.ts'
import { excerptOf, type Session, type Target, withSession } from './target.ts'

const CHUNK_BYTES = 256 * 1024
const SIZE_BYTES = 2 * CHUNK_BYTES
const WRONG_CRC32C = 'AAAAAA=='
const ORIGIN = 'https://doctor.example'
/** Methods and headers that pages use, those of tus included. */
const PAGE_METHODS = ['PUT', 'PATCH', 'HEAD', 'DELETE']
const PAGE_REQUEST_HEADERS = ['content-range', 'tus-resumable', 'upload-offset']
const PAGE_RESPONSE_HEADERS = ['range', 'location', 'upload-offset', 'upload-length']

/** Uploads in two chunks. Checks that the proxy does not change the status codes and headers of the upload protocol. */
export function probeProtocol(target: Target): Promise<CheckResult[]> {
  return withSession(target, SIZE_BYTES, async (session) => {
    const status = await put(session, { 'content-range': 'bytes */*' })
    if (status.status === 400) {
      return [
        failed(
          'content-range-lost',
          `The proxy removes the request header Content-Range (${excerptOf(status)}): uploads cannot resume. nginx: remove "proxy_set_header Content-Range"; Caddy: remove "header_up -Content-Range".`,
        ),
      ]
    }
    if (status.status !== 308) return [statusReplaced(status)]
    const chunk = await put(
      session,
      { 'content-range': `bytes 0-${CHUNK_BYTES - 1}/${SIZE_BYTES}` },
      Buffer.alloc(CHUNK_BYTES, 'a'),
    )
    if (chunk.status !== 308) return [statusReplaced(chunk)]
    return [
      ...rangeProblems(chunk),
      ...(await googleHeaderProblems(session, chunk)),
      ...(await crossOriginProblems(session)),
    ]
  })
}

function put(
  { uri }: Session,
  headers: Record<string, string>,
  body = Buffer.alloc(0),
): Promise<HttpResponse> {
  const request = { method: 'PUT', url: uri, headers: { 'content-length': body.length, ...headers } }
  return sendRequest(request, body)
}

function statusReplaced({ status }: HttpResponse): CheckResult {
  return failed(
    'answer-308-replaced',
    `The proxy replaces the status 308 of an unfinished upload with ${status}: clients cannot tell how many bytes were received. nginx: set "proxy_intercept_errors off;", no "error_page" for 308, no cache here; Caddy: remove "handle_response"; other proxies: do not follow 308 as a redirect.`,
  )
}

function rangeProblems({ headers }: HttpResponse): CheckResult[] {
  if (headers.range === `bytes=0-${CHUNK_BYTES - 1}`) return []
  return [
    failed(
      'range-answer-lost',
      `The proxy removes or changes the response header Range (${headers.range ?? 'missing'}): clients assume that no bytes were received, and start over. nginx: remove "proxy_hide_header Range"; Caddy: remove "header_down -Range".`,
    ),
  ]
}

/**
 * Checks the headers of Google's clients: the service must refuse a wrong hash, and must replace the status 308 when
 * the client requests it.
 */
async function googleHeaderProblems(session: Session, chunk: HttpResponse): Promise<CheckResult[]> {
  const lost: string[] = []
  if (chunk.headers['x-guploader-uploadid'] === undefined) lost.push('X-GUploader-UploadID (response)')
  const without308 = await put(session, { 'content-range': 'bytes */*', 'x-guploader-no-308': 'yes' })
  if (without308.status !== 200) lost.push('X-GUploader-No-308 (request)')
  else if (without308.headers['x-http-status-code-override'] !== '308') {
    lost.push('X-HTTP-Status-Code-Override (response)')
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
      `The proxy removes headers: ${lost.join(', ')}. Checksums are not verified, or Go clients cannot resume. nginx: remove "proxy_set_header" and "proxy_hide_header" for them; Caddy: remove "header_up" and "header_down" for them.`,
    ),
  ]
}

/** Checks the CORS headers that a browser needs to send bytes and to read how many bytes were received. */
async function crossOriginProblems({ uri }: Session): Promise<CheckResult[]> {
  const { status, headers } = await sendRequest({
    method: 'OPTIONS',
    url: uri,
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': PAGE_REQUEST_HEADERS.join(', '),
    },
  })
  const isComplete =
    status >= 200 &&
    status < 300 &&
    headers['access-control-allow-origin'] === ORIGIN &&
    hasAll(headers['access-control-allow-methods'], PAGE_METHODS) &&
    hasAll(headers['access-control-allow-headers'], PAGE_REQUEST_HEADERS) &&
    hasAll(headers['access-control-expose-headers'], PAGE_RESPONSE_HEADERS)
  if (isComplete) return []
  return [
    failed(
      'cross-origin-changed',
      `Browsers cannot upload: a preflight request returned ${status}, with Access-Control-Allow-Origin ${headers['access-control-allow-origin'] ?? 'missing'}. Waybill responds to preflight requests itself. nginx: remove "add_header Access-Control-…" and any "if ($request_method = OPTIONS)"; Caddy: remove "header Access-Control-…".`,
    ),
  ]
}

/** Returns true when the comma-separated list has all items, in any case. */
function hasAll(list: string | undefined, items: readonly string[]): boolean {
  const listed = (list ?? '').split(',').map((item) => item.trim().toLowerCase())
  return items.every((item) => listed.includes(item.toLowerCase()))
}
