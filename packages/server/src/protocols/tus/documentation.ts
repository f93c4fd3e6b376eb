import type { EndpointResponse, Parameter } from '../http/endpoint.ts'

const header = (description: string) => ({ description, schema: { type: 'string' } })

/** Response headers of tus. */
const HEADERS = {
  'Tus-Resumable': header('The version of the protocol.'),
  'Tus-Version': header('The supported version.'),
  Location: header('The session URL. It is a credential: every client that has it can upload.'),
  'Upload-Offset': header('The number of bytes that are on disk.'),
  'Upload-Length': header('The length of the upload in bytes; absent while it is unknown.'),
  'Upload-Defer-Length': header('`1` while the length is unknown.'),
  'Upload-Metadata': header('The metadata as the client sent it.'),
  'Upload-Concat': header('`partial` or the list of a final upload, as the client sent it.'),
  'Upload-Limit': header('The maximum size in bytes.'),
  'Upload-Expires': header('The end of the session, as an HTTP date; absent when the File exists.'),
  'X-Waybill-File-Id': header('The `id` of the File.'),
}

/** Returns headers of a response, with the version that every response has. */
export function responseHeaders(...names: readonly (keyof typeof HEADERS)[]): Record<string, object> {
  return Object.fromEntries(['Tus-Resumable' as const, ...names].map((name) => [name, HEADERS[name]]))
}

/** Returns an error response, whose body is the text `CODE: message`. */
export function textResponse(
  description: string,
  ...names: readonly (keyof typeof HEADERS)[]
): EndpointResponse {
  return {
    description,
    headers: responseHeaders(...names),
    content: { 'text/plain': { schema: { type: 'string' } } },
  }
}

const requestHeader = (
  name: string,
  required: boolean,
  examples: readonly string[],
  description: string,
): Parameter => ({ name, in: 'header', required, schema: { type: 'string', examples }, description })

/** Parameters of requests. */
export const PARAMETERS = {
  uploadId: {
    name: 'upload_id',
    in: 'query',
    required: true,
    schema: { type: 'string' },
    description: 'The credential in the `upload_url`.',
  },
  tusResumable: requestHeader('Tus-Resumable', true, ['1.0.0'], 'The version of tus.'),
  uploadOffset: requestHeader('Upload-Offset', true, ['0'], 'The position of the first byte of the body.'),
  uploadLength: requestHeader(
    'Upload-Length',
    false,
    ['300000000'],
    'The length of the upload in bytes. It can be told once.',
  ),
  deferLength: requestHeader(
    'Upload-Defer-Length',
    false,
    ['1'],
    '`1` instead of `Upload-Length`, when a later request tells the length.',
  ),
  uploadMetadata: requestHeader(
    'Upload-Metadata',
    false,
    ['filename cmVwb3J0LnBkZg==,filetype YXBwbGljYXRpb24vcGRm'],
    'Keys with values in base64, separated by commas, at most 8 KiB. The file name is the value of `filename` or `name`, else ' +
      '`upload`. The type is that of `filetype`, `type` or `contentType`, else the usual one of the name. ' +
      'The folder is that of `relativePath`, a path with the name of the file at its end.',
  ),
  uploadConcat: requestHeader(
    'Upload-Concat',
    false,
    ['partial'],
    '`partial` for an upload that becomes a part of another one, or `final;` with the session URLs of complete partial uploads ' +
      'in the order of their bytes, separated by spaces. A final upload has no length and no body.',
  ),
  uploadChecksum: requestHeader(
    'Upload-Checksum',
    false,
    ['sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0='],
    'A checksum of the body, with `sha1`, `sha256`, `sha512`, `md5` or `crc32c`, also as a trailer. The body may then have at ' +
      'most 256 MiB.',
  ),
} as const satisfies Readonly<Record<string, Parameter>>

/** Body with bytes. */
export const BYTES_BODY = {
  required: false,
  content: { 'application/offset+octet-stream': { schema: {} } },
}
