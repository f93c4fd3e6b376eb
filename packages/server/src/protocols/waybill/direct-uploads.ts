import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import { uploadFiles } from '../../operations/files/upload-files.ts'
import { callerOf, requireScope } from '../http/authenticated.ts'
import { URLS } from '../urls.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { FILES, type FileBody } from './contract/files.ts'
import { toFileBody } from './file-body.ts'
import { multipartFiles } from './multipart-files.ts'

/** Small files in one request; the only URL that takes `multipart/form-data`. */
export function directUploadRoutes(context: Context): ContractPlugin {
  return (app, _options, done) => {
    // The handler reads the body as a stream.
    app.addContentTypeParser('multipart/form-data', (_request, _payload, parsed) => parsed(null))
    app.post(
      URLS.directUpload,
      { onRequest: requireScope(context, uploadFiles.scope), schema: FILES.uploadFiles },
      async (request, reply) => {
        const isMultipart = /^multipart\/form-data\s*(;|$)/i.test(request.headers['content-type'] ?? '')
        if (!isMultipart)
          throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send the files as multipart/form-data')
        const incoming = multipartFiles(request, context.limits.directUploadMaxBytes)
        const stored = await uploadFiles(context, callerOf(request), incoming)
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
