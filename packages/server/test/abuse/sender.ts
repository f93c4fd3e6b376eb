import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { SpoiledRequest } from './spoil.ts'

export interface Outcome {
  /** Statuses of all answers in order, without 1xx. */
  readonly statuses: readonly number[]
  readonly text: string
}

/** Time limit of an answer, much longer than any takes: after it the server counts as hanging. */
const DEADLINE_MS = 60_000
const MAX_SHOWN = 2000

/** Creates a client that sends complete requests on one connection, and malformed ones on a new connection each. */
export function createSender(port: number) {
  let kept: Socket | null = null

  const connected = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {
      // The server closes what it cannot use; "close" follows.
    })
    await Promise.race([once(socket, 'connect'), once(socket, 'close')])
    return socket
  }

  const sendComplete = async ({ bytes, isHead }: SpoiledRequest): Promise<Outcome> => {
    const socket = kept && !kept.destroyed && kept.writable ? kept : await connected()
    kept = socket
    const received = await exchange(socket, bytes, (text) => isAnswered(text, isHead))
    if (/^connection: close$/im.test(received) || socket.readableEnded) socket.destroy()
    return outcomeOf(received)
  }

  /** Closes the sending side after the bytes, so that the server does not wait for more. */
  const sendBroken = async ({ bytes }: SpoiledRequest): Promise<Outcome> => {
    const socket = await connected()
    const receiving = exchange(socket, bytes, () => false)
    socket.end()
    return outcomeOf(await receiving)
  }

  return {
    send: (request: SpoiledRequest) => (request.isComplete ? sendComplete(request) : sendBroken(request)),
    close: () => kept?.destroy(),
  }
}

/** Returns all bytes that arrive until they are enough or the connection ends. */
async function exchange(socket: Socket, bytes: Buffer, isEnough: (text: string) => boolean): Promise<string> {
  let text = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onData = (data: Buffer) => {
    text += data.toString('latin1')
    if (isEnough(text)) resolve()
  }
  const onClose = () => resolve()
  const hang = () => {
    const sent = JSON.stringify(bytes.toString('latin1').slice(0, MAX_SHOWN))
    reject(
      new Error(
        `the server neither answers nor closes after ${sent}; its answer so far: ${JSON.stringify(text)}`,
      ),
    )
  }
  const deadline = setTimeout(hang, DEADLINE_MS)
  socket.on('data', onData).on('end', onClose).on('close', onClose)
  if (socket.destroyed) resolve()
  socket.write(bytes)
  try {
    await promise
    return text
  } finally {
    clearTimeout(deadline)
    socket.off('data', onData).off('end', onClose).off('close', onClose)
    if (!isEnough(text)) socket.destroy()
  }
}

/** Returns true when a complete answer other than 1xx has arrived. */
function isAnswered(text: string, isHead: boolean): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const head = text.slice(0, headEnd)
  const body = text.slice(headEnd + 4)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
  if (status < 200) return isAnswered(body, isHead)
  if (isHead || status === 204 || status === 304) return true
  const length = /^content-length: (\d+)$/im.exec(head)?.[1]
  if (length !== undefined) return body.length >= Number(length)
  return /^transfer-encoding: chunked$/im.test(head) && body.endsWith('0\r\n\r\n')
}

function outcomeOf(text: string): Outcome {
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
  return { statuses: statuses.filter((status) => status >= 200), text }
}
