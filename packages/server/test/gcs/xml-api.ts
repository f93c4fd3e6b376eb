import type { KeyObject } from 'node:crypto'
import { BUCKET, type Exchange } from './exchange.ts'
import type { FixtureBucket } from './fixture-bucket.ts'
import type { FixtureSessions } from './fixture-sessions.ts'
import { sendMedia } from './send-media.ts'
import { isSignedBy } from './v4-signature.ts'

export interface XmlApiOptions {
  readonly publicKey: KeyObject
  /** Origins of the bucket's CORS configuration. */
  readonly origins: readonly string[]
}

/** https://cloud.google.com/storage/docs/xml-api/overview */
export async function answerXmlApi(
  exchange: Exchange,
  bucket: FixtureBucket,
  sessions: FixtureSessions,
  { publicKey, origins }: XmlApiOptions,
): Promise<void> {
  const { request, response, pathname, query, baseUrl } = exchange
  const [, bucketName, ...rest] = pathname.split('/')
  const name = decodeURIComponent(rest.join('/'))
  if (bucketName !== BUCKET) return sendXmlError(exchange, 404, 'NoSuchBucket')
  if (request.method === 'POST') {
    const { headers } = request
    if (headers['x-goog-resumable'] !== 'start') return sendXmlError(exchange, 400, 'InvalidArgument')
    const location = await sessions.start({
      name,
      contentType: headers['content-type'] ?? 'application/octet-stream',
      sizeBytes: Number(headers['x-upload-content-length']),
      origin: headers.origin ?? null,
    })
    return void response.writeHead(201, { location, 'content-length': 0 }).end()
  }
  const origin = request.headers.origin ?? ''
  const cors = origins.includes(origin) ? { 'access-control-allow-origin': origin, vary: 'Origin' } : {}
  if (request.method === 'OPTIONS') return void response.writeHead(200, cors).end()
  if (!isSignedBy(publicKey, request.method ?? '', new URL(request.url ?? '', baseUrl))) {
    return sendXmlError(exchange, 403, 'SignatureDoesNotMatch')
  }
  const object = bucket.get(name)
  const generation = query.get('generation')
  if (object === null || (generation !== null && generation !== object.metadata.generation)) {
    return sendXmlError(exchange, 404, 'NoSuchKey')
  }
  const asked = (header: string) => {
    const value = query.get(`response-${header}`)
    return value === null ? {} : { [header]: value }
  }
  sendMedia(exchange, object, { ...cors, ...asked('content-type'), ...asked('content-disposition') })
}

function sendXmlError({ response }: Exchange, status: number, code: string): void {
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code></Error>`
  response.writeHead(status, { 'content-type': 'application/xml; charset=UTF-8' }).end(body)
}
