import { type CheckResult, warning } from '../finding.ts'
import { creationRequest, withCreated } from './created-upload.ts'
import { probeInterim } from './probe-interim.ts'
import { type HttpRequest, type HttpResponse, openRequest, responseOf, sendRequest } from './send-request.ts'
import { FILE_NAME, type Target, withSession } from './target.ts'
import {
  locationProblems,
  lostHeaders,
  methodProblems,
  missingHeaders,
  unexpectedResponse,
} from './upload-findings.ts'

const CONTENT = 'waybill'
const SIZE_BYTES = 2 * CONTENT.length
const WRONG_DIGEST = 'crc32c=:AAAAAA==:'
const OTHER_DIGEST = 'crc32c=:AAAAAQ==:'
const CREATED_HEADERS = ['Location', 'Upload-Complete', 'Upload-Offset', 'Upload-Limit']
const OFFSET_HEADERS = ['Upload-Complete', 'Upload-Offset', 'Upload-Limit', 'Upload-Length']
const CONTINUE_TIMEOUT_MS = 2_000
const EXPECTATION_FAILED = 417

/**
 * Creates an upload with the resumable uploads of the IETF and sends a part of it. Checks that the proxy changes no
 * method and no header of the protocol.
 */
export function probeIetf(target: Target): Promise<CheckResult[]> {
  const create = () => sendRequest(creationRequest(target, '/files/resumable', creationHeaders(target)))
  return withSession(target, 1, (issued) =>
    withCreated(target, create, async ({ response, uri }) => {
      const problems = creationProblems(target, response)
      if (problems.length > 0 || uri === null) return problems
      return [
        ...locationProblems(response, issued),
        ...(await appendProblems(target, uri)),
        ...(await continueProblems(uri)),
        ...(await offsetProblems(target, uri)),
        ...(await probeInterim(target)),
      ]
    }),
  )
}

/** The digest is wrong, so that a request that loses its headers does not become a file. */
function creationHeaders({ contentType }: Target) {
  return {
    'upload-complete': '?0',
    'upload-length': SIZE_BYTES,
    'content-disposition': `attachment; filename="${FILE_NAME}"`,
    'content-type': contentType,
    'content-length': 0,
    'repr-digest': WRONG_DIGEST,
  }
}

function creationProblems(target: Target, response: HttpResponse): CheckResult[] {
  // Without the header, the empty body is the whole file, and does not fit the length or the digest.
  if (response.status === 400 || response.status === 422) return lost(['Upload-Complete (request)'])
  if (response.status !== 201) throw unexpectedResponse(target, 'POST of a resumable upload', response)
  return lost(missingHeaders(response, CREATED_HEADERS))
}

/** Sends bytes that the service must refuse: with a wrong digest, and with another digest of the whole than before. */
async function appendProblems(target: Target, uri: string): Promise<CheckResult[]> {
  const digested = await sendRequest(appendRequest(uri, { 'content-digest': WRONG_DIGEST }), CONTENT)
  const announced = await sendRequest(appendRequest(uri, { 'repr-digest': OTHER_DIGEST }), CONTENT)
  const refused = methodProblems('PATCH', digested)
  if (refused.length > 0) return refused
  if (digested.status !== 204 && digested.status !== 400) {
    throw unexpectedResponse(target, 'PATCH of a resumable upload', digested)
  }
  if (digested.body.includes('send Upload-Offset')) return lost(['Upload-Offset (request)'])
  return lost([
    ...(digested.status === 204 ? ['Content-Digest (request)'] : []),
    ...(announced.status === 400 ? [] : ['Repr-Digest (request)']),
  ])
}

function appendRequest(uri: string, headers: Record<string, string>): HttpRequest {
  return {
    method: 'PATCH',
    url: uri,
    headers: {
      'upload-complete': '?0',
      'upload-offset': 0,
      'content-type': 'application/partial-upload',
      'content-length': CONTENT.length,
      ...headers,
    },
  }
}

/** Sends bytes once the answer to `Expect: 100-continue` has come, or did not come in time. */
async function continueProblems(uri: string): Promise<CheckResult[]> {
  const outgoing = openRequest(appendRequest(uri, { expect: '100-continue' }))
  const { promise: answered, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), CONTINUE_TIMEOUT_MS)
  outgoing.on('continue', () => resolve(true))
  const response = responseOf(outgoing)
  response.then(
    () => resolve(true),
    () => resolve(true),
  )
  outgoing.flushHeaders()
  const isAnswered = await answered
  clearTimeout(timer)
  outgoing.end(CONTENT)
  const { status } = await response
  if (isAnswered && status !== EXPECTATION_FAILED) return []
  const outcome = status === EXPECTATION_FAILED ? `answers it with ${status}` : 'does not answer it'
  return [
    warning(
      'continue-lost',
      `A client that sends Expect: 100-continue waits before it sends a body, and the proxy ${outcome}. curl loses a second with each upload, other clients fail. nginx and Caddy answer it; other proxies: forward Expect and 100 Continue, or remove Expect from requests.`,
    ),
  ]
}

/** Asks for the offset as a client of the final standard does, whose request has no header of the protocol. */
async function offsetProblems(target: Target, uri: string): Promise<CheckResult[]> {
  const head = await sendRequest({ method: 'HEAD', url: uri })
  const refused = methodProblems('HEAD', head)
  if (refused.length > 0) return refused
  if (head.status !== 204) throw unexpectedResponse(target, 'HEAD of a resumable upload', head)
  return lost(missingHeaders(head, OFFSET_HEADERS))
}

function lost(names: readonly string[]): CheckResult[] {
  return lostHeaders('ietf-headers-lost', "the IETF's resumable uploads", names)
}
