import multipart from '@fastify/multipart'
import type { Context } from '../operations/context.ts'
import { uploadFiles } from '../operations/upload-files.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { FILES, type FileBody } from './contract/files.ts'
import { requireScope } from './http/authenticated.ts'
import { toFileBody } from './http/file-body.ts'
import { multipartFiles } from './http/multipart-files.ts'
import { URLS } from './urls.ts'

/** Small files in one request; the only URL that takes `multipart/form-data`. */
export function directUploadRoutes(context: Context): ContractPlugin {
  return (app, _options, done) => {
    app.register(multipart)
    app.post(
      URLS.directUpload,
      { onRequest: requireScope(context, 'files:write'), schema: FILES.uploadFiles },
      async (request, reply) => {
        const incoming = multipartFiles(request)
        const { organization_id } = request.params
        const stored = await uploadFiles(context, organization_id, request.apiKey?.id ?? null, incoming)
        request.auditTarget = stored.map(({ id }) => id).join(' ')
        const files = stored.map(toFileBody)
        const [only] = files
        const isOne = only !== undefined && files.length === 1
        const body = incoming.isList() ? { ...(isOne ? only : {}), files } : only
        return reply.code(201).send(body as FileBody)
      },
    )
    done()
  }
}
