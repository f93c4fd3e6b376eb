import { createHash } from 'node:crypto'
import type { SeededRandom } from '../seeded-random.ts'
import type { KnownSession, KnownThings } from './known-things.ts'
import type { RawRequest } from './raw-request.ts'
import { ietfCreation, sessionMessage, tusCreation } from './upload-protocol-request.ts'

/** Operation of api/openapi.json. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly operationId: string
  readonly queryNames: readonly string[]
  /** Schema of the JSON body; null when the operation takes none. */
  readonly schema: JsonSchema | null
  readonly isMultipart: boolean
}

export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: JsonSchema
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
}

interface DocumentedOperation {
  readonly operationId: string
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
}

const KIB_256 = 262_144
const BOUNDARY = 'waybill-abuse'

/** Requests to the creation URLs of protocols. */
const CREATIONS: Readonly<Record<string, typeof tusCreation>> = {
  '/v1/organizations/{organization_id}/files/tus': tusCreation,
  '/v1/organizations/{organization_id}/files/resumable': ietfCreation,
}

export function operationsOf(document: unknown): Operation[] {
  return Object.entries((document as Document).paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      operationId,
      queryNames: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      schema: requestBody?.content['application/json']?.schema ?? null,
      isMultipart: requestBody?.content['multipart/form-data'] !== undefined,
    })),
  )
}

