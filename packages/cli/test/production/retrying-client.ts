import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

export interface Service {
  readonly url: string
  readonly organizationId: string
  readonly apiKey: string
}

export interface StoredFile {
  readonly id: string
  readonly sha256: string
}

export interface RetryingClient {
  /** Uploads random bytes in chunks, and registers them. */
  upload(sizeBytes: number): Promise<StoredFile>
  /** The SHA-256 of what a download gives, or the status that refuses it. */
  download(fileId: string): Promise<string | number>
  remove(fileId: string): Promise<void>
  /** Number of requests that got a 5xx or no answer, and were sent again. */
  retries(): number
}

const CHUNK_BYTES = 256 * 1024
const TYPE = 'application/octet-stream'
const FILE_NAME = 'load.bin'
const RETRIES = 50
const RETRY_AFTER_MS = 100

/** A client as they should be: it asks how far it got, and sends again what was not answered. */
export function createRetryingClient(service: () => Service): RetryingClient {
  let retries = 0
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(url, { redirect: 'manual', ...init }).catch(() => null)
      if (answer !== null && answer.status < 500) return answer
      await answer?.body?.cancel()
      assert.ok(attempt < RETRIES, `${init.method} ${new URL(url).pathname} never succeeds`)
      retries++
      await delay(RETRY_AFTER_MS)
    }
  }
  // biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that its reader expects
  const bodyOf = (answer: Response): Promise<any> => answer.json()
  const api = async (method: string, path: string, body?: object) => {
    const { url, organizationId, apiKey } = service()
    const headers = { 'x-api-key': apiKey, ...(body ? { 'content-type': 'application/json' } : {}) }
    return send(`${url}/v1/organizations/${organizationId}/files${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  }

  const upload = async (sizeBytes: number) => {
    const bytes = randomBytes(sizeBytes)
    const facts = { filename: FILE_NAME, file_size: sizeBytes, mime_type: TYPE }
    const opened = await bodyOf(await api('POST', '/upload-url', facts))
    await sendChunks(opened.upload_url, bytes, () => {
      retries++
    })
    const registered = await api('POST', '', { ...facts, gcs_path: opened.gcs_path })
    assert.equal(registered.status, 201, await registered.clone().text())
    return { id: (await bodyOf(registered)).id, sha256: sha256(bytes) }
  }
  const download = async (fileId: string) => {
    const content = await api('GET', `/${fileId}/content`)
    if (content.status !== 200) return content.status
    const answer = await send((await bodyOf(content)).download_url, { method: 'GET' })
    return answer.status === 200 ? sha256(Buffer.from(await answer.arrayBuffer())) : answer.status
  }
  const remove = async (fileId: string) => {
    const { status } = await api('DELETE', `/${fileId}`)
    // A delete that was done but not answered is sent again, and then there is nothing to delete.
    assert.ok(status === 204 || status === 404, `a delete is answered ${status}`)
  }
  return { upload, download, remove, retries: () => retries }
}

async function sendChunks(uri: string, bytes: Buffer, countRetry: () => void): Promise<void> {
  let offset: number | null = 0
  for (let attempts = 0; ; attempts++) {
    assert.ok(attempts < RETRIES + bytes.length / CHUNK_BYTES, 'an upload never ends')
    const answer: Response | null = await sendChunk(uri, bytes, offset)
    if (answer?.status === 200) return
    if (answer?.status === 308) {
      const last = /^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1]
      offset = last === undefined ? 0 : Number(last) + 1
    } else {
      const isTransient = answer === null || answer.status >= 500
      assert.ok(isTransient, `at ${offset}: ${answer?.status} ${await answer?.clone().text()}`)
      countRetry()
      offset = null
      await delay(RETRY_AFTER_MS)
    }
  }
}

/** Sends the chunk at `offset`, the end where nothing is left, or with null the question how far it is; null where no answer came. */
async function sendChunk(uri: string, bytes: Buffer, offset: number | null): Promise<Response | null> {
  const isWhole = offset === bytes.length
  const end = Math.min(bytes.length, (offset ?? 0) + CHUNK_BYTES)
  const body = offset === null || isWhole ? null : new Uint8Array(bytes.subarray(offset, end))
  // With the total the question ends an upload that is all there; without, it never does.
  const asked = isWhole ? `bytes */${bytes.length}` : 'bytes */*'
  const range = body === null ? asked : `bytes ${offset}-${end - 1}/${bytes.length}`
  return fetch(uri, { method: 'PUT', headers: { 'content-range': range }, body, redirect: 'manual' }).catch(
    () => null,
  )
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
