import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { URLS } from '../urls.ts'
import { type ConsoleFile, type ConsoleFiles, readConsoleFiles } from './console-files.ts'

const BUILT_CONSOLE = new URL('../../../../console/dist/', import.meta.url)

const NOT_BUILT = `The console is not built here. Run «npm ci», or «npm run console», in Waybill's folder, and load this page again.
`

/**
 * The page may load what this service has, speak with it, and nothing else; nobody may put it into a frame. What a preview
 * shows in a frame of its own has the download's headers, which let nothing run.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'accept-encoding',
}

/** Serves the web page: a client of the API like any other, so it is given no more than its files. */
export function consoleRoute(directory: URL = BUILT_CONSOLE): FastifyPluginCallback {
  let files: ConsoleFiles | null = null
  return (app, _options, done) => {
    app.get(URLS.console, (_request, reply) => reply.headers(HEADERS).redirect('console/', 302))

    app.get(`${URLS.console}/*`, async (request, reply) => {
      // Asked again as long as there is none, so that it can be built beside a running server.
      files ??= await readConsoleFiles(directory)
      reply.headers(HEADERS)
      if (files === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
      const file = fileFor(files, (request.params as { '*': string })['*'])
      if (file === null) throw new ServiceError('NOT_FOUND', 'there is no such URL')
      return sendFile(file, request, reply)
    })
    done()
  }
}

/** The page draws what stands behind its last slash by itself, so every such name is the same page. */
function fileFor(files: ConsoleFiles, name: string): ConsoleFile | null {
  const file = files.get(name)
  if (file) return file
  return /^[a-z-]*$/.test(name) ? (files.get('index.html') ?? null) : null
}

function sendFile(file: ConsoleFile, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { etag, contentType, isImmutable } = file
  reply.headers({
    etag,
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  reply.type(contentType)
  const isGzipTaken = /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  if (!isGzipTaken) return reply.send(file.bytes)
  return reply.header('content-encoding', 'gzip').send(file.gzipped)
}
