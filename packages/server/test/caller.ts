import { Agent, type OutgoingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface Reply {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
}

export interface Call {
  readonly method: string
  readonly url: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: Buffer
}

export type Caller = ReturnType<typeof createCaller>

/** Creates a client with its own connections, so that it does not reuse those to a process that has ended. */
export function createCaller() {
  const agent = new Agent({ keepAlive: true })
  return {
    /** Sends a request. Returns null when the connection ended without a complete answer. */
    call: ({ method, url, headers = {}, body }: Call): Promise<Reply | null> =>
      new Promise((resolve) => {
        const lengths = { 'Content-Length': body?.length ?? 0 }
        const outgoing = request(url, { method, agent, headers: { ...lengths, ...headers } })
        outgoing.on('error', () => resolve(null))
        outgoing.on('response', (incoming) => {
          const { statusCode = 0, headers } = incoming
          buffer(incoming).then(
            (bytes) => resolve({ status: statusCode, headers, body: bytes }),
            () => resolve(null),
          )
        })
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}
