import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  /** The same URL, through the proxy. */
  through(url: string): string
  /** The `Content-Range` of every request that passed, in their order. */
  contentRanges(): string[]
  close(): Promise<void>
}

/**
 * Stands between a real client and the server, notes what the client sends, and breaks its connection off
 * once, after `cutAfterBytes` bytes from the client have passed.
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

/** A client writes the head of a request in one piece, so a search of each piece finds them all. */
function contentRangesIn(bytes: Buffer): string[] {
  const heads = bytes.toString('latin1').matchAll(/^content-range: (.*)\r$/gim)
  return Array.from(heads, ([, value]) => value ?? '')
}
