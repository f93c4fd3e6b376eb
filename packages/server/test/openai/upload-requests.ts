import { type Answer, json } from '../api/exchange.ts'
import type { TestApp } from '../start-app.ts'
import { type FormPart, formOf, send, sendOk } from './exchange.ts'

export interface UploadObject {
  readonly id: string
  readonly object: string
  readonly bytes: number
  readonly created_at: number
  readonly expires_at: number
  readonly filename: string
  readonly mime_type: string
  readonly purpose: string
  readonly status: string
  readonly already_stored?: true
  readonly file: {
    readonly id: string
    readonly bytes: number
    readonly created_at: number
    readonly expires_at: number | null
    readonly purpose: string
  } | null
}

export interface PartObject {
  readonly id: string
  readonly object: string
  readonly created_at: number
  readonly upload_id: string
}

export interface PartList {
  readonly data: readonly (PartObject & { readonly size: number; readonly crc32c: string })[]
  readonly has_more: boolean
}

/** Properties of an upload of the text `hello world`. */
export const HELLO = { filename: 'hello.txt', purpose: 'user_data', bytes: 11, mime_type: 'text/plain' }

/** Returns the requests of a client of uploads; `apiKey` is that of the server's organization when it is absent. */
export function uploadRequests(server: TestApp, apiKey = server.apiKey) {
  const create = (properties: object = {}) =>
    sendOk<UploadObject>(server, 'POST', '/uploads', { body: { ...HELLO, ...properties }, apiKey })

  const sendFields = (id: string, fields: readonly FormPart[]): Promise<Answer> =>
    send(server, 'POST', `/uploads/${id}/parts`, {
      body: formOf(fields, 'xyz'),
      headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
      apiKey,
    })

  const sendPart = (id: string, bytes: string | Uint8Array) =>
    sendFields(id, [{ name: 'data', value: bytes, filename: 'blob', type: 'application/octet-stream' }])

  return {
    create,
    sendFields,
    sendPart,
    /** Adds a part; returns its id. */
    add: async (id: string, bytes: string | Uint8Array) => json<PartObject>(await sendPart(id, bytes)).id,
    complete: (id: string, part_ids: unknown, rest: object = {}) =>
      send(server, 'POST', `/uploads/${id}/complete`, { body: { part_ids, ...rest }, apiKey }),
    cancel: (id: string) => send(server, 'POST', `/uploads/${id}/cancel`, { apiKey }),
    get: (id: string) => sendOk<UploadObject>(server, 'GET', `/uploads/${id}`, { apiKey }),
    parts: (id: string) => sendOk<PartList>(server, 'GET', `/uploads/${id}/parts`, { apiKey }),
    content: async (fileId: string) =>
      (await send(server, 'GET', `/files/${fileId}/content`, { apiKey })).bytes,
  }
}
