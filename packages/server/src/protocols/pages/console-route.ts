import type { FastifyPluginCallback } from 'fastify'
import { URLS } from '../urls.ts'
import type { BuiltFile, BuiltFiles } from './built-files.ts'
import { createBuiltPage } from './built-page.ts'
import { pageHeaders } from './page-headers.ts'

const BUILT_CONSOLE = new URL('../../../../console/dist/', import.meta.url)

/** File previews in a frame have the headers of a download instead, which do not allow scripts. */
const HEADERS = pageHeaders(["media-src 'self'", "connect-src 'self'", "worker-src 'self'"])

/** Serves the files of the console. The console is an ordinary client of the API. */
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

/** Returns a built file. Names of the console's own views, such as `files`, get the page that renders them. */
function fileFor(files: BuiltFiles, name: string): BuiltFile | undefined {
  return files.get(name) ?? (/^[a-z-]*$/.test(name) ? files.get('index.html') : undefined)
}
