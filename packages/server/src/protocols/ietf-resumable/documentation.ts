import type { EndpointResponse, Parameter } from '../http/endpoint.ts'
import { FileBody } from '../http/file-body.ts'

const header = (description: string) => ({ description, schema: { type: 'string' } })

/** Response headers of the protocol. */
const HEADERS = {
  Location: header('The session URL of an incomplete upload, or the URL of the File.'),
  'Upload-Complete': header('`?1` when the response is that of the complete upload, else `?0`.'),
  'Upload-Offset': header('The number of bytes that are on disk.'),
  'Upload-Length': header('The length of the upload in bytes; absent while it is unknown.'),
  'Upload-Limit': header('The maximum size in bytes, and the lifetime of the upload in seconds.'),
  'Repr-Digest': header('The CRC-32C of the file, and other digests that were computed.'),
  'Accept-Patch': header('The content type of appends.'),
  'X-Waybill-File-Id': header('The `id` of the File.'),
}

/** Returns headers of a response. */
export function responseHeaders(...names: readonly (keyof typeof HEADERS)[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, HEADERS[name]]))
}

/** Returns a response with a problem (RFC 9457). */
export function problemResponse(
  description: string,
  ...names: readonly (keyof typeof HEADERS)[]
): EndpointResponse {
  return {
    description,
    headers: responseHeaders('Upload-Complete', ...names),
    content: { 'application/problem+json': { schema: { type: 'object' } } },
  }
}

/** Returns a response with the error body of the JSON API. */
export function errorResponse(
  description: string,
  ...names: readonly (keyof typeof HEADERS)[]
): EndpointResponse {
  return {
    description,
    headers: responseHeaders('Upload-Complete', ...names),
    content: { 'application/json': { schema: { type: 'object' } } },
  }
}

/** Final response of an upload. */
export const FILE_RESPONSE: EndpointResponse = {
  description: 'The bytes are stored. If the upload is complete, the body is the File.',
  headers: responseHeaders(
    'Location',
    'Upload-Complete',
    'Upload-Offset',
    'Upload-Limit',
    'Repr-Digest',
    'X-Waybill-File-Id',
  ),
  body: FileBody,
}

const requestHeader = (name: string, examples: readonly string[], description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  schema: { type: 'string', examples },
  description,
})

/** Parameters of requests. */
export const PARAMETERS = {
  uploadId: {
    name: 'upload_id',
    in: 'query',
    required: true,
    schema: { type: 'string' },
    description: 'The credential in the `upload_url`.',
  },
  uploadComplete: requestHeader(
    'Upload-Complete',
    ['?1'],
    '`?1` when the body is the end of the file, `?0` when more requests follow.',
  ),
  uploadOffset: requestHeader('Upload-Offset', ['0'], 'The position of the first byte of the body.'),
  uploadLength: requestHeader(
    'Upload-Length',
    ['300000000'],
    'The length of the upload in bytes. It can be told once.',
  ),
  interopVersion: requestHeader(
    'Upload-Draft-Interop-Version',
    ['8'],
    'The version of the draft. With it, the service sends interim responses with status 104.',
  ),
  contentDigest: requestHeader(
    'Content-Digest',
    ['sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'],
    'Digests of the body, with `sha-256`, `sha-512`, `sha`, `md5` or `crc32c`. The body may then have at most 256 MiB.',
  ),
  reprDigest: requestHeader(
    'Repr-Digest',
    ['crc32c=:4waSgw==:'],
    'Digests of the complete file, which the service verifies at the end.',
  ),
  wantReprDigest: requestHeader(
    'Want-Repr-Digest',
    ['sha-256=10'],
    'Digests of the complete file to compute: `sha-256` and `md5`.',
  ),
  contentDisposition: requestHeader(
    'Content-Disposition',
    ['inline; filename="report.pdf"'],
    'The file name; `upload` without one. `filename*` takes precedence over `filename`.',
  ),
} as const satisfies Readonly<Record<string, Parameter>>

/** Body with bytes. */
export const BYTES_BODY = { required: false, content: { '*/*': { schema: {} } } } as const
