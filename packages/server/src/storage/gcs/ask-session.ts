import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface SessionQuestion {
  readonly method: 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
}

export interface SessionAnswer {
  readonly status: number
  /** What the session has, as its `Range` says it; empty where it says nothing. */
  readonly range: string
}

/**
 * A request without a body on a session URI. Google asks for `Content-Length: 0`, which `fetch` never sends with a DELETE.
 * Follows no redirect: 308 is an answer.
 */
export async function askSession(
  uri: string,
  { method, headers }: SessionQuestion,
  signal: AbortSignal,
): Promise<SessionAnswer> {
  const send = uri.startsWith('https:') ? requestHttps : requestHttp
  const request = send(uri, { method, headers: { ...headers, 'content-length': '0' }, signal })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  response.resume()
  return { status: response.statusCode ?? 0, range: response.headers.range ?? '' }
}
