import { URLS } from '@waybill/server/protocols/urls.ts'
import { type HttpResponse, sendRequest } from './send-request.ts'

/** The service to test, addressed like clients address it. */
export interface Target {
  /** Has no slash at the end. */
  readonly url: string
  readonly organizationId: string
  readonly apiKey: string
  /** Content type that ALLOWED_MIME_TYPES allows. */
  readonly contentType: string
  /** Duration of the slow test uploads. */
  readonly seconds: number
  /** True when the bytes of uploads and downloads go through this URL; false when they go directly to a provider. */
  readonly receivesBytes: boolean
  /** The server's idle timeout for uploads. */
  readonly idleMs: number
  /** Version of the IETF draft whose clients get interim responses (104); null when none get them. */
  readonly interopVersion: number | null
}

export interface Session {
  /** Session URI at the tested URL, even if the service issued another one. */
  readonly uri: string
  readonly issuedUri: string
  readonly fileId: string
  readonly objectName: string
  readonly maxFileBytes: number
}

export const FILE_NAME = 'waybill-doctor.bin'

/** Sends an API request with the key. `path` is relative to the organization. */
export function callApi(target: Target, method: string, path: string, body?: object): Promise<HttpResponse> {
  return sendRequest(
    {
      method,
      url: `${target.url}/v1/organizations/${target.organizationId}${path}`,
      headers: {
        'x-api-key': target.apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    },
    body && JSON.stringify(body),
  )
}

/** Sends an API request and returns the JSON of its response. Throws when the response has another status. */
export async function expectJson(
  target: Target,
  status: number,
  method: string,
  path: string,
  body?: object,
  // biome-ignore lint/suspicious/noExplicitAny: each caller reads the fields that it needs
): Promise<any> {
  const response = await callApi(target, method, path, body)
  if (response.status === status) return JSON.parse(response.body.toString())
  // A proxy's error page may echo the request headers.
  const text = excerptOf(response).replaceAll(target.apiKey, '[hidden]')
  throw new Error(`${method} ${path} returned ${response.status} instead of ${status}: ${text}`)
}

/** Returns the beginning of a response body for a message. */
export function excerptOf({ body }: HttpResponse): string {
  return JSON.stringify(body.toString('utf8', 0, 300))
}

export async function openSession(
  target: Target,
  sizeBytes: number,
  contentType = target.contentType,
): Promise<Session> {
  const opened = await expectJson(target, 200, 'POST', '/files/upload-url', {
    filename: FILE_NAME,
    file_size: sizeBytes,
    mime_type: contentType,
  })
  return {
    uri: `${target.url}${URLS.uploadSession}${new URL(opened.upload_url).search}`,
    issuedUri: opened.upload_url,
    fileId: opened.file_id,
    objectName: opened.gcs_path,
    maxFileBytes: opened.max_file_size,
  }
}

/** Opens a session, runs `work` and cancels the session, which releases its quota. */
export async function withSession<T>(
  target: Target,
  sizeBytes: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(target, sizeBytes)
  try {
    return await work(session)
  } finally {
    await callApi(target, 'DELETE', `/files/uploads/${session.fileId}`)
  }
}

/** Returns how many bytes the server has received, from the API's list of uploads. Needs no header of the protocol. */
export async function receivedBytes(target: Target, { fileId }: Session): Promise<number> {
  const { uploads } = await expectJson(target, 200, 'GET', '/files/uploads?limit=100')
  const upload = uploads.find((candidate: { file_id: string }) => candidate.file_id === fileId)
  return upload?.received_bytes ?? 0
}
