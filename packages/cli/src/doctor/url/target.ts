import { URLS } from '@waybill/server/protocols/urls.ts'
import { type Answer, exchange } from './exchange.ts'

/** What is looked at: a service, as it is reached by its clients. */
export interface Target {
  /** Without a slash at its end. */
  readonly url: string
  readonly organizationId: string
  readonly apiKey: string
  /** May be uploaded: a type that ALLOWED_MIME_TYPES has. */
  readonly contentType: string
  /** How long the slow uploads of the probes last. */
  readonly seconds: number
  /** Whether the bytes of uploads and downloads come this way too. */
  readonly takesBytes: boolean
  /** The server's own limit on silence. */
  readonly idleMs: number
}

export interface Session {
  /** Through the URL that is looked at, whatever URL was handed out. */
  readonly uri: string
  readonly handedOutUri: string
  readonly fileId: string
  readonly objectName: string
  readonly maxFileBytes: number
}

export const FILE_NAME = 'waybill-doctor.bin'

/** A request to the API with the key; `path` begins behind the organization. */
export function callApi(target: Target, method: string, path: string, body?: object): Promise<Answer> {
  return exchange(
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

/** The same, and the answer's JSON. Throws a sentence where the status is another one. */
export async function expectJson(
  target: Target,
  status: number,
  method: string,
  path: string,
  body?: object,
  // biome-ignore lint/suspicious/noExplicitAny: what a stranger answers has any shape, and each reader looks for its own
): Promise<any> {
  const answer = await callApi(target, method, path, body)
  if (answer.status === status) return JSON.parse(answer.body.toString())
  // A proxy's error page may echo the request headers.
  const said = briefly(answer).replaceAll(target.apiKey, '[hidden]')
  throw new Error(`${method} ${path} answers ${answer.status} instead of ${status}: ${said}`)
}

export function briefly({ body }: Answer): string {
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
    handedOutUri: opened.upload_url,
    fileId: opened.file_id,
    objectName: opened.gcs_path,
    maxFileBytes: opened.max_file_size,
  }
}

/** Opens a session, works with it and gives its space back. */
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

/** How many bytes of the upload the server holds, by the API's own list: no header of the protocol is needed. */
export async function receivedBytes(target: Target, { fileId }: Session): Promise<number> {
  const { uploads } = await expectJson(target, 200, 'GET', '/files/uploads?limit=100')
  const upload = uploads.find((candidate: { file_id: string }) => candidate.file_id === fileId)
  return upload?.received_bytes ?? 0
}
