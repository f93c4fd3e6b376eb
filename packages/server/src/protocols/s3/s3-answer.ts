import type { Readable } from 'node:stream'
import type { S3Problem } from './problem.ts'
import type { S3Request } from './s3-request.ts'

/** Response to a request. It also has the headers of every response. */
export interface S3Answer {
  readonly kind: 'answer'
  readonly status: number
  /** By name; null takes away a header of every response. */
  readonly headers: Readonly<Record<string, string | null>>
  /** Body of the answer; null for none, and for HEAD, whose headers describe a body that is not sent. */
  readonly body: string | Readable | null
}

/** Performs one operation of S3. Throws the errors of the operations of the service. */
export type S3Action = (request: S3Request) => Promise<S3Answer | S3Problem>

export function emptyAnswer(status: number, headers: S3Answer['headers'] = {}): S3Answer {
  return { kind: 'answer', status, headers, body: null }
}

export function xmlAnswer(xml: string, headers: S3Answer['headers'] = {}): S3Answer {
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: xml,
  }
}
