import { createRoomCheck } from '../operations/check-room.ts'
import type { Context } from '../operations/context.ts'
import { createUploadUrl } from '../operations/create-upload-url.ts'
import { deleteFile } from '../operations/delete-file.ts'
import { getFile } from '../operations/get-file.ts'
import { getFileContent } from '../operations/get-file-content.ts'
import { listFiles } from '../operations/list-files.ts'
import { registerFile } from '../operations/register-file.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { FILES } from './contract/files.ts'
import { keyStampOf, requireScope } from './http/authenticated.ts'
import { toFileBody } from './http/file-body.ts'
import { pageFields, toListInput } from './http/page-fields.ts'
import { downloadUrl, sessionUri, URLS } from './urls.ts'

/** Large enough that the round trips cost little, small enough that a lost chunk does too. */
const RECOMMENDED_CHUNK_BYTES = 8 * 1024 * 1024

export function fileRoutes(context: Context, publicUrl: () => string): ContractPlugin {
  const canRead = requireScope(context, 'files:read')
  const canWrite = requireScope(context, 'files:write')
  const checkDisk = createRoomCheck(context)

  return (app, _options, done) => {
    app.post(URLS.uploadUrl, { onRequest: canWrite, schema: FILES.createUploadUrl }, async (request) => {
      const { filename, file_size, mime_type, checksums = [] } = request.body
      const { origin = null } = request.headers
      const input = {
        filename,
        sizeBytes: file_size,
        contentType: mime_type,
        origin,
        checksums,
        openedBy: keyStampOf(request),
      }
      const { organization_id } = request.params
      const { session, target } = await createUploadUrl(context, organization_id, input, checkDisk)
      request.auditTarget = session.fileId
      return {
        upload_url: target.kind === 'here' ? sessionUri(publicUrl(), target.uploadId) : target.sessionUri,
        gcs_path: session.objectName,
        file_id: session.fileId,
        expires_at: new Date(session.expiresAtMs).toISOString(),
        max_file_size: context.limits.maxFileBytes,
        upload_type: 'resumable' as const,
        chunk_size_recommended: RECOMMENDED_CHUNK_BYTES,
      }
    })

    app.post(URLS.files, { onRequest: canWrite, schema: FILES.registerFile }, async (request, reply) => {
      const { filename, gcs_path, file_size, mime_type, crc32c } = request.body
      const file = await registerFile(context, request.params.organization_id, request.apiKey?.id ?? null, {
        filename,
        objectName: gcs_path,
        sizeBytes: file_size,
        contentType: mime_type,
        crc32c: crc32c ?? null,
      })
      request.auditTarget = file.id
      return reply.code(201).send(toFileBody(file))
    })

    app.get(URLS.files, { onRequest: canRead, schema: FILES.listFiles }, async ({ params, query }) => {
      const page = await listFiles(context, params.organization_id, toListInput(query))
      const files = page.items.map(toFileBody)
      return { files, ...pageFields(query, page, files.at(-1)?.id) }
    })

    app.get(URLS.file, { onRequest: canRead, schema: FILES.getFile }, async ({ params }) =>
      toFileBody(await getFile(context, params.organization_id, params.file_id)),
    )

    app.delete(URLS.file, { onRequest: canWrite, schema: FILES.deleteFile }, async ({ params }, reply) => {
      await deleteFile(context, params.organization_id, params.file_id)
      return reply.code(204).send(null)
    })

    app.get(URLS.content, { onRequest: canRead, schema: FILES.getFileContent }, async (request) => {
      const { organization_id, file_id } = request.params
      const issuer = keyStampOf(request)
      const { file, source } = await getFileContent(context, organization_id, file_id, issuer)
      return {
        file_id,
        filename: file.filename,
        mime_type: file.contentType,
        file_size: file.sizeBytes,
        download_url: source.kind === 'here' ? downloadUrl(publicUrl(), source) : source.url,
      }
    })
    done()
  }
}
