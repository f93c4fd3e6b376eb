import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface SessionRequest {
  readonly method: 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
}

export interface SessionResponse {
  readonly status: number
  /** `Range` header: the bytes that the session has received; empty when absent. */
  readonly range: string
}

/**
 * Sends a request without a body to a session URI. Google requires `Content-Length: 0`, which `fetch` never sends with a
 * DELETE. Does not follow redirects: 308 is a regular response.
 */
export async function requestSession(
  uri: string,
  { method, headers }: SessionRequest,
  signal: AbortSignal,
): Promise<SessionResponse> {
  const send = uri.startsWith('https:') ? requestHttps : requestHttp
  const request = send(uri, { method, headers: { ...headers, 'content-length': '0' }, signal })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  response.resume()
  return { status: response.statusCode ?? 0, range: response.headers.range ?? '' }
}
