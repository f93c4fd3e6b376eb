import type { FastifyPluginCallback } from 'fastify'
import { URLS } from '../urls.ts'
import { pageHeaders } from './page-headers.ts'

const HEADERS = { ...pageHeaders([]), vary: 'Accept' }
const HTML = /\btext\/html\b/i

/** Answers `GET /`: redirects a browser to the console, and returns the main URLs to other clients. */
export function rootRoute(publicUrl: () => string): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get(URLS.root, (request, reply) => {
      reply.headers(HEADERS)
      // Relative, because a proxy may serve the service below a path.
      if (HTML.test(request.headers.accept ?? '')) return reply.redirect('console/', 302)
      return reply.send(indexOf(publicUrl()))
    })
    done()
  }
}

function indexOf(publicUrl: string) {
  return {
    service: 'Waybill',
    console: `${publicUrl}${URLS.console}`,
    documentation: `${publicUrl}${URLS.reference}`,
    openapi: `${publicUrl}${URLS.openapi}`,
    health: `${publicUrl}${URLS.health}`,
  }
}
