import assert from 'node:assert/strict'
import { assertNothingLeaks } from '../api/envelope.ts'
import { type Answer, exchange, json } from '../api/exchange.ts'
import type { TestApp } from '../start-app.ts'

export interface Sent {
  readonly headers?: Record<string, string>
  /** Objects are sent as JSON, texts and bytes unchanged. */
  readonly body?: unknown
  readonly apiKey?: string
}

export interface OpenaiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** Part of a form. */
export interface FormPart {
  readonly name: string
  readonly value: string | Uint8Array
  readonly filename?: string
  readonly type?: string
}

/** Sends a request to `/v1…` with the key of the server's organization. */
export function send(server: TestApp, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { body, apiKey = server.apiKey, headers = {} } = sent
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const bytes = isRaw ? Buffer.from(body) : Buffer.from(body === undefined ? '' : JSON.stringify(body))
  const type: Record<string, string> =
    body === undefined || isRaw ? {} : { 'content-type': 'application/json' }
  return exchange(
    server.url,
    method,
    `/v1${path}`,
    { authorization: `Bearer ${apiKey}`, ...type, ...headers },
    body === undefined ? undefined : bytes,
  )
}

/** Asserts the status and the complete form of an error; returns it. */
export function assertError(
  answer: Answer,
  status: number,
  expected: Partial<OpenaiError> = {},
): OpenaiError {
  const text = answer.bytes.toString()
  assert.equal(answer.status, status, text)
  const { error, ...rest } = json<{ error: OpenaiError }>(answer)
  assert.deepEqual(rest, {})
  assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type'])
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error'
  assert.deepEqual(error, { ...error, type, ...expected }, text)
  assert.ok(error.message.length > 0)
  assert.equal(answer.headers['openai-version'], '2020-10-01')
  assertNothingLeaks(text, '/waybill-test-')
  return error
}

export async function sendOk<T>(server: TestApp, method: string, path: string, sent: Sent = {}): Promise<T> {
  const answer = await send(server, method, path, sent)
  assert.equal(answer.status, 200, answer.bytes.toString())
  return json<T>(answer)
}

/** Returns the bytes of a form with this boundary. */
export function formOf(parts: readonly FormPart[], boundary: string): Buffer {
  const chunks = parts.flatMap(({ name, value, filename, type }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`
    const typed = type === undefined ? '' : `\r\nContent-Type: ${type}`
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${typed}\r\n\r\n`
    return [Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')]
  })
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)])
}

/** Sends a form to `POST /files`. */
export function sendForm(server: TestApp, parts: readonly FormPart[], apiKey?: string): Promise<Answer> {
  return send(server, 'POST', '/files', {
    body: formOf(parts, 'xyz'),
    headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
    ...(apiKey === undefined ? {} : { apiKey }),
  })
}

/** Uploads a text file; returns its id. */
export async function uploadText(server: TestApp, text = 'hello', filename = 'a.txt'): Promise<string> {
  const answer = await sendForm(server, [
    { name: 'purpose', value: 'assistants' },
    { name: 'file', value: text, filename, type: 'text/plain' },
  ])
  assert.equal(answer.status, 200, answer.bytes.toString())
  return json<{ id: string }>(answer).id
}
