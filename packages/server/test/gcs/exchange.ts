import type { IncomingMessage, ServerResponse } from 'node:http'

export const BUCKET = 'files.example.com'

export interface Seen {
  readonly method: string
  /** Path with query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** Request and response, for the parts of the fixture. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly pathname: string
  readonly query: URLSearchParams
  readonly baseUrl: string
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body))
}

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function sendError(response: ServerResponse, status: number, message: string): void {
  const reason = new Map([
    [404, 'notFound'],
    [412, 'conditionNotMet'],
    [403, 'forbidden'],
    [401, 'authError'],
  ]).get(status)
  const errors = [{ message, domain: 'global', reason: reason ?? 'backendError' }]
  if (response.headersSent) return void response.destroy()
  sendJson(response, status, { error: { code: status, message, errors } })
}
