import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { FileParams, ListQuery, nullable, OrganizationParams, PageFields, Time } from './shapes.ts'

const OpenUploadBody = object({
  file_id: { type: 'string', description: 'The id that the File will have.' },
  filename: { type: 'string' },
  file_size: { type: 'integer', description: 'In bytes, as declared.' },
  received_bytes: nullable(
    { type: 'integer' },
    'Bytes that are stored; null where only the storage’s provider knows.',
  ),
  created_at: Time,
  expires_at: Time,
})

/** The operations on open upload sessions. */
export const UPLOADS = {
  listUploads: {
    operationId: 'listUploads',
    params: OrganizationParams,
    querystring: ListQuery,
    response: { 200: object({ uploads: { type: 'array', items: OpenUploadBody }, ...PageFields }) },
  },
  cancelUpload: { operationId: 'cancelUpload', params: FileParams, response: { 204: { type: 'null' } } },
} as const satisfies OperationSchemas
