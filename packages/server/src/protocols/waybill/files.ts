import type { Context } from '../../operations/context.ts'
import type { OperationFacts } from '../../operations/define-operation.ts'
import { deleteFile } from '../../operations/files/delete-file.ts'
import { getFile } from '../../operations/files/get-file.ts'
import { getFileContent } from '../../operations/files/get-file-content.ts'
import { listFiles } from '../../operations/files/list-files.ts'
import { registerFile } from '../../operations/files/register-file.ts'
import { createRoomCheck } from '../../operations/uploads/check-room.ts'
import { createUploadUrl } from '../../operations/uploads/create-upload-url.ts'
import { callerOf, requireScope } from '../http/authenticated.ts'
import { downloadUrl, sessionUri, URLS } from '../urls.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { FILES } from './contract/files.ts'
import { toFileBody } from './file-body.ts'
import { pageFields, toListInput } from './page-fields.ts'

/** Large enough that the round trips cost little, small enough that a lost chunk does too. */
const RECOMMENDED_CHUNK_BYTES = 8 * 1024 * 1024

export function fileRoutes(context: Context, publicUrl: () => string): ContractPlugin {
  const uploadContext = { ...context, checkDisk: createRoomCheck(context) }
  const admit = ({ scope }: OperationFacts) => requireScope(context, scope)

  return (app, _options, done) => {
    app.post(
      URLS.uploadUrl,
      { onRequest: admit(createUploadUrl), schema: FILES.createUploadUrl },
      async (request) => {
        const { filename, file_size, mime_type, checksums = [] } = request.body
        const { origin = null } = request.headers
        const input = { filename, sizeBytes: file_size, contentType: mime_type, origin, checksums }
        const { session, target } = await createUploadUrl(uploadContext, callerOf(request), input)
        return {
          upload_url: target.kind === 'here' ? sessionUri(publicUrl(), target.uploadId) : target.sessionUri,
          gcs_path: session.objectName,
          file_id: session.fileId,
          expires_at: new Date(session.expiresAtMs).toISOString(),
          max_file_size: context.limits.maxFileBytes,
          upload_type: 'resumable' as const,
          chunk_size_recommended: RECOMMENDED_CHUNK_BYTES,
        }
      },
    )

    app.post(
      URLS.files,
      { onRequest: admit(registerFile), schema: FILES.registerFile },
      async (request, reply) => {
        const { filename, gcs_path, file_size, mime_type, crc32c } = request.body
        const file = await registerFile(context, callerOf(request), {
          filename,
          objectName: gcs_path,
          sizeBytes: file_size,
          contentType: mime_type,
          crc32c: crc32c ?? null,
        })
        return reply.code(201).send(toFileBody(file))
      },
    )

    app.get(URLS.files, { onRequest: admit(listFiles), schema: FILES.listFiles }, async (request) => {
      const { query } = request
      const page = await listFiles(context, callerOf(request), toListInput(query))
      const files = page.items.map(toFileBody)
      return { files, ...pageFields(query, page, files.at(-1)?.id) }
    })

    app.get(URLS.file, { onRequest: admit(getFile), schema: FILES.getFile }, async (request) =>
      toFileBody(await getFile(context, callerOf(request), request.params.file_id)),
    )

    app.delete(
      URLS.file,
      { onRequest: admit(deleteFile), schema: FILES.deleteFile },
      async (request, reply) => {
        await deleteFile(context, callerOf(request), request.params.file_id)
        return reply.code(204).send(null)
      },
    )

    app.get(
      URLS.content,
      { onRequest: admit(getFileContent), schema: FILES.getFileContent },
      async (request) => {
        const { file_id } = request.params
        const { file, source } = await getFileContent(context, callerOf(request), file_id)
        return {
          file_id,
          filename: file.filename,
          mime_type: file.contentType,
          file_size: file.sizeBytes,
          download_url: source.kind === 'here' ? downloadUrl(publicUrl(), source) : source.url,
        }
      },
    )
    done()
  }
}
