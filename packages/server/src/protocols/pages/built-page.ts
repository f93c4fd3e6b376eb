import type { FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { type BuiltFile, type BuiltFiles, readBuiltFiles } from './built-files.ts'
import { sendBuiltFile } from './send-built-file.ts'

export interface BuiltPageOptions {
  /** Where its files are, once it is built. */
  readonly directory: URL
  /** What a person calls it, such as `console`, which is also the npm script that builds it. */
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
}

export interface BuiltPage {
  /** Answers with the file that `find` chooses, or with how to build the page where it is not built. */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    find: (files: BuiltFiles) => BuiltFile | undefined,
  ): Promise<FastifyReply>
}

/** A page that is built into a folder, and read when it is first asked for. */
export function createBuiltPage({ directory, name, headers }: BuiltPageOptions): BuiltPage {
  let files: BuiltFiles | null = null
  const notBuilt = `The ${name} is not built here. Run «npm ci», or «npm run ${name}», in Waybill's folder, and load this page again.\n`
  return {
    answer: async (request, reply, find) => {
      // Asked again as long as there is none, so that it can be built beside a running server.
      files ??= await readBuiltFiles(directory)
      reply.headers(headers)
      if (files === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
      const file = find(files)
      if (file === undefined) throw new ServiceError('NOT_FOUND', 'there is no such URL')
      return sendBuiltFile(file, request, reply)
    },
  }
}
