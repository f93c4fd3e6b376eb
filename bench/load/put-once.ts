import type { MeasuredProcess } from '../measured-process.ts'
import { type BodyRequest, openConnection, putBody } from './put-body.ts'

export interface PutSample {
  readonly mibPerSecond: number
  /** Processor seconds of the server per GiB. */
  readonly cpuSecondsPerGib: number
}

/** Sends one request on a new connection, and measures time and the server's processor time; throws unless it succeeds. */
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

/** Sends one request; throws unless the answer is a success or 308. */
export async function sendPart(socket: Parameters<typeof putBody>[0], request: BodyRequest): Promise<void> {
  const { status, head } = await putBody(socket, request)
  if (status >= 400) throw new Error(`${request.method} ${request.url} answered ${head}`)
}

/** Measures the time and the server's processor time of `send`, which sends `bodyBytes` bytes to the server. */
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
