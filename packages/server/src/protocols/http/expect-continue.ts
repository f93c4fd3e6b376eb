import type { IncomingMessage, Server } from 'node:http'
import { DEFAULT_HEADERS } from './default-headers.ts'

const awaiting = new WeakSet<IncomingMessage>()

/**
 * Sends `100 Continue` only when the body is read: a request that is refused without its body gets the final status
 * alone. Any other expectation is refused.
 */
export function continueWhenRead(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response) => {
    awaiting.add(request)
    const read = request._read
    request._read = (size) => {
      request._read = read
      if (awaiting.delete(request) && !response.headersSent) response.writeContinue()
      read.call(request, size)
    }
    server.emit('request', request, response)
  })
  server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, { ...DEFAULT_HEADERS, connection: 'close' }).end()
  })
}

/** Prevents `100 Continue` for the request. Returns true if the client was still waiting for it. */
export function refuseContinue(request: IncomingMessage): boolean {
  return awaiting.delete(request)
}
