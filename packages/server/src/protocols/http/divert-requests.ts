import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { FastifyServerFactory } from 'fastify'

// Not imported: for an import, Node loads all that `node:http` can export, and with it `fetch`, which takes a tenth of the
// start.
const { createServer } = process.getBuiltinModule('node:http')

/** Requests on the port of one app that another app answers. */
export interface Diversion {
  isFor(request: IncomingMessage): boolean
  /** Server of the other app, which need not listen. */
  readonly server: Server
}

/** Returns the creator of a server that passes some requests to another one. Both have the connections in common. */
export function divertRequests({ isFor, server: other }: Diversion): FastifyServerFactory {
  return (handle, options) => {
    const listen: RequestListener = (request, response) => {
      if (isFor(request)) other.emit('request', request, response)
      else handle(request, response)
    }
    const {
      http = {},
      keepAliveTimeout,
      requestTimeout,
    } = options as {
      readonly http?: object
      readonly keepAliveTimeout: number
      readonly requestTimeout: number
    }
    const server = createServer(http, listen)
    return Object.assign(server, { keepAliveTimeout, requestTimeout })
  }
}
