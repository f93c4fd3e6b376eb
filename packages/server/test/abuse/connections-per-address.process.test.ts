import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { eventually } from '../clients/eventually.ts'
import { startServer, type TestServer } from '../start-server.ts'

const MAX = 5
const BODY_BYTES = 1000

interface Held {
  readonly socket: Socket
  text(): string
}

describe('MAX_CONNECTIONS_PER_ADDRESS', () => {
  it('closes the connections of an address above the limit until it has closed others', async () => {
    await withServer({}, async (server) => {
      const held = await Promise.all(Array.from({ length: MAX }, () => hold(server, '')))
      const extra = await hold(server, '')
      await eventually('the extra connection is closed', () => extra.socket.closed)
      const other = await hold(server, '', '127.0.0.2')
      assert.ok(!other.socket.closed)
      assert.ok(held.every(({ socket }) => !socket.closed))
      held[0]?.socket.destroy()
      await eventually('an address may connect again', async () => {
        const { socket, text } = await hold(server, get())
        // A connection beyond the limit may end with a reset.
        return Promise.race([
          once(socket, 'data').then(() => text()),
          once(socket, 'close').then(() => false),
        ]).catch(() => false)
      })
    })
  })

  it('counts the requests of a client behind a proxy, not the connections of the proxy', async () => {
    await withServer({ TRUST_PROXY: '127.0.0.1' }, async (server) => {
      const idle = await Promise.all(Array.from({ length: 2 * MAX }, () => hold(server, '')))
      // The bodies never arrive, so the requests keep running.
      const path = `/v1/organizations/${server.organizationId}/files`
      const waiting = (client: string) =>
        hold(server, head(`POST ${path}`, `X-Forwarded-For: ${client}`, `X-API-Key: ${server.apiKey}`))
      const held = await Promise.all(Array.from({ length: MAX }, () => waiting('203.0.113.1')))
      const extra = await waiting('203.0.113.1')
      await eventually('one too many is refused', () =>
        /^HTTP\/1.1 429 .*retry-after: 1/is.test(extra.text()),
      )
      const other = await waiting('203.0.113.2')
      const health = await hold(server, get('X-Forwarded-For: 203.0.113.3'))
      await eventually('others are served', () => health.text().startsWith('HTTP/1.1 200'))
      for (const { text, socket } of [...held, ...idle, other]) assert.ok(text() === '' && !socket.closed)
    })
  })
})

function get(...headers: string[]): string {
  return ['GET /v1/health HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n')
}

function head(line: string, ...headers: string[]): string {
  const body = ['Content-Type: application/json', `Content-Length: ${BODY_BYTES}`]
  return [`${line} HTTP/1.1`, 'Host: a', ...body, ...headers, '', ''].join('\r\n')
}

async function withServer(
  env: Record<string, string>,
  work: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startServer({ env: { ...env, MAX_CONNECTIONS_PER_ADDRESS: String(MAX) } })
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

/** Opens a connection that sends these bytes and stays open. */
async function hold(server: TestServer, bytes: string, localAddress = '127.0.0.1'): Promise<Held> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port), localAddress })
  let received = ''
  socket.on('data', (data) => {
    received += data.toString('latin1')
  })
  socket.on('error', () => {
    // The server closed it: "close" follows.
  })
  await once(socket, 'connect')
  socket.write(bytes)
  return { socket, text: () => received }
}
