import { type CheckResult, failed } from '../finding.ts'
import type { HttpResponse } from './send-request.ts'
import { excerptOf, type Session, type Target } from './target.ts'

/** Statuses with which proxies refuse a method. */
const METHOD_REFUSALS = [403, 405, 501]

/** Returns the finding that a proxy refused a method on a session URL; none for another status. */
export function methodProblems(method: string, { status }: HttpResponse): CheckResult[] {
  if (!METHOD_REFUSALS.includes(status)) return []
  return [
    failed(
      'method-refused',
      `The proxy refuses or changes ${method} on upload URLs (${status}): clients of tus and of the IETF's resumable uploads cannot upload. nginx: remove "limit_except" and any "if ($request_method …)"; Caddy: remove matchers with "method".`,
    ),
  ]
}

/** Returns the finding that `Location` of a created upload is not the URL that the service issues; none if it is. */
export function locationProblems({ headers }: HttpResponse, { issuedUri }: Session): CheckResult[] {
  const [issued] = issuedUri.split('?', 1)
  const { location } = headers
  // Another finding reports that it is missing.
  if (location === undefined || location.startsWith(`${issued}?`)) return []
  const [changed] = location.split('?', 1)
  return [
    failed(
      'location-changed',
      `The proxy changes the response header Location of a created upload from ${issued} to ${changed}: clients send the bytes elsewhere. nginx: set "proxy_redirect off;"; Caddy: remove "header_down Location".`,
    ),
  ]
}

/** Returns the finding that the proxy removes headers of an upload protocol; none when `lost` is empty. */
export function lostHeaders(code: string, clients: string, lost: readonly string[]): CheckResult[] {
  if (lost.length === 0) return []
  return [
    failed(
      code,
      `The proxy removes headers: ${lost.join(', ')}. Clients of ${clients} fail, or nothing verifies their bytes. nginx: remove "proxy_set_header" and "proxy_hide_header" for them; Caddy: remove "header_up" and "header_down" for them.`,
    ),
  ]
}

/** Returns the error for a response that no check explains. `request` names the request. */
export function unexpectedResponse(target: Target, request: string, response: HttpResponse): Error {
  // A proxy's error page may echo the request headers.
  const text = excerptOf(response).replaceAll(target.apiKey, '[hidden]')
  return new Error(`${request} returned ${response.status}: ${text}`)
}

/** Returns the names of response headers that are missing, for `lostHeaders`. */
export function missingHeaders({ headers }: HttpResponse, names: readonly string[]): string[] {
  return names.filter((name) => headers[name.toLowerCase()] === undefined).map((name) => `${name} (response)`)
}
