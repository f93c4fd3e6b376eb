import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DownloadGrant } from '../../domain/access/download-token.ts'
import { scanIdOfToken } from '../../domain/access/scan-token.ts'
import { ServiceError } from '../../domain/errors.ts'
import { fileIdOf } from '../../domain/ids.ts'
import {
  authenticateDownloadUrl,
  authenticateScanUrl,
} from '../../operations/access/authenticate-download-url.ts'
import { authenticateShareLink, type LinkCaller } from '../../operations/access/authenticate-share-link.ts'
import type { Context } from '../../operations/context.ts'
import { type Download, downloadFile } from '../../operations/files/download-file.ts'
import { downloadScanned } from '../../operations/files/download-scanned.ts'
import { downloadSharedFile } from '../../operations/share-links/download-shared-file.ts'
import { requestFacts } from '../http/client-address.ts'
import { contentHeaders } from '../http/content-headers.ts'
import { type EndpointFacts, endpoint, type Parameter } from '../http/endpoint.ts'
import { headerRefs } from '../http/openapi/response-headers.ts'
import { negotiateRange, sendFile } from '../http/send-file.ts'
import { URLS } from '../urls.ts'
import { FileParams } from './shapes.ts'

const requestHeader = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description,
})
const BYTES = { '*/*': { schema: {}, example: '…' } }
const VALIDATOR_HEADERS = headerRefs('ETag', 'Content-Disposition')

/** Headers that select bytes. */
const CONDITIONS = [
  requestHeader(
    'Range',
    'One range of bytes, such as `bytes=0-1023`. Without it, the response has all bytes.',
  ),
  requestHeader(
    'If-Range',
    'The expected `ETag`. If it differs, the response has all bytes instead of the range.',
  ),
  requestHeader(
    'If-None-Match',
    'The `ETag` of the bytes that the client has. If it is current, the response is 304.',
  ),
  requestHeader('If-Match', 'The expected `ETag`. If it differs, the response is 412.'),
]

const DOWNLOAD_RESPONSES = {
  200: { description: 'All bytes.', headers: VALIDATOR_HEADERS, content: BYTES },
  206: {
    description: 'The requested range.',
    headers: { ...VALIDATOR_HEADERS, ...headerRefs('Content-Range') },
    content: BYTES,
  },
  302: {
    description: 'The storage provider has the bytes, at this URL.',
    headers: {
      Location: {
        schema: { type: 'string' },
        description: 'The URL of the bytes. It is a credential, and expires together with the requested URL.',
      },
    },
  },
  304: { description: 'The client has the current bytes.', headers: VALIDATOR_HEADERS },
} as const satisfies EndpointFacts['responses']

/** The URL is the credential, so that a browser needs no header. */
const download = endpoint(
  {
    operation: downloadFile,
    method: ['GET', 'HEAD'],
    path: URLS.download,
    tag: 'Files',
    summary: 'Download the bytes of a File, or a range of them',
    description:
      'The URL is the `download_url` of the File, and needs no key. HEAD responds with the same headers. The service ' +
      'verifies each block when it reads it. If a block is damaged, the connection ends early: the service never sends ' +
      'wrong bytes.',
    params: FileParams,
    query: {
      type: 'object',
      properties: {
        token: { type: 'string', description: 'The credential in the `download_url`.' },
        expires: { type: 'string', description: 'The expiry in the `download_url`.' },
      },
    },
    parameters: CONDITIONS,
    responses: DOWNLOAD_RESPONSES,
    errors: [
      'TOKEN_INVALID',
      'ORGANIZATION_ACCESS_DENIED',
      'FILE_NOT_FOUND',
      'VALIDATION_ERROR',
      'PRECONDITION_FAILED',
      'RANGE_NOT_SATISFIABLE',
      'STORAGE_UNAVAILABLE',
    ],
  },
  ({ context }) =>
    async (request, reply) => {
      const { organization_id, file_id } = request.params
      const grant: DownloadGrant = {
        organizationId: organization_id,
        fileId: fileIdOf(file_id),
        expiresAtSeconds: toSeconds(request.query.expires),
      }
      const { token = '' } = request.query
      const scanId = scanIdOfToken(token)
      if (scanId !== null) {
        const scanGrant = { ...grant, scanId }
        const found = await authenticateScanUrl(context, scanGrant, token, requestFacts(request))
        return sendDownload(await downloadScanned(context, found.caller, found.scanned), request, reply)
      }
      const caller = await authenticateDownloadUrl(context, grant, token, requestFacts(request))
      const found = await downloadFile(context, caller, grant)
      return sendDownload(found, request, reply)
    },
)

/** A share link names neither an organization nor a file: its secret finds both. */
const downloadShared = endpoint(
  {
    operation: downloadSharedFile,
    method: ['GET', 'HEAD'],
    path: URLS.share,
    tag: 'Share links',
    summary: 'Download the bytes of a shared File, or a range of them',
    description:
      'The URL is the `url` of a share link, and needs no key. A GET that begins at the first byte counts as a download. ' +
      'So does a range that begins later, except within one hour after a counted download: players and interrupted ' +
      'downloads request a File in parts. HEAD and responses without bytes do not count. A link that is unknown, ' +
      'expired, used up, revoked or deleted, or whose File does not exist any more, is refused with the same 401.',
    query: {
      type: 'object',
      properties: { token: { type: 'string', description: 'The credential in the `url`.' } },
    },
    parameters: CONDITIONS,
    responses: DOWNLOAD_RESPONSES,
    errors: [
      'TOKEN_INVALID',
      'ORGANIZATION_ACCESS_DENIED',
      'RATE_LIMIT_EXCEEDED',
      'VALIDATION_ERROR',
      'PRECONDITION_FAILED',
      'RANGE_NOT_SATISFIABLE',
      'STORAGE_UNAVAILABLE',
    ],
  },
  ({ context }) =>
    async (request, reply) => {
      const { caller, link } = await authenticateLink(context, request, reply, request.query.token ?? '')
      return sendDownload(await downloadSharedFile(context, caller, link), request, reply)
    },
)

export const DOWNLOADS = [download, downloadShared]

/** Authenticates the link. Wrong ones count against their address, like wrong keys. */
async function authenticateLink(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
): Promise<LinkCaller> {
  const isLaterPart = request.method === 'GET' && request.headers.range !== undefined
  try {
    return await authenticateShareLink(context, secret, isLaterPart, requestFacts(request))
  } catch (error) {
    const isWrong = error instanceof ServiceError && error.code === 'TOKEN_INVALID'
    if (isWrong) await request.server.rateLimits.countWrongKey(request, reply)
    throw error
  }
}

/** Parses a time in seconds. Returns 0, for which no token is valid, for any other text. */
function toSeconds(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,11}$/.test(text) ? Number(text) : 0
}

async function sendDownload(
  download: Download,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { file } = download
  const headers = contentHeaders(file)
  const isHead = request.method === 'HEAD'
  // The provider's URL is valid for GET only. The record has everything for the response to HEAD.
  if (download.kind === 'provider' && !isHead) {
    const range = negotiateRange(request, reply, { file, headers })
    if (range === 'sent') return reply
    return reply
      .code(302)
      .headers({ location: await download.url(range), 'cache-control': 'no-store' })
      .send()
  }
  return sendFile(request, reply, {
    file,
    headers,
    read: async (range) => (download.kind === 'provider' || isHead ? null : download.read(range)),
  })
}
