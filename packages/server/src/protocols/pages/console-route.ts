import type { FastifyPluginCallback } from 'fastify'
import { URLS } from '../urls.ts'
import type { BuiltFile, BuiltFiles } from './built-files.ts'
import { createBuiltPage } from './built-page.ts'
import { pageHeaders } from './page-headers.ts'

const BUILT_CONSOLE = new URL('../../../../console/dist/', import.meta.url)

/** What a preview shows in a frame of its own has the download's headers, which let nothing run. */
const HEADERS = pageHeaders(["media-src 'self'", "connect-src 'self'", "worker-src 'self'"])

/** Serves the web page: a client of the API like any other, so it is given no more than its files. */
export function consoleRoute(directory: URL = BUILT_CONSOLE): FastifyPluginCallback {
  const page = createBuiltPage({ directory, name: 'console', headers: HEADERS })
  return (app, _options, done) => {
    app.get(URLS.console, (_request, reply) => reply.headers(HEADERS).redirect('console/', 302))

    app.get(`${URLS.console}/*`, (request, reply) =>
      page.answer(request, reply, (files) => fileFor(files, (request.params as { '*': string })['*'])),
    )
    done()
  }
}

/** The page draws what stands behind its last slash by itself, so every such name is the same page. */
function fileFor(files: BuiltFiles, name: string): BuiltFile | undefined {
  return files.get(name) ?? (/^[a-z-]*$/.test(name) ? files.get('index.html') : undefined)
}
