import { Type } from 'typebox'
import { FileParams, ListQuery, OrganizationParams, PageFields, Time } from './shapes.ts'

const OpenUploadBody = Type.Object({
  file_id: Type.String(),
  filename: Type.String(),
  file_size: Type.Integer(),
  received_bytes: Type.Integer(),
  created_at: Time,
  expires_at: Time,
})

/** The operations on open upload sessions. */
export const UPLOADS = {
  listUploads: {
    operationId: 'listUploads',
    params: OrganizationParams,
    querystring: ListQuery,
    response: { 200: Type.Object({ uploads: Type.Array(OpenUploadBody), ...PageFields }) },
  },
  cancelUpload: { operationId: 'cancelUpload', params: FileParams, response: { 204: Type.Null() } },
} as const
