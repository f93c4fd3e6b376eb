import type { FastifyPluginCallback } from 'fastify'
import { URLS } from '../urls.ts'
import { createBuiltPage } from './built-page.ts'
import { pageHeaders } from './page-headers.ts'

const BUILT_REFERENCE = new URL('../../../../reference/dist/', import.meta.url)

const HEADERS = pageHeaders([])

/** Serves the API reference, which is generated from the OpenAPI document. */
export function referenceRoute(directory: URL = BUILT_REFERENCE): FastifyPluginCallback {
  const page = createBuiltPage({ directory, name: 'reference', headers: async () => HEADERS })
  return (app, _options, done) => {
    app.get(URLS.reference, (request, reply) =>
      page.answer(request, reply, (files) => files.get('index.html')),
    )

    app.get(`${URLS.reference}/`, (_request, reply) => reply.headers(HEADERS).redirect('../docs', 302))

    app.get(`${URLS.reference}/assets/:name`, (request, reply) =>
      page.answer(request, reply, (files) =>
        files.get(`assets/${(request.params as { name: string }).name}`),
      ),
    )
    done()
  }
}
