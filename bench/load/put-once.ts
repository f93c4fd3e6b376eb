import type { MeasuredProcess } from '../measured-process.ts'
import { type BodyRequest, openConnection, putBody } from './put-body.ts'

export interface PutSample {
  readonly mibPerSecond: number
  /** Of the server, a GiB. */
  readonly cpuSecondsPerGib: number
}

/** Sends one request on a new connection and measures it and the server; throws unless it succeeds. */
export async function putOnce(server: MeasuredProcess, request: BodyRequest): Promise<PutSample> {
  return measurePut(server, request.bodyBytes, async () => {
    const socket = await openConnection(request.url)
    try {
      await sendPart(socket, request)
    } finally {
      socket.destroy()
    }
  })
}

/** Sends one request; throws unless its answer says that all is well, or that the upload goes on. */
export async function sendPart(socket: Parameters<typeof putBody>[0], request: BodyRequest): Promise<void> {
  const { status, head } = await putBody(socket, request)
  if (status >= 400) throw new Error(`${request.method} ${request.url} answered ${head}`)
}

/** What `send`, which sends so many bytes to the server, takes of time and of the server's processor. */
export async function measurePut(
  server: MeasuredProcess,
  bytes: number,
  send: () => Promise<void>,
): Promise<PutSample> {
  const cpuBefore = await server.cpuSeconds()
  const startMs = performance.now()
  await send()
  const seconds = (performance.now() - startMs) / 1000
  const cpuSeconds = (await server.cpuSeconds()) - cpuBefore
  return { mibPerSecond: bytes / 1024 ** 2 / seconds, cpuSecondsPerGib: cpuSeconds / (bytes / 1024 ** 3) }
}
