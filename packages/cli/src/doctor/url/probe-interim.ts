import { type CheckResult, failed, note } from '../finding.ts'
import { creationRequest, sessionAt } from './created-upload.ts'
import { openRequest, responseOf, sendRequest } from './send-request.ts'
import type { Target } from './target.ts'

const UPLOAD_RESUMPTION_SUPPORTED = 104
const TIMEOUT_MS = 10_000

/**
 * Creates an upload with the IETF's resumable uploads as a client that wants interim responses (104) does. Checks that
 * the proxy forwards or drops them. A proxy that takes one for the final response breaks the upload. The request header
 * Upload-Complete must be known to arrive: without it, the request would store an empty file.
 */
export async function probeInterim(target: Target): Promise<CheckResult[]> {
  const { contentType, interopVersion } = target
  if (interopVersion === null) return []
  const headers = {
    'upload-complete': '?0',
    'upload-draft-interop-version': interopVersion,
    'content-type': contentType,
    'content-length': 0,
  }
  let toldLocation: string | undefined
  // On a connection that closes after the response: a client that keeps it may not notice the fault.
  const outgoing = openRequest(creationRequest(target, '/files/resumable', headers))
  outgoing.on('information', ({ statusCode, headers: { location } }) => {
    if (statusCode === UPLOAD_RESUMPTION_SUPPORTED) toldLocation ??= location
  })
  outgoing.setTimeout(TIMEOUT_MS, () => outgoing.destroy()).end()
  const response = await responseOf(outgoing).catch(() => null)
  const uri = sessionAt(target, toldLocation ?? response?.headers.location)
  if (uri !== null) await sendRequest({ method: 'DELETE', url: uri })
  if (response === null) return [interimBroken()]
  return toldLocation === undefined ? [interimLost()] : []
}

function interimBroken(): CheckResult {
  return failed(
    'interim-responses-broken',
    "The proxy takes an interim response (104) for the final one: uploads of clients of the IETF's resumable uploads fail. Set RUFH_INTEROP=none and restart the server. nginx does not forward interim responses; Caddy does.",
  )
}

function interimLost(): CheckResult {
  return note(
    'interim-responses-lost',
    "The proxy drops interim responses (104), or the request header Upload-Draft-Interop-Version. Uploads work, but clients of the IETF's resumable uploads learn the upload URL only from the final response: to be able to resume, they first create the upload with Upload-Complete: ?0 and no content.",
  )
}
