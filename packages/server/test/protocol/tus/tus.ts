import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type Client, createClient, type FileObject, textFile } from '../../api/client.ts'
import { json } from '../../api/exchange.ts'
import { startApp, type TestApp } from '../../start-app.ts'
import {
  type Answer,
  type Connection,
  exchange,
  openConnection,
  type Request,
  requestHead,
} from '../exchange.ts'

export const VERSION = { 'Tus-Resumable': '1.0.0' }
export const BYTES_TYPE = { 'Content-Type': 'application/offset+octet-stream' }

export type Headers = Readonly<Record<string, string>>

/** Upload that a test created. */
export interface TusUpload {
  readonly url: string
  readonly fileId: string
}

export type TusServer = ReturnType<typeof useTus>

/** Starts one service for a test file, in the process of the test. Its log must not contain a session URL. */
export function useTus(env: Record<string, string> = {}) {
  const uploadIds: string[] = []
  let app: TestApp
  let client: Client
  before(async () => {
    app = await startApp({ env })
    client = createClient(app)
  })
  after(async () => {
    await app.stop()
    for (const id of uploadIds) assert.ok(!app.output().includes(id), 'a session URL stands in the log')
  })

  const createAt = async (url: string, headers: Headers, request: Request = {}): Promise<Answer> => {
    const all = withoutEmpty({ ...VERSION, ...headers })
    const answer = await exchange(url, { method: 'POST', ...request, headers: all })
    const { location } = answer.headers
    if (location !== undefined) uploadIds.push(new URL(location).searchParams.get('upload_id') ?? '')
    return answer
  }
  /** Sends a creation. An empty header removes a default one. */
  const create = (headers: Headers, request?: Request): Promise<Answer> =>
    createAt(`${app.baseUrl}/files/tus`, { 'X-API-Key': app.apiKey, ...headers }, request)

  return {
    get app() {
      return app
    },
    get client() {
      return client
    },
    create,
    /** Sends a creation to the URL of another organization. */
    createAt,
    /** Creates an upload of this length; null defers it. */
    async open(length: number | null, headers: Headers = {}): Promise<TusUpload> {
      const declared: Headers =
        length === null ? { 'Upload-Defer-Length': '1' } : { 'Upload-Length': String(length) }
      const answer = await create({ ...declared, ...headers })
      assert.equal(answer.status, 201, answer.body)
      return { url: answer.headers.location ?? '', fileId: answer.headers['x-waybill-file-id'] ?? '' }
    },
    /** Creates an upload URL of the JSON API, whose file a client registers. */
    async openUrl(sizeBytes: number): Promise<TusUpload> {
      const upload = await client.startUpload(textFile('note.txt', 'x'.repeat(sizeBytes)))
      return { url: upload.uploadUrl, fileId: upload.fileId }
    },
    /** Returns the File; null when there is none. */
    async file(fileId: string): Promise<FileObject | null> {
      const answer = await client.get(`/files/${fileId}`)
      return answer.status === 404 ? null : json<FileObject>(answer)
    },
    /** Returns the bytes of a File. */
    async bytes(fileId: string): Promise<Buffer> {
      const { download_url } = await client.content(fileId)
      return Buffer.from(await (await fetch(download_url)).arrayBuffer())
    },
  }
}

/** Sends a request to a session URL. An empty header removes a default one. */
export function send(
  url: string,
  method: string,
  headers: Headers = {},
  request: Request = {},
): Promise<Answer> {
  return exchange(url, { method, ...request, headers: withoutEmpty({ ...VERSION, ...headers }) })
}

/** Sends bytes at an offset. An empty header removes a default one. */
export function patch(
  url: string,
  offset: number,
  body: Uint8Array | string = '',
  headers: Headers = {},
  request: Request = {},
): Promise<Answer> {
  const defaults = { ...BYTES_TYPE, 'Upload-Offset': String(offset) }
  return send(url, 'PATCH', { ...defaults, ...headers }, { body: Buffer.from(body), ...request })
}

/** Sends the head of a request whose body the test writes. Resolves when the server reads the body. */
export async function startBytes(
  url: string,
  method: string,
  headers: Headers,
  bodyBytes: number,
): Promise<Connection> {
  const connection = await openConnection(url)
  const all = { ...VERSION, ...BYTES_TYPE, Expect: '100-continue', ...headers }
  await connection.write(requestHead(url, { method, headers: all }, bodyBytes))
  assert.equal((await connection.answer()).status, 100)
  return connection
}

/** Sends HEAD. Not with the raw client, which would wait for the body that the headers of an error may describe. */
export async function head(url: string, headers: Headers = {}): Promise<Response> {
  return fetch(url, { method: 'HEAD', headers: withoutEmpty({ ...VERSION, ...headers }) })
}

/** Returns the offset that HEAD tells. */
export async function offsetOf(url: string): Promise<number> {
  const answer = await head(url)
  assert.equal(answer.status, 200)
  return Number(answer.headers.get('upload-offset'))
}

/** Asserts a refusal in the form of this protocol. */
export function assertRefused(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.body)
  assert.match(answer.body, new RegExp(`^${code}: [\\x20-\\x7e]+$`))
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain\b/)
  assert.equal(answer.headers['tus-resumable'], '1.0.0')
}

export const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Returns `Upload-Metadata` with these values. */
export function metadata(values: Readonly<Record<string, string>>): Headers {
  const pairs = Object.entries(values).map(([key, value]) => `${key} ${base64(value)}`)
  return { 'Upload-Metadata': pairs.join(',') }
}

function withoutEmpty(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
}
