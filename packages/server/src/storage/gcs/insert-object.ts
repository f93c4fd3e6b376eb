import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import type { Gcs } from './gcs.ts'
import { GoogleAnswerError } from './google-fault.ts'
import { type ObjectResource, toObjectMetadata } from './object-resource.ts'

/** Makes the object of the body, in one request, unless there is one of the name. */
export type Insert = (
  body: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) => Promise<ObjectMetadata>

/**
 * A simple upload, authorized: https://cloud.google.com/storage/docs/json_api/v1/objects/insert
 * It is made without the client, which keeps the connection of one that is broken off.
 */
export async function createInsert(
  { google, prefix }: Gcs,
  { name, contentType }: UploadSpec,
): Promise<Insert> {
  const query = new URLSearchParams({ uploadType: 'media', name: prefix + name, ifGenerationMatch: '0' })
  const url = `${google.endpoint}/upload/storage/v1/b/${google.bucket.name}/o?${query}`
  const headers = { ...(await google.authorization(url)), 'content-type': contentType }
  return async (body, signal) => {
    // Any other rule for redirects has `fetch` keep the whole body, to be able to send it a second time.
    const request = { method: 'POST', headers, body, duplex: 'half', redirect: 'error', signal } as const
    const response = await fetch(url, request)
    const answer = (await response.json().catch(() => ({}))) as ObjectResource & Refusal
    if (response.ok) return toObjectMetadata(name, answer)
    throw new GoogleAnswerError(response.status, answer.error?.message ?? response.statusText)
  }
}

interface Refusal {
  readonly error?: { readonly message?: string }
}
