import type { ErrorCode } from '../../../domain/errors.ts'
import { renderError } from '../../http/json-error-body.ts'
import type { DocumentedProtocol } from '../../http/openapi/create-document.ts'
import type { HeaderName } from '../../http/openapi/response-headers.ts'

/** Groups of endpoints, in the order of the reference. */
const TAGS: DocumentedProtocol['tags'] = [
  {
    name: 'Uploads',
    description:
      'An upload session receives the bytes of one file, in one or several requests. Its URL is its credential.',
  },
  { name: 'Files', description: 'Uploaded, verified and registered files.' },
  {
    name: 'Share links',
    description:
      'A share link is a public URL of one File, for people without a key. It can expire, allow a number of downloads, ' +
      'and be deleted.',
  },
  {
    name: 'Vector stores',
    description:
      'A vector store makes the text of Files searchable. Files are indexed after they are added, and stay where they are ' +
      'when they are removed.',
  },
  {
    name: 'Threads',
    description:
      'A thread keeps the messages of clients and of responses. It belongs to the organization of the key.',
  },
  { name: 'Users', description: 'Persons who sign in with the OpenID Connect provider of the service.' },
  {
    name: 'Members',
    description: 'A member is a user of an organization, with a role. Invitations wait for their user.',
  },
  { name: 'Organizations', description: 'Every file and key belongs to one organization.' },
  { name: 'API keys', description: 'A key has scopes, and is valid in one organization.' },
  { name: 'Health', description: 'For monitoring, and for programs that read this document.' },
]

const EXAMPLE_TRACE_ID = '7f3d2b1a-5c4e-4a6f-9b8d-0e1f2a3b4c5d'
const EXAMPLE_TIME_MS = Date.UTC(2026, 0, 15, 10, 30)

const HEADERS: readonly HeaderName[] = [
  'x-request-id',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
]

const text = (description: string) => ({ type: 'string', description })

function errorSchema(codes: readonly ErrorCode[]): object {
  return {
    type: 'object',
    description:
      "The body of every error, except errors of session URIs, which have Google's form. The error of an unknown URL is " +
      '404 `NOT_FOUND`. The error of an unsupported method is 405 `METHOD_NOT_ALLOWED`, with the header `Allow`; that of a ' +
      '`Transfer-Encoding` other than `chunked` is 501 `NOT_IMPLEMENTED`.',
    required: ['success', 'error'],
    properties: {
      success: { const: false },
      error: {
        type: 'object',
        required: ['code', 'message', 'system_message', 'type', 'status', 'details', 'trace_id', 'timestamp'],
        properties: {
          code: { type: 'string', enum: codes, description: 'The code, for programs.' },
          message: text('A message for people.'),
          system_message: text('A message for developers.'),
          type: text('The category of the error. It depends only on the status.'),
          status: { type: 'integer', description: 'The HTTP status.' },
          details: {
            type: 'object',
            description: 'Further details, such as the `field` that is not valid.',
          },
          trace_id: text('The id of the request, which is also in the log of the service.'),
          timestamp: { type: 'string', format: 'date-time' },
        },
      },
    },
  }
}

/** The JSON API, for its document. */
export const WAYBILL_PROTOCOL: DocumentedProtocol = {
  title: 'Waybill',
  description:
    'A file service with resumable uploads. It creates upload URLs, receives files of any size, verifies and registers ' +
    'them, and serves them.',
  tags: TAGS,
  errors: {
    render: (error) => renderError(error, EXAMPLE_TRACE_ID, EXAMPLE_TIME_MS),
    schema: errorSchema,
    retryHeaders: ['Retry-After'],
  },
  headers: HEADERS,
  usedHeaders: [...HEADERS, 'Retry-After', 'Allow', 'ETag', 'Content-Disposition', 'Content-Range'],
}
