import {
  type ClientRequest,
  request as http,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http'
import { request as https } from 'node:https'
import { buffer } from 'node:stream/consumers'

export interface HttpRequest {
  readonly method: string
  /** Sent unchanged: a URL parser would normalize paths that a probe needs, such as `//v1`. */
  readonly url: string
  readonly headers?: OutgoingHttpHeaders
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const TIMEOUT_MS = 30_000

/** Sends a request on its own connection. Does not follow redirects. Throws when there is no response within 30 s. */
export async function sendRequest(request: HttpRequest, body?: Buffer | string): Promise<HttpResponse> {
  const outgoing = openRequest(request)
  outgoing.setTimeout(TIMEOUT_MS, () =>
    outgoing.destroy(new Error(`no response within ${TIMEOUT_MS / 1000} s`)),
  )
  outgoing.end(body)
  return responseOf(outgoing)
}

/** Opens a request. The caller writes and ends its body. */
export function openRequest({ method, url, headers = {} }: HttpRequest): ClientRequest {
  const { protocol, hostname, port } = new URL(url)
  const send = protocol === 'https:' ? https : http
  return send({
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    method,
    path: url.slice(url.indexOf('/', url.indexOf('//') + 2)),
    headers: { 'user-agent': 'waybill-doctor', ...headers },
    agent: false,
  })
}

export function responseOf(outgoing: ClientRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('close', () => reject(new Error('the connection closed without a response')))
    outgoing.on('response', (incoming) => {
      const { statusCode = 0, headers } = incoming
      buffer(incoming).then((body) => resolve({ status: statusCode, headers, body }), reject)
    })
  })
}
