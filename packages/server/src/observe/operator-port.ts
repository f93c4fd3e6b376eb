import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Page {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

export interface OperatorPort {
  /** Base URL, such as `http://127.0.0.1:9464`. */
  readonly url: string
  close(): void
}

/**
 * Opens a separate port for monitoring, with one page per path for GET and HEAD. It has no authentication, so it must
 * listen on an address that only the programs of the operator can reach. Throws when it cannot listen.
 */
export async function openOperatorPort(
  { host, port }: { readonly host: string; readonly port: number },
  pages: ReadonlyMap<string, () => Promise<Page>>,
): Promise<OperatorPort> {
  const server = createServer(async (request, response) => {
    request.resume()
    const page = pages.get((request.url ?? '').split('?', 1)[0] ?? '')
    if (page === undefined) return respond(response, plain(404, `try ${[...pages.keys()].join(' or ')}`))
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return respond(response, plain(405, 'GET only'))
    try {
      respond(response, await page())
    } catch {
      respond(response, plain(500, 'this page is not available at the moment'))
    }
  })
  server.listen(port, host)
  await once(server, 'listening')
  // This port alone must not keep the process alive.
  server.unref()
  const { address, family, port: actualPort } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actualPort}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function plain(status: number, text: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` }
}

function respond(response: ServerResponse, { status, contentType, text }: Page): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
}
