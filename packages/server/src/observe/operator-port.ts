import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Page {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

export interface OperatorPort {
  /** Such as `http://127.0.0.1:9464`. */
  readonly url: string
  close(): void
}

/**
 * A port of its own for whoever watches the service: each path has one page, for GET and HEAD. It asks for no key, so it
 * listens where only the operator's programs are. Throws when it cannot listen.
 */
export async function openOperatorPort(
  { host, port }: { readonly host: string; readonly port: number },
  pages: ReadonlyMap<string, () => Promise<Page>>,
): Promise<OperatorPort> {
  const server = createServer(async (request, response) => {
    request.resume()
    const page = pages.get((request.url ?? '').split('?', 1)[0] ?? '')
    if (page === undefined) return answer(response, plain(404, `try ${[...pages.keys()].join(' or ')}`))
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, plain(405, 'GET only'))
    try {
      answer(response, await page())
    } catch {
      answer(response, plain(500, 'this page cannot be made at the moment'))
    }
  })
  server.listen(port, host)
  await once(server, 'listening')
  // It watches a service, and is no reason to live for a process without one.
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

function answer(response: ServerResponse, { status, contentType, text }: Page): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
}
