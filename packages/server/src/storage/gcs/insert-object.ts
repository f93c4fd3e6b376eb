import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import type { Gcs } from './gcs.ts'
import { GoogleResponseError } from './google-fault.ts'
import { type ObjectResource, toObjectMetadata } from './object-resource.ts'

/** Creates an object from the body with one request. Fails with status 412 when an object of this name exists. */
export type Insert = (
  body: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) => Promise<ObjectMetadata>

/**
 * Returns an authorized simple upload: https://cloud.google.com/storage/docs/json_api/v1/objects/insert
 * It does not use the client, which keeps the connection of an aborted upload open.
 */
export async function createInsert(
  { google, prefix }: Gcs,
  { name, contentType }: UploadSpec,
): Promise<Insert> {
  const query = new URLSearchParams({ uploadType: 'media', name: prefix + name, ifGenerationMatch: '0' })
  const url = `${google.endpoint}/upload/storage/v1/b/${google.bucket.name}/o?${query}`
  const headers = { ...(await google.authorization(url)), 'content-type': contentType }
  return async (body, signal) => {
    // With any other redirect mode, `fetch` keeps the complete body in memory to send it again.
    const request = { method: 'POST', headers, body, duplex: 'half', redirect: 'error', signal } as const
    const response = await fetch(url, request)
    const result = (await response.json().catch(() => ({}))) as ObjectResource & Refusal
    if (response.ok) return toObjectMetadata(name, result)
    throw new GoogleResponseError(response.status, result.error?.message ?? response.statusText)
  }
}

interface Refusal {
  readonly error?: { readonly message?: string }
}
