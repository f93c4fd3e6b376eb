import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DownloadGrant } from '../../domain/access/download-token.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import { type Download, downloadFile } from '../../operations/files/download-file.ts'
import { requestedRange } from '../http/byte-range.ts'
import { contentHeaders, validatorsOf } from '../http/content-headers.ts'
import { evaluatePreconditions, rangeApplies } from '../http/preconditions.ts'
import { giveBackSent } from '../http/release-sent-buffers.ts'
import { URLS } from '../urls.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { FILES } from './contract/files.ts'

/** Downloads by a URL that is its own credential, so that a browser needs no header. HEAD answers like GET. */
export function downloadRoutes(context: Context): ContractPlugin {
  return (app, _options, done) => {
    app.route({
      method: ['GET', 'HEAD'],
      url: URLS.download,
      schema: FILES.downloadFile,
      handler: async (request, reply) => {
        const { organization_id, file_id } = request.params
        const grant: DownloadGrant = {
          organizationId: organization_id,
          fileId: file_id,
          expiresAtSeconds: toSeconds(request.query.expires),
        }
        const download = await downloadFile(context, grant, request.query.token ?? '')
        return sendDownload(download, request, reply)
      },
    })
    done()
  }
}

/** Anything but a whole number of seconds gives 0, which no token is good for. */
function toSeconds(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,11}$/.test(text) ? Number(text) : 0
}

async function sendDownload(
  download: Download,
  { headers, method, log }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { file } = download
  const validators = validatorsOf(file)
  const precondition = evaluatePreconditions(headers, validators)
  if (precondition === 'failed') throw new ServiceError('PRECONDITION_FAILED', 'the file has another version')
  if (precondition === 'not-modified') {
    return reply.code(304).headers(contentHeaders(file)).removeHeader('content-type').send()
  }

  const rangeHeader = rangeApplies(headers['if-range'] as string | undefined, validators)
    ? headers.range
    : undefined
  // What a URL of the provider grants is a GET; the record knows all that a HEAD asks for.
  if (download.kind === 'provider' && method === 'GET') {
    return reply
      .code(302)
      .headers({ location: await download.url(), 'cache-control': 'no-store' })
      .send()
  }
  const requested = requestedRange(rangeHeader, file.sizeBytes)
  if (requested.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.sizeBytes}`)
    throw new ServiceError('RANGE_NOT_SATISFIABLE', `the file has ${file.sizeBytes} bytes`)
  }
  const range = requested.kind === 'part' ? requested.range : null
  // Opened before any header is set: what cannot be read is answered as an error, which nobody may cache.
  const bytes = download.kind === 'provider' || method === 'HEAD' ? null : await download.read(range)
  reply.headers(contentHeaders(file))
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`)
  reply.header('content-length', range ? range.end - range.start + 1 : file.sizeBytes)
  if (bytes === null) return reply.send('')
  bytes.on('error', (error) => {
    if (error instanceof ServiceError) log.error({ err: error, file_id: file.id }, 'a download was cut')
  })
  giveBackSent(bytes, reply.raw)
  return reply.send(bytes)
}
