import { URLS } from '@waybill/server/protocols/urls.ts'
import { type HttpRequest, type HttpResponse, sendRequest } from './send-request.ts'
import { callApi, type Target } from './target.ts'

/** An upload that a protocol's own creation URL created. */
export interface CreatedUpload {
  readonly response: HttpResponse
  /** URL of the upload at the tested URL, whatever `Location` says; null without a usable `Location`. */
  readonly uri: string | null
}

/** Sends a request that creates an upload, runs `work`, and deletes the upload with all that came of it. */
export async function withCreated<T>(
  target: Target,
  send: () => Promise<HttpResponse>,
  work: (upload: CreatedUpload) => Promise<T>,
): Promise<T> {
  const response = await send()
  const uri = sessionAt(target, response.headers.location)
  try {
    return await work({ response, uri })
  } finally {
    await remove(target, response, uri)
  }
}

/** Sends a request to a creation URL with the key. `path` is relative to the organization. */
export function creationRequest(target: Target, path: string, headers: HttpRequest['headers']): HttpRequest {
  return {
    method: 'POST',
    url: `${target.url}/v1/organizations/${target.organizationId}${path}`,
    headers: { 'x-api-key': target.apiKey, ...headers },
  }
}

/** Returns the URL of an upload at the tested URL; null when `location` is not the URL of an upload. */
export function sessionAt({ url }: Target, location: string | undefined): string | null {
  const issued = location === undefined ? null : URL.parse(location, url)
  return issued?.searchParams.has('upload_id') ? `${url}${URLS.uploadSession}${issued.search}` : null
}

async function remove(target: Target, response: HttpResponse, uri: string | null): Promise<void> {
  const fileId = response.headers['x-waybill-file-id']
  if (typeof fileId !== 'string') {
    if (uri !== null) await sendRequest({ method: 'DELETE', url: uri })
    return
  }
  const { status } = await callApi(target, 'DELETE', `/files/uploads/${fileId}`)
  // Without its headers, a request can be that of a whole file.
  if (status !== 204) await callApi(target, 'DELETE', `/files/${fileId}`)
}
