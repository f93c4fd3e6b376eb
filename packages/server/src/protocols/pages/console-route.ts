import type { FastifyPluginCallback } from 'fastify'
import { URLS } from '../urls.ts'
import type { BuiltFile, BuiltFiles } from './built-files.ts'
import { createBuiltPage } from './built-page.ts'
import { pageHeaders } from './page-headers.ts'

const BUILT_CONSOLE = new URL('../../../../console/dist/', import.meta.url)

/**
 * Serves the files of the console. The console is an ordinary client of the API, and of an OpenID Connect provider with
 * the origins `providerOrigins`.
 */
export function consoleRoute(
  providerOrigins: () => Promise<readonly string[]> = async () => [],
  directory: URL = BUILT_CONSOLE,
): FastifyPluginCallback {
  const headers = async () => consoleHeaders(await providerOrigins())
  const page = createBuiltPage({ directory, name: 'console', headers })
  return (app, _options, done) => {
    app.get(URLS.console, async (_request, reply) => reply.headers(await headers()).redirect('console/', 302))

    app.get(`${URLS.console}/*`, (request, reply) =>
      page.answer(request, reply, (files) => fileFor(files, (request.params as { '*': string })['*'])),
    )
    done()
  }
}

/** File previews in a frame have the headers of a download instead, which do not allow scripts. */
function consoleHeaders(providerOrigins: readonly string[]): Record<string, string> {
  const connections = ["connect-src 'self'", ...providerOrigins].join(' ')
  return pageHeaders(["media-src 'self'", connections, "worker-src 'self'"])
}

/** Returns a built file. Names of the console's own views, such as `files`, get the page that renders them. */
function fileFor(files: BuiltFiles, name: string): BuiltFile | undefined {
  return files.get(name) ?? (/^[a-z-]*$/.test(name) ? files.get('index.html') : undefined)
}
