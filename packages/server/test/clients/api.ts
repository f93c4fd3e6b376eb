import assert from 'node:assert/strict'
import type { TestServer } from '../start-server.ts'
import { type RandomFile, sha256Of } from './random-file.ts'

export const MIME_TYPE = 'application/octet-stream'

export interface UploadTicket {
  readonly upload_url: string
  readonly gcs_path: string
  readonly file_id: string
}

export interface FileAnswer {
  readonly id: string
  readonly original_filename: string
  readonly file_size: number
  readonly mime_type: string
  readonly storage_path: string
  readonly crc32c: string
  readonly md5: string | null
}

export interface ApiAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts
  readonly body: any
}

export interface Download {
  readonly status: number
  readonly sha256: string
}

/** API requests before and after an upload, for tests of the upload itself. */
export interface Api {
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>
  uploadUrl(filename: string, sizeBytes: number, checksums?: readonly string[]): Promise<UploadTicket>
  register(ticket: UploadTicket, filename: string, sizeBytes: number): Promise<FileAnswer>
  downloadUrl(fileId: string): Promise<string>
  download(fileId: string): Promise<Download>
  /** Registers an upload and compares its download with the file. */
  assertArrived(ticket: UploadTicket, filename: string, file: RandomFile): Promise<FileAnswer>
}

/** `currentServer` is asked anew for every call, because a restart gives another one. */
export function createApi(currentServer: () => Pick<TestServer, 'baseUrl' | 'apiKey'>): Api {
  const call = async (method: string, path: string, body?: unknown): Promise<ApiAnswer> => {
    const { baseUrl, apiKey } = currentServer()
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'X-API-Key': apiKey, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const expectCall = async (status: number, method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body)
    assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const uploadUrl = (
    filename: string,
    sizeBytes: number,
    checksums?: readonly string[],
  ): Promise<UploadTicket> => {
    const declaration = { filename, file_size: sizeBytes, mime_type: MIME_TYPE }
    return expectCall(200, 'POST', '/files/upload-url', { ...declaration, ...(checksums && { checksums }) })
  }
  const register = (ticket: UploadTicket, filename: string, sizeBytes: number): Promise<FileAnswer> =>
    expectCall(201, 'POST', '/files', {
      filename,
      gcs_path: ticket.gcs_path,
      file_size: sizeBytes,
      mime_type: MIME_TYPE,
    })
  const downloadUrl = async (fileId: string): Promise<string> =>
    (await expectCall(200, 'GET', `/files/${fileId}/content`)).download_url
  const download = async (fileId: string): Promise<Download> => {
    const response = await fetch(await downloadUrl(fileId))
    return { status: response.status, sha256: await sha256Of(response.body ?? new ReadableStream()) }
  }
  const assertArrived = async (ticket: UploadTicket, filename: string, file: RandomFile) => {
    const registered = await register(ticket, filename, file.sizeBytes)
    assert.equal(registered.id, ticket.file_id)
    assert.equal(registered.file_size, file.sizeBytes)
    assert.deepEqual(await download(registered.id), { status: 200, sha256: file.sha256 })
    return registered
  }
  return { call, uploadUrl, register, downloadUrl, download, assertArrived }
}
