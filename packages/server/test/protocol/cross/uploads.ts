import assert from 'node:assert/strict'
import { createClient, type Service, textFile } from '../../api/client.ts'
import { type Connection, exchange } from '../exchange.ts'
import * as ietf from '../ietf/ietf.ts'
import * as tus from '../tus/tus.ts'

/** Upload on which requests of several protocols follow each other. */
export interface Upload {
  readonly url: string
  readonly fileId: string
  /** Connection of a request that is still running; null for none. */
  readonly running: Connection | null
}

/** Creates an upload of tus. A null length is deferred. */
export async function createByTus(
  { url, organizationId, apiKey }: Service,
  length: number | null,
): Promise<Upload> {
  const answer = await exchange(`${url}/v1/organizations/${organizationId}/files/tus`, {
    method: 'POST',
    headers: {
      ...tus.VERSION,
      'X-API-Key': apiKey,
      ...(length === null ? { 'Upload-Defer-Length': '1' } : { 'Upload-Length': String(length) }),
    },
  })
  assert.equal(answer.status, 201, answer.body)
  return uploadOf(answer.headers)
}

/** Creates an incomplete upload of the IETF protocol, with its first bytes. */
export async function createByIetf(
  { url, organizationId, apiKey }: Service,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array | string = '',
): Promise<Upload> {
  const answer = await ietf.exchange(
    `${url}/v1/organizations/${organizationId}/files/resumable`,
    'POST',
    {
      'X-API-Key': apiKey,
      'Content-Type': 'application/octet-stream',
      'Upload-Complete': '?0',
      ...headers,
    },
    { bytes },
  )
  assert.equal(answer.status, 201, answer.body)
  return uploadOf(answer.headers)
}

/** Creates an upload URL of the JSON API, whose file a client registers. */
export async function createByApi(service: Service, sizeBytes: number): Promise<Upload> {
  const { uploadUrl, fileId } = await createClient(service).startUpload(
    textFile('note.txt', 'x'.repeat(sizeBytes)),
  )
  return { url: uploadUrl, fileId, running: null }
}

/** Returns the bytes of a File; null when there is none. */
export async function bytesOf(service: Service, { fileId }: Upload): Promise<Buffer | null> {
  const client = createClient(service)
  if ((await client.get(`/files/${fileId}`)).status === 404) return null
  const { download_url } = await client.content(fileId)
  return Buffer.from(await (await fetch(download_url)).arrayBuffer())
}

/** Asserts that the File exists with these bytes. A failure does not print them. */
export async function assertFile(service: Service, upload: Upload, bytes: Uint8Array): Promise<void> {
  const stored = await bytesOf(service, upload)
  assert.ok(stored, 'there is no File')
  assert.ok(stored.equals(bytes), `the File has ${stored.length} other bytes`)
}

export async function assertNoFile(service: Service, upload: Upload): Promise<void> {
  assert.ok((await bytesOf(service, upload)) === null, 'there is a File')
}

export async function deleteFile(service: Service, { fileId }: Upload): Promise<void> {
  const answer = await createClient(service).del(`/files/${fileId}`)
  assert.equal(answer.status, 204, answer.bytes.toString())
}

function uploadOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Upload {
  const { location, 'x-waybill-file-id': fileId } = headers
  assert.ok(typeof location === 'string' && typeof fileId === 'string')
  return { url: location, fileId, running: null }
}
