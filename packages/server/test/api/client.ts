import assert from 'node:assert/strict'
import type { TestServer } from '../start-server.ts'
import { assertEnvelope, assertNothingLeaks } from './envelope.ts'
import { type Answer, exchange, json } from './exchange.ts'

export interface SendOptions {
  readonly headers?: Record<string, string>
  /** Objects are sent as JSON, strings and bytes unchanged. */
  readonly body?: unknown
  /** Headers instead of the organization's key; `{}` sends none. */
  readonly credentials?: Record<string, string>
}

export interface FileObject {
  readonly id: string
  readonly original_filename: string
  readonly path: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly file_size: number
  readonly mime_type: string
  readonly detected_mime_type: string | null
  readonly storage_path: string
  readonly organization_id: string
  readonly uploaded_by: string | null
  readonly uploaded_by_api_key_id: string | null
  readonly uploaded_at: string
  readonly damaged_at: string | null
  readonly crc32c: string
  readonly md5: string | null
  readonly sha256: string | null
}

export interface UploadUrl {
  readonly upload_url: string
  readonly gcs_path: string
  readonly file_id: string
  readonly expires_at: string
  readonly max_file_size: number
  readonly upload_type: string
  readonly chunk_size_recommended: number
}

export interface FileContent {
  readonly file_id: string
  readonly filename: string
  readonly mime_type: string
  readonly file_size: number
  readonly download_url: string
}

export interface RegisterBody {
  readonly filename: string
  readonly gcs_path: string
  readonly file_size: number
  readonly mime_type: string
}

/** File that a test uploads. */
export interface SampleFile {
  readonly filename: string
  readonly mimeType: string
  readonly bytes: Uint8Array
}

/** Upload session with the body that registers it. */
export interface Upload {
  readonly uploadUrl: string
  readonly fileId: string
  readonly register: RegisterBody
}

export interface Organization {
  readonly organizationId: string
  readonly apiKey: string
}

/** Properties of a server that clients need. */
export type Service = Pick<TestServer, 'url' | 'organizationId' | 'apiKey' | 'dataDir'>

export type Client = ReturnType<typeof createClient>

/** Sends a request to any path of the API, and asserts the properties of every answer. */
export async function sendToApi(
  server: Pick<Service, 'url' | 'dataDir'>,
  method: string,
  path: string,
  options: SendOptions = {},
): Promise<Answer> {
  const { body, headers = {}, credentials = {} } = options
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const bytes = body === undefined ? undefined : Buffer.from(raw ? body : JSON.stringify(body))
  const contentType = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await exchange(
    server.url,
    method,
    path,
    withoutEmpty({ ...contentType, ...credentials, ...headers }),
    bytes,
  )
  if (answer.status >= 500) {
    const text = answer.bytes.toString('utf8').slice(0, 500)
    assert.fail(`${method} ${path.slice(0, 100)} answered ${answer.status} ${text}`)
  }
  assert.match(String(answer.headers['x-request-id']), /^[\x21-\x7e]{1,256}$/)
  if (answer.status >= 400 && method !== 'HEAD') {
    assertEnvelope(answer)
    assertNothingLeaks(answer.bytes.toString('utf8'), server.dataDir)
  }
  return answer
}

/** Removes empty headers, so that a test case can remove a default header. */
function withoutEmpty(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
}

/** Creates a client. Paths are below the organization, for example `/files`. */
export function createClient(server: Service, organization: Organization = server) {
  const base = `/v1/organizations/${organization.organizationId}`
  const credentials = { 'x-api-key': organization.apiKey }

  const send = (method: string, path: string, options: SendOptions = {}) =>
    sendToApi(server, method, base + path, { credentials, ...options })
  const get = (path: string, options?: SendOptions) => send('GET', path, options)
  const post = (path: string, body: unknown, options?: SendOptions) =>
    send('POST', path, { body, ...options })
  const del = (path: string, options?: SendOptions) => send('DELETE', path, options)

  /** Opens a session for `bytes`, without sending them. */
  const startUpload = async ({ filename, mimeType, bytes }: SampleFile): Promise<Upload> => {
    const declared = { filename, file_size: bytes.byteLength, mime_type: mimeType }
    const answer = await post('/files/upload-url', declared)
    assert.equal(answer.status, 200, answer.bytes.toString())
    const session = json<UploadUrl>(answer)
    return {
      uploadUrl: session.upload_url,
      fileId: session.file_id,
      register: { ...declared, gcs_path: session.gcs_path },
    }
  }
  /** Uploads all bytes of a session, without registering it. */
  const storeObject = async (file: SampleFile): Promise<Upload> => {
    const upload = await startUpload(file)
    const answer = await putObject(upload.uploadUrl, file.bytes)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return upload
  }
  const register = (body: unknown, options?: SendOptions) => post('/files', body, options)
  const uploadFile = async (file: SampleFile): Promise<FileObject> => {
    const upload = await storeObject(file)
    const answer = await register(upload.register)
    assert.equal(answer.status, 201, answer.bytes.toString())
    return json<FileObject>(answer)
  }
  const content = async (fileId: string): Promise<FileContent> => {
    const answer = await get(`/files/${fileId}/content`)
    assert.equal(answer.status, 200)
    return json<FileContent>(answer)
  }
  const countFiles = async () => json<{ total: number }>(await get('/files')).total
  const countUploads = async () => json<{ total: number }>(await get('/files/uploads')).total

  return {
    ...organization,
    ...{ send, get, post, del },
    ...{ startUpload, storeObject, register, uploadFile, content, countFiles, countUploads },
  }
}

/** Sends bytes to a session URI. The URI is the credential, so no key is sent. */
export function putObject(
  uploadUrl: string,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { origin, pathname, search } = new URL(uploadUrl)
  return exchange(origin, 'PUT', pathname + search, headers, bytes)
}

export function textFile(filename = 'note.txt', text = 'a short note\n'): SampleFile {
  return { filename, mimeType: 'text/plain', bytes: Buffer.from(text) }
}
