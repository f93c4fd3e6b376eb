import type { FastifyPluginCallback } from 'fastify'
import type { JSONSchema } from 'json-schema-to-ts'
import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { uploadFiles } from '../../operations/files/upload-files.ts'
import { callerOf } from '../http/authenticated.ts'
import { type EndpointContext, endpoint, mountEndpoints } from '../http/endpoint.ts'
import { FileBody, toFileBody } from '../http/file-body.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { multipartFiles } from './multipart-files.ts'
import { OrganizationParams } from './shapes.ts'

const UploadedFileBody = object(FileBody.properties, {
  already_stored: {
    type: 'boolean',
    description:
      'True if a `sha256` was sent, and the organization had stored the content before, which is stored once. Absent ' +
      'otherwise.',
  },
})
type UploadedFileBody = TypeOf<typeof UploadedFileBody>

function toUploadedFileBody(file: File): UploadedFileBody {
  return { ...toFileBody(file), ...(file.sharesBytesOf !== null && { already_stored: true }) }
}

/** A list for parts named `files`, which has the fields of a single file too; a File for a part named `file`. */
const DirectUploadBody = {
  anyOf: [
    object({ files: { type: 'array', items: UploadedFileBody } }, UploadedFileBody.properties),
    UploadedFileBody,
  ],
} as const satisfies JSONSchema

const FileContent = { type: 'string', contentMediaType: 'application/octet-stream' }
const Text = { type: 'string' }
const MultipartBody = {
  type: 'object',
  properties: {
    file: { ...FileContent, description: 'A single file. The response is its File.' },
    files: {
      type: 'array',
      items: FileContent,
      maxItems: 100,
      description: 'Several files. The response is a list. Parts named `files[]` are parts of `files`.',
    },
    checksums: {
      ...Text,
      description: 'Checksums to compute for the Files, such as `md5,sha256`.',
    },
    path: { ...Text, description: 'The folder of the Files, such as `reports/2026`.' },
    metadata: {
      ...Text,
      description: 'The metadata of the Files, as the JSON of an object with strings.',
    },
    'expires_after[anchor]': { ...Text, enum: ['created_at'] },
    'expires_after[seconds]': {
      ...Text,
      description: 'The lifetime of the Files, 3,600 to 2,592,000 seconds. They are deleted at its end.',
    },
    crc32c: {
      type: 'array',
      items: Text,
      description: 'The expected CRC-32C of each file in base64, in the order of the files.',
    },
    sha256: {
      type: 'array',
      items: Text,
      description:
        'The expected SHA-256 of each file, as 64 hexadecimal digits or in base64, in the order of the files. Content that ' +
        'the organization has stored already is not stored again.',
    },
  },
}

const upload = endpoint(
  {
    operation: uploadFiles,
    method: 'POST',
    path: URLS.directUpload,
    tag: 'Files',
    summary: 'Upload small files in one request, all or none',
    description:
      'For files that do not need resumable uploads, up to 100 MB each unless the operator set another limit, and for ' +
      'empty files, which upload sessions do not accept. The checks are those of registration; an empty file may have any ' +
      'type. A part without a Content-Type has no declared type: the service detects it from the signature, the file ' +
      'extension, and whether the content is text. If the file name is a path, its last segment is used. `filename*` takes ' +
      'precedence over `filename`. Parts with other names are ignored. At most 100 parts.',
    params: OrganizationParams,
    streamedBody: {
      required: true,
      content: {
        'multipart/form-data': { schema: MultipartBody, example: { file: '…', crc32c: ['4waSgw=='] } },
      },
    },
    responses: { 201: { description: 'The Files.', body: DirectUploadBody } },
    errors: [
      'STORAGE_QUOTA_EXCEEDED',
      'FILE_TOO_LARGE',
      'UNSUPPORTED_FILE_TYPE',
      'UNSUPPORTED_MEDIA_TYPE',
      'VALIDATION_ERROR',
      'FILE_TYPE_MISMATCH',
      'FILE_REJECTED',
      'CHECKSUM_MISMATCH',
      'STORAGE_UNAVAILABLE',
    ],
  },
  ({ context }) =>
    async (request, reply) => {
      const isMultipart = /^multipart\/form-data\s*(;|$)/i.test(request.headers['content-type'] ?? '')
      if (!isMultipart)
        throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send the files as multipart/form-data')
      const incoming = multipartFiles(request, context.limits.directUploadMaxBytes)
      const stored = await uploadFiles(context, callerOf(request), incoming)
      const files = stored.map(toUploadedFileBody)
      const [only] = files
      const isOne = only !== undefined && files.length === 1
      const body = incoming.isList() ? { ...(isOne ? only : {}), files } : only
      return reply.code(201).send(body as UploadedFileBody)
    },
)

export const DIRECT_UPLOADS = [upload]

/** Mounts direct uploads, the only endpoint that accepts `multipart/form-data`. */
export function directUploadRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    // The handler reads the body as a stream.
    app.addContentTypeParser('multipart/form-data', (_request, _payload, parsed) => parsed(null))
    mountEndpoints(app, DIRECT_UPLOADS, context)
    done()
  }
}
