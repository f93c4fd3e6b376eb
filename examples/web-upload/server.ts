// A web application whose pages upload files to Waybill. The key of Waybill stays in this process: pages get upload URLs.
import { readFile } from 'node:fs/promises'
import { Waybill, WaybillError } from '@waybill/sdk'
import Fastify from 'fastify'
import { bundlePage } from './bundle-page.ts'

const {
  WAYBILL_URL = 'http://127.0.0.1:8080',
  WAYBILL_API_KEY,
  WAYBILL_ORGANIZATION = 'org_default',
  HOST = '127.0.0.1',
  PORT = '3000',
} = process.env
if (!WAYBILL_API_KEY)
  throw new Error('Set WAYBILL_API_KEY to an API key with the scopes files:read and files:write.')

/** Limit of this application. Waybill has its own limits too. */
const MAX_FILE_BYTES = 50 * 1024 ** 3
const MAX_LISTED_FILES = 50

const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})
const app = Fastify()

// Authenticate here: everyone who reaches this server can upload and read files. A real application finds the user of the
// session cookie, and answers 401 without one.
app.addHook('onRequest', async () => {})

interface NewUpload {
  readonly filename: string
  readonly size: number
  readonly type: string
}

const NEW_UPLOAD = {
  type: 'object',
  required: ['filename', 'size', 'type'],
  properties: {
    filename: { type: 'string', minLength: 1, maxLength: 255 },
    size: { type: 'integer', minimum: 1, maximum: MAX_FILE_BYTES },
    type: { type: 'string', maxLength: 255 },
  },
}

// Authorize here: may this user upload this file? A real application also stores `file_id` with the user, which is the id
// of the future File.
app.post<{ Body: NewUpload }>('/uploads', { schema: { body: NEW_UPLOAD } }, async ({ body }, reply) => {
  const { upload_url, expires_at } = await waybill.files.createUploadUrl({
    filename: body.filename,
    file_size: body.size,
    mime_type: body.type || 'application/octet-stream',
    auto_register: true,
  })
  return reply.code(201).send({ uploadUrl: upload_url, expiresAt: expires_at })
})

// A real application lists the Files of the user.
app.get('/files', async () => {
  const { files } = await firstOf(waybill.files.list({ limit: MAX_LISTED_FILES }).pages())
  return files.map(({ id, original_filename, file_size }) => ({
    id,
    name: original_filename,
    size: file_size,
  }))
})

app.get<{ Params: { id: string } }>('/files/:id', async ({ params }, reply) => {
  const { download_url } = await waybill.files.getContent(params.id)
  return reply.redirect(download_url)
})

async function firstOf<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item
  throw new Error('A list has at least one page.')
}

app.setErrorHandler(async (error: Error & { readonly statusCode?: number }, request, reply) => {
  // Errors of the file or the request are for the user; all others are for the operator of this server.
  const status = error instanceof WaybillError ? error.status : (error.statusCode ?? 500)
  const isForUser = status >= 400 && status < 500 && status !== 401 && status !== 403
  if (!isForUser) console.error(request.method, request.url, error)
  const message = isForUser ? error.message : 'The file service cannot be used at the moment.'
  return reply.code(isForUser ? status : 502).send({ message })
})

const pathOf = (name: string) => new URL(`page/${name}`, import.meta.url)
const PAGE_FILES = [
  { path: '/', type: 'text/html; charset=utf-8', content: await readFile(pathOf('index.html')) },
  { path: '/style.css', type: 'text/css; charset=utf-8', content: await readFile(pathOf('style.css')) },
  { path: '/page.js', type: 'text/javascript; charset=utf-8', content: await bundlePage(pathOf('main.ts')) },
]
// The page may send requests to itself and to Waybill. Upload URLs have the origin of Waybill's PUBLIC_URL.
const PAGE_HEADERS = {
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ${new URL(WAYBILL_URL).origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
}
for (const { path, type, content } of PAGE_FILES) {
  app.get(path, async (_request, reply) => reply.headers(PAGE_HEADERS).type(type).send(content))
}

console.log(`listening on ${await app.listen({ host: HOST, port: Number(PORT) })}`)
