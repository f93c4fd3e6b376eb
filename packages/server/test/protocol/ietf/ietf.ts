import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before } from 'node:test'
import { type Client, createClient, type FileObject, textFile } from '../../api/client.ts'
import { json } from '../../api/exchange.ts'
import { startApp, type TestApp } from '../../start-app.ts'

export type Headers = Readonly<Record<string, string>>

/** Response with the interim responses before it. */
export interface Answer {
  readonly interim: readonly { readonly status: number; readonly headers: IncomingHttpHeaders }[]
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Body {
  readonly bytes?: Uint8Array | string
  /** True to send the body without its length. */
  readonly isChunked?: boolean
}

export const PARTIAL = { 'Content-Type': 'application/partial-upload' }
export const PROBLEMS = 'https://iana.org/assignments/http-problem-types#'

/** Sends a request, and collects the interim responses. An empty header removes a default one. */
export async function exchange(
  url: string,
  method: string,
  headers: Headers = {},
  { bytes = '', isChunked = false }: Body = {},
): Promise<Answer> {
  const body = Buffer.from(bytes as string)
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
  const length: Headers = isChunked || body.length === 0 ? {} : { 'Content-Length': String(body.length) }
  const request = httpRequest(url, { method, agent: false, headers: { ...sent, ...length } })
  const interim: { status: number; headers: IncomingHttpHeaders }[] = []
  request.on('information', (info) => interim.push({ status: info.statusCode, headers: info.headers }))
  if (isChunked) request.write(body)
  request.end(isChunked ? undefined : body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { interim, status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}

/** Appends bytes to an upload. */
export function patch(
  url: string,
  offset: number,
  isComplete: boolean,
  bytes: Uint8Array | string = '',
  headers: Headers = {},
  body: Body = {},
): Promise<Answer> {
  const complete = { 'Upload-Offset': String(offset), 'Upload-Complete': isComplete ? '?1' : '?0' }
  return exchange(url, 'PATCH', { ...PARTIAL, ...complete, ...headers }, { bytes, ...body })
}

export const head = (url: string, headers: Headers = {}) => exchange(url, 'HEAD', headers)

/** Starts one service for a test file, in the process of the test. Its log must not contain a session URL. */
export function useIetf(env: Record<string, string> = {}, start = () => startApp({ env })) {
  const uploadIds: string[] = []
  let app: TestApp
  let client: Client
  before(async () => {
    app = await start()
    client = createClient(app)
  })
  after(async () => {
    await app.stop()
    for (const id of uploadIds) assert.ok(!app.output().includes(id), 'a session URL stands in the log')
  })

  /** Asserts at the end that the session URL is not in the log. */
  const hide = (location: string | undefined) => {
    const id = new URL(location ?? 'http://none').searchParams.get('upload_id')
    if (id !== null) uploadIds.push(id)
  }
  const create = async (headers: Headers, body: Body = {}, method = 'POST'): Promise<Answer> => {
    const answer = await exchange(
      `${app.baseUrl}/files/resumable`,
      method,
      { 'X-API-Key': app.apiKey, 'Content-Type': 'text/plain', ...headers },
      body,
    )
    hide(answer.headers.location)
    return answer
  }

  return {
    get app() {
      return app
    },
    get client() {
      return client
    },
    create,
    hide,
    /** Creates an upload that has no bytes yet; returns its URL. */
    async open(headers: Headers = {}): Promise<string> {
      const answer = await create({ 'Upload-Complete': '?0', ...headers })
      assert.equal(answer.status, 201, answer.body)
      return answer.headers.location ?? ''
    },
    /** Creates an upload URL of the JSON API, whose file a client registers. */
    async openUrl(sizeBytes: number): Promise<string> {
      return (await client.startUpload(textFile('note.txt', 'x'.repeat(sizeBytes)))).uploadUrl
    },
    /** Returns the File; null when there is none. */
    async file(fileId: string): Promise<FileObject | null> {
      const answer = await client.get(`/files/${fileId}`)
      return answer.status === 404 ? null : json<FileObject>(answer)
    },
    /** Returns the bytes of a File. */
    async text(fileId: string): Promise<string> {
      const { download_url } = await client.content(fileId)
      return (await fetch(download_url)).text()
    },
  }
}

/** Asserts a refusal of the protocol. `type` is null for a problem without a type of its own. */
export function assertProblem(answer: Answer, status: number, type: string | null): void {
  assert.equal(answer.status, status, answer.body)
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  assert.equal(answer.headers['upload-complete'], '?0')
  const body = JSON.parse(answer.body) as { type: string; title: string; status: number }
  assert.equal(body.type, type === null ? 'about:blank' : PROBLEMS + type)
  assert.equal(body.status, status)
  assert.ok(body.title.length > 0)
}

/** Asserts an error of the target of an upload. */
export function assertError(answer: Answer, status: number, code: string, isComplete = true): void {
  assert.equal(answer.status, status, answer.body)
  assert.equal(answer.headers['upload-complete'], isComplete ? '?1' : '?0')
  const { error } = JSON.parse(answer.body) as { error: { code: string; status: number } }
  assert.deepEqual([error.code, error.status], [code, status])
}
