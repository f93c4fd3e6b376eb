import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  /** Returns the URL through the proxy. */
  through(url: string): string
  /** Returns the `Content-Range` of all requests, in order. */
  contentRanges(): string[]
  close(): Promise<void>
}

/**
 * Starts a proxy between a real client and the server. It records the requests, and breaks the connection once, after
 * `cutAfterBytes` bytes from the client.
 */
export async function startCuttingProxy(serverUrl: string, cutAfterBytes = Infinity): Promise<CuttingProxy> {
  const contentRanges: string[] = []
  const sockets = new Set<Socket>()
  let passedBytes = 0
  let hasCut = false
  const proxy = createServer((client) => {
    const server = connect(Number(new URL(serverUrl).port), '127.0.0.1')
    const hangUp = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', hangUp)
      socket.on('close', hangUp)
    }
    client.on('data', (bytes) => {
      contentRanges.push(...contentRangesIn(bytes))
      passedBytes += bytes.byteLength
      if (passedBytes >= cutAfterBytes && !hasCut) {
        hasCut = true
        hangUp()
      }
    })
    client.pipe(server)
    server.pipe(client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  return {
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    contentRanges: () => contentRanges,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

/** Returns the ranges in a piece. Clients write the head of a request in one piece, so none is split. */
function contentRangesIn(bytes: Buffer): string[] {
  const heads = bytes.toString('latin1').matchAll(/^content-range: (.*)\r$/gim)
  return Array.from(heads, ([, value]) => value ?? '')
}
