import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import type { Authorization } from './authorization.ts'
import type { HeaderFields } from './header-fields.ts'
import type { PayloadForm } from './payload-form.ts'
import { queryValue, type RequestTarget } from './request-target.ts'

/** Request with a valid signature. */
export interface S3Request {
  readonly context: Context
  readonly caller: Caller
  readonly method: string
  readonly target: RequestTarget
  readonly headers: HeaderFields
  readonly authorization: Authorization
  readonly signingKey: KeyObject
  readonly payload: PayloadForm
  /** Its body, which one action reads at most. */
  readonly raw: IncomingMessage
  /** Reads a body that has no framing completely. Throws REQUEST_TOO_LARGE, REQUEST_TIMEOUT, INVALID_REQUEST. */
  readBody(): Promise<Buffer>
}

/** Returns the function that reads a query field; null for none. */
export function fieldsOf({ target }: Pick<S3Request, 'target'>): (name: string) => string | null {
  return (name) => queryValue(target, name)
}

/** Returns true for a request with a presigned URL, which browsers open too. */
export function isPresigned({ authorization: { form } }: Pick<S3Request, 'authorization'>): boolean {
  return form === 'query'
}

/** Returns the name of the bucket of a request that names one. */
export function bucketOf({ target: { bucket } }: Pick<S3Request, 'target'>): string {
  if (bucket === null) throw new Error('the action needs a bucket')
  return bucket
}

/** Returns bucket and key of a request on an object. */
export function namedKeyOf(request: Pick<S3Request, 'target'>): {
  readonly bucket: string
  readonly key: string
} {
  const { key } = request.target
  if (key === null) throw new Error('the action needs a key')
  return { bucket: bucketOf(request), key }
}