/** Returns a request for the operation that is likely to succeed. */
export function goodRequest(operation: Operation, known: KnownThings, random: SeededRandom): RawRequest {
  const { method, path } = operation
  if (path.startsWith('/upload/')) return sessionRequest(method, path, known, random)
  if (operation.operationId === 'downloadFile' && known.downloads.length > 0) {
    const range = random.chance(0.3) ? [['Range', `bytes=${random.integer(0, 500)}-`] as const] : []
    return bare(method, random.pick(known.downloads), [hostOf(known), ...range])
  }
  const target = fillPath(path, operation, known, random) + queryOf(operation, known, random)
  const headers = [hostOf(known), ['X-API-Key', known.apiKey] as const]
  const creation = CREATIONS[operation.path]
  if (creation !== undefined) {
    const created = creation(random)
    const framed = { body: created.body, framing: anyFraming(random) }
    return { ...bare(method, target, [...headers, ...created.headers]), ...framed }
  }
  if (operation.isMultipart) {
    const type = ['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`] as const
    return {
      ...bare(method, target, [...headers, type]),
      body: multipartBody(random),
      framing: anyFraming(random),
    }
  }
  if (operation.schema === null) return bare(method, target, headers)
  const body = Buffer.from(JSON.stringify(jsonBody(operation, known, random)))
  const type = ['Content-Type', 'application/json'] as const
  return { ...bare(method, target, [...headers, type]), body, framing: anyFraming(random) }
}

function bare(method: string, target: string, headers: RawRequest['headers']): RawRequest {
  return { method, target, headers, body: Buffer.alloc(0), framing: null }
}

function hostOf({ host }: KnownThings) {
  return ['Host', host] as const
}

function anyFraming(random: SeededRandom): 'Content-Length' | 'chunked' {
  return random.chance(0.7) ? 'Content-Length' : 'chunked'
}

function sessionRequest(method: string, path: string, known: KnownThings, random: SeededRandom): RawRequest {
  const session = known.sessions.length > 0 ? random.pick(known.sessions) : null
  const target = `${path}?uploadType=resumable&upload_id=${session?.uploadId ?? 'none'}`
  const sizeBytes = session?.sizeBytes ?? 1
  if (method === 'PATCH' || random.chance(0.3)) {
    const { headers, body } = sessionMessage(method, sizeBytes, random)
    const framing = body.length === 0 ? null : anyFraming(random)
    return { method, target, headers: [hostOf(known), ...headers], body, framing }
  }
  if (method !== 'PUT' && method !== 'POST') return bare(method, target, [hostOf(known)])
  const first = random.pick([0, 0, KIB_256, random.integer(0, sizeBytes)])
  const end = Math.max(first + 1, Math.min(first + random.pick([1000, KIB_256]), sizeBytes))
  const range = random.pick([
    `bytes ${first}-${end - 1}/*`,
    `bytes ${first}-${end - 1}/${sizeBytes}`,
    `bytes ${first}-*/*`,
    'bytes */*',
    `bytes */${sizeBytes}`,
  ])
  const body = range.startsWith('bytes *') ? Buffer.alloc(0) : Buffer.alloc(end - first, 'abuse ')
  const hash = createHash('md5').update(body).digest('base64')
  const hashes = random.chance(0.1) ? [['X-Goog-Hash', `md5=${hash}`] as const] : []
  const headers = [hostOf(known), ['Content-Range', range] as const, ...hashes]
  return { method, target, headers, body, framing: anyFraming(random) }
}

function fillPath(path: string, operation: Operation, known: KnownThings, random: SeededRandom): string {
  const ofSession = operation.operationId === 'cancelUpload'
  const fileIds = ofSession ? known.sessions.map(({ fileId }) => fileId) : known.fileIds
  const one = (ids: readonly string[]) => (ids.length > 0 ? random.pick(ids) : 'file_0')
  return path
    .replace('{organization_id}', known.organizationId)
    .replace('{file_id}', one(fileIds))
    .replace('{key_id}', one(known.keyIds))
}

function queryOf({ queryNames }: Operation, { fileIds }: KnownThings, random: SeededRandom): string {
  const chosen = queryNames.filter(() => random.chance(0.3))
  const value = (name: string) =>
    name === 'after'
      ? (fileIds[0] ?? 'file_0')
      : String(random.pick([1, 2, 50, 100, random.integer(1, 1000)]))
  return chosen.length === 0 ? '' : `?${chosen.map((name) => `${name}=${value(name)}`).join('&')}`
}

function jsonBody({ operationId, schema }: Operation, known: KnownThings, random: SeededRandom): object {
  if (operationId === 'registerFile' && known.sessions.length > 0)
    return registerBody(random.pick(known.sessions))
  if (operationId === 'createUploadUrl') {
    const sizeBytes = random.pick([1000, KIB_256, 2 * KIB_256 + 5])
    return { filename: 'any.bin', file_size: sizeBytes, mime_type: 'application/octet-stream' }
  }
  return anyOf(schema ?? {}, random) as object
}

function registerBody({ filename, objectName, sizeBytes }: KnownSession): object {
  return { filename, gcs_path: objectName, file_size: sizeBytes, mime_type: 'application/octet-stream' }
}

/** Returns a random value that the schema allows. Supports the keywords that api/openapi.json uses. */
function anyOf(schema: JsonSchema, random: SeededRandom): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return random.pick(schema.enum)
  if (schema.anyOf) return anyOf(random.pick(schema.anyOf), random)
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).filter(() => random.chance(0.8))
      return Object.fromEntries(properties.map(([name, property]) => [name, anyOf(property, random)]))
    }
    case 'array':
      return Array.from({ length: random.integer(0, 3) }, () => anyOf(schema.items ?? {}, random))
    case 'integer':
    case 'number':
      return random.integer(1, 1_000_000)
    case 'boolean':
      return random.chance(0.5)
    case 'null':
      return null
    default:
      return random.pick(['some text', 'a', new Date(Date.now() + 3_600_000).toISOString()])
  }
}

function multipartBody(random: SeededRandom): Buffer {
  const parts = Array.from({ length: random.integer(1, 3) }, (_, index) => {
    const name = random.pick(['file', 'files', 'files'])
    const head = `Content-Disposition: form-data; name="${name}"; filename="${index}.txt"\r\nContent-Type: text/plain`
    return `--${BOUNDARY}\r\n${head}\r\n\r\n${'some text '.repeat(random.integer(1, 200))}\r\n`
  })
  return Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`)
}
