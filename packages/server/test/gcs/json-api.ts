import { json } from 'node:stream/consumers'
import { objectResource } from '../../src/protocols/google-resumable/object-resource.ts'
import { createGeneration } from '../../src/storage/generation.ts'
import { BUCKET, type Exchange, sendError, sendJson } from './exchange.ts'
import type { FixtureBucket, FixtureObject } from './fixture-bucket.ts'
import type { FixtureSessions } from './fixture-sessions.ts'
import { sendMedia } from './send-media.ts'

/** https://cloud.google.com/storage/docs/json_api/v1 */
export async function answerJsonApi(
  exchange: Exchange,
  bucket: FixtureBucket,
  sessions: FixtureSessions,
): Promise<void> {
  const { request, response, pathname, query } = exchange
  const rewrite = /^\/storage\/v1\/b\/[^/]+\/o\/([^/]+)\/rewriteTo\/b\/[^/]+\/o\/([^/]+)$/.exec(pathname)
  if (rewrite && request.method === 'POST') {
    const [from = '', to = ''] = rewrite.slice(1).map(decodeURIComponent)
    return copy(exchange, bucket, from, to)
  }
  const path = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(pathname)
  if (!path) return sendError(response, 404, 'Not Found')
  const [, upload, bucketName, encodedName] = path
  if (bucketName !== BUCKET) return sendError(response, 404, 'The specified bucket does not exist.')
  if (upload && request.method === 'POST') return insert(exchange, bucket, sessions)
  if (encodedName === undefined) return list(exchange, bucket)

  const name = decodeURIComponent(encodedName)
  const object = bucket.get(name)
  const generation = query.get('generation')
  if (object === null || (generation !== null && generation !== object.metadata.generation)) {
    return sendError(response, 404, `No such object: ${BUCKET}/${name}`)
  }
  if (request.method === 'DELETE') return remove(exchange, bucket, object)
  if (query.get('alt') === 'media') return sendMedia(exchange, object, {})
  sendJson(response, 200, { ...objectResource(object.metadata, exchange.baseUrl), bucket: BUCKET })
}

async function insert(
  { request, response, query, baseUrl }: Exchange,
  bucket: FixtureBucket,
  sessions: FixtureSessions,
): Promise<void> {
  const { headers } = request
  const name = query.get('name') ?? ''
  if (Buffer.byteLength(name) > 1024)
    return sendError(response, 400, 'The specified object name is not valid.')
  if (query.get('ifGenerationMatch') !== '0')
    return sendError(response, 400, 'this fixture asks for ifGenerationMatch=0')
  if (bucket.get(name))
    return sendError(response, 412, 'At least one of the pre-conditions you specified did not hold.')
  if (query.get('uploadType') === 'media') {
    const metadata = await sessions.write({ name, contentType: headers['content-type'] ?? '' }, request)
    if (metadata === null)
      return sendError(response, 412, 'At least one of the pre-conditions you specified did not hold.')
    return sendJson(response, 200, objectResource(metadata, baseUrl))
  }
  const sizeBytes = Number(headers['x-upload-content-length'] ?? Number.NaN)
  if (!(sizeBytes > 0)) return sendError(response, 400, 'this fixture asks for X-Upload-Content-Length')
  const contentType = String(headers['x-upload-content-type'] ?? 'application/octet-stream')
  const location = await sessions.start({ name, contentType, sizeBytes, origin: headers.origin ?? null })
  response.writeHead(200, { location, 'content-length': 0 }).end()
}

/** https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite */
async function copy(
  { request, response, query, baseUrl }: Exchange,
  bucket: FixtureBucket,
  from: string,
  to: string,
): Promise<void> {
  const { contentType } = (await json(request)) as { contentType?: string }
  const source = bucket.get(from)
  const generation = query.get('sourceGeneration')
  if (source === null || (generation !== null && generation !== source.metadata.generation)) {
    return sendError(response, 404, `No such object: ${BUCKET}/${from}`)
  }
  const metadata = {
    ...source.metadata,
    ...createGeneration(),
    name: to,
    contentType: contentType ?? source.metadata.contentType,
  }
  if (query.get('ifGenerationMatch') !== '0' || !bucket.add({ metadata, bytes: source.bytes })) {
    return sendError(response, 412, 'At least one of the pre-conditions you specified did not hold.')
  }
  sendJson(response, 200, {
    kind: 'storage#rewriteResponse',
    done: true,
    resource: objectResource(metadata, baseUrl),
  })
}

function list({ response, query, baseUrl }: Exchange, bucket: FixtureBucket): void {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('pageToken') ?? ''
  const maxResults = Number(query.get('maxResults') ?? 1000)
  const names = bucket.names().filter((name) => name.startsWith(prefix) && (after === '' || name > after))
  const page = names.slice(0, maxResults)
  const items = page
    .flatMap((name) => bucket.get(name) ?? [])
    .map(({ metadata }) => objectResource(metadata, baseUrl))
  const more = names.length > page.length ? { nextPageToken: page.at(-1) } : {}
  sendJson(response, 200, { kind: 'storage#objects', items, ...more })
}

async function remove(
  { response, query }: Exchange,
  bucket: FixtureBucket,
  { metadata }: FixtureObject,
): Promise<void> {
  const expected = query.get('ifGenerationMatch')
  if (expected !== null && expected !== metadata.generation) {
    return sendError(response, 412, 'At least one of the pre-conditions you specified did not hold.')
  }
  bucket.delete(metadata.name)
  response.writeHead(204).end()
}
