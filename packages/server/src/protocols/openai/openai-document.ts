import type { ErrorCode } from '../../domain/errors.ts'
import { createDocument, type DocumentedProtocol } from '../http/openapi/create-document.ts'
import type { HeaderName } from '../http/openapi/response-headers.ts'
import { renderOpenaiError } from './error-body.ts'
import { OPENAI_ENDPOINTS } from './openai-endpoints.ts'

const HEADERS: readonly HeaderName[] = [
  'x-request-id',
  'openai-version',
  'openai-organization',
  'openai-processing-ms',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
]

/** Request of the examples of errors. */
const EXAMPLE_REQUEST = {
  method: 'POST',
  url: '/v1/batches',
  params: {
    vector_store_id: 'vs_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
    file_id: 'file-0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
    upload_id: 'upload_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
    batch_id: 'vsfb_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
    response_id: 'resp_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
    conversation_id: 'conv_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
    item_id: 'msg_0198f3a2b4c17d3e8f90a1b2c3d4e5f6',
  },
  body: null,
}

const PROTOCOL: DocumentedProtocol = {
  title: 'Waybill, OpenAI API',
  description:
    "Files, uploads and vector stores for clients of OpenAI's API. The organization is that of the key. Unknown members of a body are " +
    'ignored, and null means absent.',
  tags: [
    { name: 'Files', description: 'Files of the organization, whatever API they were uploaded with.' },
    {
      name: 'Uploads',
      description: 'An upload makes one File from parts, which may be sent at the same time.',
    },
    { name: 'Vector stores', description: 'A vector store makes the text of Files searchable.' },
    { name: 'Vector store files', description: 'A file of a vector store has the id of its File.' },
    { name: 'File batches', description: 'Files that are added to a vector store together.' },
    { name: 'Models', description: 'Models of the model servers of the operator.' },
    { name: 'Responses', description: 'A response is the answer of a model, over vector stores and files.' },
    { name: 'Conversations', description: 'A conversation keeps the items of responses and of clients.' },
  ],
  errors: {
    render: (error) => renderOpenaiError(error, EXAMPLE_REQUEST),
    schema: errorSchema,
    retryHeaders: ['Retry-After', 'retry-after-ms'],
  },
  headers: HEADERS,
  usedHeaders: [...HEADERS, 'Retry-After', 'retry-after-ms'],
}

function errorSchema(_codes: readonly ErrorCode[]): object {
  const nullableText = (description: string) => ({ type: ['string', 'null'], description })
  return {
    type: 'object',
    description: "The body of every error. OpenAI's clients choose the class of an error by its status.",
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'param', 'code'],
        properties: {
          message: { type: 'string' },
          type: { type: 'string', enum: ['invalid_request_error', 'rate_limit_error', 'server_error'] },
          param: nullableText('The path of the value that is not valid, such as `files[3].attributes`.'),
          code: nullableText('The code, for programs; null for objects that do not exist.'),
        },
      },
    },
  }
}

/** Creates the OpenAPI document of the OpenAI API, which api/openai.json keeps. */
export function createOpenaiDocument(): object {
  return createDocument(PROTOCOL, OPENAI_ENDPOINTS)
}
