import { once } from 'node:events'
import { createServer, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** `refuse`: the request gets 503, so that it is retried, and does not arrive. `lose`: its response is lost. */
export const FAULTS = ['refuse', 'lose'] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultyProxy {
  readonly url: string
  /** Number of requests since the last `plan`. */
  seen(): number
  /** Makes the request with this number fail, counted from 1, and with `isLasting` all after it until `lift`. */
  plan(fault: Fault, number: number, isLasting: boolean): void
  /** Answers requests whose method and path match with 501, and with `isLasting` all after the first one, until `lift`. */
  refuse(pattern: RegExp, isLasting: boolean): void
  /** Holds the response to the next request that matches. Resolves when it is there, with a function that loses it. */
  hold(pattern: RegExp): Promise<() => void>
  lift(): void
  close(): Promise<void>
}

/** Starts a proxy in front of an S3 server. It forwards requests as they are, because they are signed. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target)
  let seen = 0
  let planned: { readonly fault: Fault; readonly number: number; readonly isLasting: boolean } | null = null
  let refused: { readonly pattern: RegExp; readonly isLasting: boolean } | null = null
  let held: { readonly pattern: RegExp; readonly arrived: (lose: () => void) => void } | null = null

  const faultOfNext = ({ method, url }: IncomingMessage): Fault | 'lasting' | null => {
    seen++
    if (refused?.pattern.test(`${method} ${url}`)) {
      if (refused.isLasting) refused = { ...refused, pattern: /^/ }
      return 'lasting'
    }
    if (planned === null) return null
    const isHit = planned.isLasting ? seen >= planned.number : seen === planned.number
    return isHit ? planned.fault : null
  }

  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const fault = faultOfNext(incoming)
    const isHeld = held?.pattern.test(`${incoming.method} ${incoming.url}`) ? held : null
    if (isHeld !== null) held = null
    const body = await buffer(incoming)
    if (fault === 'refuse' || fault === 'lasting') {
      outgoing.writeHead(fault === 'refuse' ? 503 : 501).end()
      return
    }
    const { method, url: path, headers } = incoming
    const request = requestHttp({ hostname, port, method, path, headers })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const answer = await buffer(response)
    if (isHeld !== null) {
      isHeld.arrived(() => incoming.socket.destroy())
      return
    }
    if (fault === 'lose') {
      incoming.socket.destroy()
      return
    }
    outgoing.writeHead(response.statusCode ?? 0, response.headers)
    outgoing.end(method === 'HEAD' ? undefined : answer)
  }

  const server = createServer((incoming, outgoing) => {
    // A client that gives up, as at its time limit, is no fault of the test.
    forward(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => seen,
    plan: (fault, number, isLasting) => {
      seen = 0
      planned = { fault, number, isLasting }
    },
    refuse: (pattern, isLasting) => {
      refused = { pattern, isLasting }
    },
    hold: (pattern) => {
      const { promise, resolve } = Promise.withResolvers<() => void>()
      held = { pattern, arrived: resolve }
      return promise
    },
    lift: () => {
      planned = null
      refused = null
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
