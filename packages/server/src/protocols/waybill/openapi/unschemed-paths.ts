import { URLS } from '../../urls.ts'

const header = (description: string) => ({ description, schema: { type: 'string' } })

const HEADERS = {
  'x-request-id': header('The request’s id.'),
  'X-GUploader-UploadID': header('The id of the session, where it is known.'),
  'Access-Control-Allow-Origin': header('Every origin may ask.'),
  'Access-Control-Expose-Headers': header('The headers that a page may read.'),
}
const text = (description: string) => ({
  description,
  headers: HEADERS,
  content: { 'text/plain': { schema: { type: 'string' } } },
})
const json = (description: string, schema: object = { type: 'object' }) => ({
  description,
  headers: HEADERS,
  content: { 'application/json': { schema } },
})

const field = (description: string) => ({ type: 'string', description })
/** The part of Google’s `storage#object` that a client of this service may want. */
const OBJECT = {
  type: 'object',
  properties: {
    kind: { type: 'string', const: 'storage#object' },
    name: field('The `gcs_path` that upload-url gave.'),
    size: field('In bytes, as a text.'),
    contentType: field('The type that was declared.'),
    crc32c: field('The CRC-32C of the stored bytes: four bytes, the highest first, in base64.'),
    md5Hash: field('The MD5 of the stored bytes in base64, where `checksums` or `X-Goog-Hash` asked for it.'),
    sha256Hash: field(
      'The SHA-256 in base64, where `checksums` asked for it; an addition to Google’s fields.',
    ),
    generation: field('The version of the object.'),
    etag: field('A validator of this version.'),
    timeCreated: { ...field('When the last byte had come.'), format: 'date-time' },
  },
}

const UPLOAD_ID = {
  name: 'upload_id',
  in: 'query',
  required: true,
  schema: { type: 'string' },
  description: 'The credential; part of the `upload_url` that was handed out.',
}
const CONTENT_RANGE = {
  name: 'Content-Range',
  in: 'header',
  required: false,
  schema: { type: 'string', examples: ['bytes 0-8388607/300000000', 'bytes */*'] },
  description:
    'Which bytes these are: `bytes a-b/T`, `bytes a-b/*`, `bytes a-*/*`, or `bytes */*` to ask. None: the whole object. ' +
    'Send the total `T` wherever it is known. With `bytes a-b/*` the service cannot see that a client has more to send: ' +
    'the chunk that reaches the declared size ends the upload with 200, as on Google’s service, also where the client’s ' +
    'stream goes on. A total that differs from the declared size is answered with 400.',
}
const GOOG_HASH = {
  name: 'X-Goog-Hash',
  in: 'header',
  required: false,
  schema: { type: 'string', examples: ['crc32c=4waSgw=='] },
  description: 'A checksum of the whole object; it is checked at the end.',
}

const NO_308 = {
  name: 'X-GUploader-No-308',
  in: 'header',
  required: false,
  schema: { type: 'string', examples: ['yes'] },
  description:
    '`yes`: 308 is answered as 200 with `X-HTTP-Status-Code-Override: 308`, for clients that follow every 3xx.',
}

const SHARED_RESPONSES = {
  200: json('The object is whole.', OBJECT),
  404: json('There is no such session.'),
  410: json('The session has expired, or cannot go on.'),
  499: { description: 'The session is cancelled.', headers: HEADERS },
  500: json('A fault on our side.'),
}

const send = (operationId: string) => ({
  operationId,
  summary: 'Send bytes, or ask how many have arrived',
  description:
    'Google’s resumable upload protocol: PUT and POST mean the same. The bytes are on disk before an answer speaks of ' +
    'them, those that are there already are skipped, and the last byte makes the object. A chunk that is not the last ' +
    'one has a multiple of 262,144 bytes.',
  tags: ['Uploads'],
  security: [],
  parameters: [UPLOAD_ID, CONTENT_RANGE, GOOG_HASH, NO_308],
  requestBody: { required: false, content: { '*/*': { schema: {} } } },
  responses: {
    ...SHARED_RESPONSES,
    308: {
      description: 'More bytes are wanted.',
      headers: {
        ...HEADERS,
        Range: header('`bytes=0-{last}` of what has arrived; absent when nothing has.'),
      },
    },
    400: text('The request does not fit the upload.'),
    503: text('The range begins behind what has arrived, or the storage cannot be used.'),
    507: json('There is no space left; the session lives.'),
  },
})

/** The URLs that no schema describes: the session URIs with their protocol, and the document itself. */
export const UNSCHEMED_PATHS = {
  [URLS.uploadSession]: {
    put: send('receiveUpload'),
    post: send('receiveUploadByPost'),
    delete: {
      operationId: 'cancelUploadSession',
      summary: 'Cancel the upload',
      description: 'What it has stored is removed. A cancelled upload is answered with 499, as Google does.',
      tags: ['Uploads'],
      security: [],
      parameters: [UPLOAD_ID],
      responses: SHARED_RESPONSES,
    },
    options: {
      operationId: 'preflightUploadSession',
      summary: 'Ask, as browsers do, whether a page may send here',
      tags: ['Uploads'],
      security: [],
      parameters: [UPLOAD_ID],
      responses: { 204: { description: 'It may, from every origin.', headers: HEADERS } },
    },
  },
  [URLS.openapi]: {
    get: {
      operationId: 'getDocument',
      summary: 'This document',
      tags: ['Health'],
      security: [],
      responses: {
        200: {
          description: 'OpenAPI 3.1.',
          headers: { 'x-request-id': HEADERS['x-request-id'] },
          content: { 'application/json': { schema: { type: 'object' } } },
        },
      },
    },
  },
}
