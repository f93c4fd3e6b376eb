import type { FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { type BuiltFile, type BuiltFiles, readBuiltFiles } from './built-files.ts'

export interface BuiltPageOptions {
  /** Folder of the built files. */
  readonly directory: URL
  /** Name of the page for people, such as `console`; also the npm script that builds it. */
  readonly name: string
  readonly headers: () => Promise<Readonly<Record<string, string>>>
}

export interface BuiltPage {
  /** Sends the file that `find` selects, or instructions to build the page. Throws NOT_FOUND. */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    find: (files: BuiltFiles) => BuiltFile | undefined,
  ): Promise<FastifyReply>
}

/** Creates a page whose files are read from a folder at the first request. */
export function createBuiltPage({ directory, name, headers }: BuiltPageOptions): BuiltPage {
  let files: BuiltFiles | null = null
  const notBuilt = `The ${name} is not built. Run "npm ci" or "npm run ${name}" in Waybill's folder, and reload this page.\n`
  return {
    answer: async (request, reply, find) => {
      // Tried again until the page is built, so that it can be built while the server runs.
      files ??= await readBuiltFiles(directory)
      reply.headers(await headers())
      if (files === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
      const file = find(files)
      if (file === undefined) throw new ServiceError('NOT_FOUND', 'there is no such URL')
      return sendBuiltFile(file, request, reply)
    },
  }
}

/** Sends the file, compressed if the client accepts gzip, or 304 if the browser has the current version. */
function sendBuiltFile(file: BuiltFile, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { etag, contentType, isImmutable } = file
  reply.headers({
    etag,
    vary: 'accept-encoding',
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (headers['if-none-match'] === etag) return reply.code(304).send()
  reply.type(contentType)
  const acceptsGzip = /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  if (!acceptsGzip) return reply.send(file.bytes)
  return reply.header('content-encoding', 'gzip').send(file.gzipped)
}
