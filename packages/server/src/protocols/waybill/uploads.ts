import type { Context } from '../../operations/context.ts'
import { cancelUpload } from '../../operations/uploads/cancel-upload.ts'
import { createUploadList, type OpenUpload } from '../../operations/uploads/list-uploads.ts'
import { callerOf, requireScope } from '../http/authenticated.ts'
import { URLS } from '../urls.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { UPLOADS } from './contract/uploads.ts'
import { pageFields, toListInput } from './page-fields.ts'

/** The organization's view of its open sessions. Their URIs are credentials and never shown again. */
export function uploadRoutes(context: Context): ContractPlugin {
  const listUploads = createUploadList()
  return (app, _options, done) => {
    app.get(
      URLS.uploads,
      {
        onRequest: requireScope(context, listUploads.scope),
        schema: UPLOADS.listUploads,
      },
      async (request) => {
        const { query } = request
        const page = await listUploads(context, callerOf(request), toListInput(query))
        const uploads = page.items.map(toOpenUploadBody)
        return { uploads, ...pageFields(query, page, uploads.at(-1)?.file_id) }
      },
    )

    app.delete(
      URLS.upload,
      {
        onRequest: requireScope(context, cancelUpload.scope),
        schema: UPLOADS.cancelUpload,
      },
      async (request, reply) => {
        await cancelUpload(context, callerOf(request), request.params.file_id)
        return reply.code(204).send(null)
      },
    )
    done()
  }
}

function toOpenUploadBody({ session, receivedBytes }: OpenUpload) {
  return {
    file_id: session.fileId,
    filename: session.filename,
    file_size: session.sizeBytes,
    received_bytes: receivedBytes,
    created_at: new Date(session.createdAtMs).toISOString(),
    expires_at: new Date(session.expiresAtMs).toISOString(),
  }
}
