import type { CheckResult } from '../finding.ts'
import { creationRequest, withCreated } from './created-upload.ts'
import { type HttpResponse, sendRequest } from './send-request.ts'
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
const VERSION = { 'tus-resumable': '1.0.0' }
const WRONG_CHECKSUM = 'crc32c AAAAAA=='
const CHECKSUM_MISMATCH = 460
const CREATED_HEADERS = ['Location', 'Tus-Resumable', 'Upload-Offset', 'Upload-Expires']
const OFFSET_HEADERS = ['Tus-Resumable', 'Upload-Offset', 'Upload-Length']

/** Creates an upload with tus 1.0 and sends half of it. Checks that the proxy changes no method and no header of tus. */
export function probeTus(target: Target): Promise<CheckResult[]> {
  return withSession(target, 1, (issued) =>
    withCreated(
      target,
      () => sendRequest(creationRequest(target, '/files/tus', creationHeaders(target))),
      async ({ response, uri }) => {
        const problems = creationProblems(target, response)
        if (problems.length > 0 || uri === null) return problems
        return [...locationProblems(response, issued), ...(await sessionProblems(target, uri))]
      },
    ),
  )
}

function metadataOf({ contentType }: Target): string {
  return `filename ${btoa(FILE_NAME)},filetype ${btoa(contentType)}`
}

function creationHeaders(target: Target) {
  return {
    ...VERSION,
    'upload-length': SIZE_BYTES,
    'upload-metadata': metadataOf(target),
    'content-length': 0,
  }
}

function creationProblems(target: Target, response: HttpResponse): CheckResult[] {
  const text = response.body.toString()
  if (response.status === 412) return lost(['Tus-Resumable (request)'])
  if (response.status === 400 && text.includes('upload-length')) return lost(['Upload-Length (request)'])
  if (response.status !== 201) throw unexpectedResponse(target, 'POST of tus', response)
  return lost(missingHeaders(response, CREATED_HEADERS))
}

/** Sends the requests that a client of tus sends to a session URL. */
async function sessionProblems(target: Target, uri: string): Promise<CheckResult[]> {
  const head = await sendRequest({ method: 'HEAD', url: uri, headers: VERSION })
  const patch = await append(uri, 'PATCH', { 'upload-checksum': WRONG_CHECKSUM })
  const overridden = await append(uri, 'POST', { 'x-http-method-override': 'PATCH' })
  const cancelled = await sendRequest({ method: 'DELETE', url: uri, headers: VERSION })
  return [
    ...methodProblems('HEAD', head),
    ...methodProblems('PATCH', patch),
    ...methodProblems('DELETE', cancelled),
    ...lost([
      ...offsetLosses(target, head),
      ...appendLosses(target, patch),
      ...(overridden.status === 405 ? ['X-HTTP-Method-Override (request)'] : []),
    ]),
  ]
}

function append(uri: string, method: string, headers: Record<string, string>): Promise<HttpResponse> {
  return sendRequest(
    {
      method,
      url: uri,
      headers: {
        ...VERSION,
        'upload-offset': 0,
        'content-type': 'application/offset+octet-stream',
        'content-length': CONTENT.length,
        ...headers,
      },
    },
    CONTENT,
  )
}

/** Metadata is lost when the request or the response lost it: which one cannot be told apart. */
function offsetLosses(target: Target, head: HttpResponse): string[] {
  if (methodProblems('HEAD', head).length > 0) return []
  if (head.status !== 200) throw unexpectedResponse(target, 'HEAD of tus', head)
  const isSame = head.headers['upload-metadata'] === metadataOf(target)
  return [...missingHeaders(head, OFFSET_HEADERS), ...(isSame ? [] : ['Upload-Metadata'])]
}

function appendLosses(target: Target, patch: HttpResponse): string[] {
  switch (patch.status) {
    case CHECKSUM_MISMATCH:
      return []
    case 204:
      return ['Upload-Checksum (request)']
    case 400:
      return ['Upload-Offset (request)']
    default:
      if (methodProblems('PATCH', patch).length > 0) return []
      throw unexpectedResponse(target, 'PATCH of tus', patch)
  }
}

function lost(names: readonly string[]): CheckResult[] {
  return lostHeaders('tus-headers-lost', 'tus', names)
}
