import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BuiltFile } from './built-files.ts'

/** Sends the file, gzipped where that is taken, or 304 where the browser has it. */
export function sendBuiltFile(
  file: BuiltFile,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { etag, contentType, isImmutable } = file
  reply.headers({
    etag,
    vary: 'accept-encoding',
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  reply.type(contentType)
  const isGzipTaken = /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  if (!isGzipTaken) return reply.send(file.bytes)
  return reply.header('content-encoding', 'gzip').send(file.gzipped)
}
