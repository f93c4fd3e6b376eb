import type { Readable } from 'node:stream'
import type { BufferPool } from './buffer-pool.ts'
import type { AppendLimits, BodyEnd } from './hosted-uploads.ts'
import { type BodyBudget, createWriteBatches } from './write-batches.ts'

export interface PumpOptions extends Pick<AppendLimits, 'skipBytes' | 'maxBytes' | 'room'> {
  readonly budget: BodyBudget
  readonly pool: BufferPool
  /** Position of the first kept byte in the upload. */
  readonly position: number
  /** Stops the pump when aborted: received bytes are kept, and the body is closed. */
  readonly takeOver: AbortSignal
  /** Writes the buffers, which come after those of all earlier calls. Their memory is released afterwards. */
  readonly write: (buffers: Buffer[], bytes: number) => Promise<void>
}

export interface Pumped {
  readonly bodyBytes: number
  readonly ended: BodyEnd
}

/** Remaining room at which a body requests more, so that it does not have to wait. */
const ROOM_AHEAD_BYTES = 1024 * 1024
/** Bytes after the limit that are read to report the length of a body that is too long. */
const MAX_OVERRUN_BYTES = 16 * 1024 * 1024

/**
 * Passes a body to `write` in batches, with a limited number of bytes in memory. Keeps every byte that has reached this
 * process, also when the connection is lost. Resolves when all writes have ended. Rejects with the error of the first
 * failed write; the rest of the body is then left unread.
 */
export async function pumpBody(body: Readable, options: PumpOptions): Promise<Pumped> {
  const { skipBytes, maxBytes, room } = options
  const limitBytes = skipBytes + maxBytes
  let bodyBytes = 0
  /** Running request for more room; null for none. */
  let growing: Promise<void> | null = null
  let canGrow = room !== undefined
  let growFailure: { readonly error: unknown } | null = null

  const isOutOfRoom = () => room !== undefined && bodyBytes > room.bytes()
  const canContinue = () => !batches.isFull() && !(growing && isOutOfRoom())
  const growIfNeeded = () => {
    const neededBytes = bodyBytes + (flow.isOpen() ? ROOM_AHEAD_BYTES : 0)
    if (room === undefined || !canGrow || growing || neededBytes <= room.bytes()) return
    growing = room
      .grow()
      .then(
        (hasGrown) => {
          canGrow = hasGrown
        },
        (error) => {
          canGrow = false
          growFailure = { error }
        },
      )
      .finally(() => {
        growing = null
        growIfNeeded()
        if (isOutOfRoom() && !canGrow) flow.stop('too-long')
        else if (flow.isOpen() && canContinue()) body.resume()
      })
  }

  const take = (chunk: Buffer) => {
    const from = Math.max(0, skipBytes - bodyBytes)
    const to = Math.min(chunk.length, limitBytes - bodyBytes)
    bodyBytes += chunk.length
    if (from >= to) return
    batches.add(chunk.subarray(from, to))
  }

  const flow = createFlow(body, options.takeOver, (chunk) => {
    take(chunk)
    growIfNeeded()
    const isTooLong = bodyBytes > limitBytes + MAX_OVERRUN_BYTES || (isOutOfRoom() && !canGrow)
    if (isTooLong) flow.stop('too-long')
    else if (!canContinue()) body.pause()
  })
  const batches = createWriteBatches({
    ...options,
    endPosition: options.position + maxBytes,
    onRoom: () => {
      if (batches.hasFailed()) flow.stop('interrupted')
      else if (flow.isOpen() && canContinue()) body.resume()
    },
  })

  const ended = await flow.ended
  if (ended === 'interrupted' || ended === 'taken-over') takeBuffered(body, take)
  if (ended === 'taken-over') body.destroy()
  // The caller drops bytes without room.
  for (growIfNeeded(); growing; ) await growing
  await batches.finish()
  if (growFailure) throw (growFailure as { error: unknown }).error
  const isTooLong = bodyBytes > limitBytes || (ended === 'complete' && isOutOfRoom())
  return { bodyBytes, ended: isTooLong ? 'too-long' : ended }
}

interface Flow {
  readonly ended: Promise<BodyEnd>
  isOpen(): boolean
  stop(reason: BodyEnd): void
}

/** Listens to the body until it ends. Uses events, because `for await` has only 0.6 × the speed. */
function createFlow(body: Readable, takeOver: AbortSignal, onData: (chunk: Buffer) => void): Flow {
  const { promise, resolve } = Promise.withResolvers<BodyEnd>()
  let isOpen = true
  const stop = (reason: BodyEnd) => {
    if (!isOpen) return
    isOpen = false
    body.off('data', onData).off('end', onEnd).off('close', onCut)
    takeOver.removeEventListener('abort', onTakeOver)
    if (reason !== 'complete') body.pause()
    resolve(reason)
  }
  const onEnd = () => stop('complete')
  const onCut = () => stop('interrupted')
  const onTakeOver = () => stop('taken-over')

  body.on('end', onEnd).on('close', onCut)
  // This listener stays: without it, an error of the connection after the end would terminate the process.
  body.on('error', onCut)
  takeOver.addEventListener('abort', onTakeOver)
  if (body.readableEnded) onEnd()
  else if (body.destroyed) onCut()
  else if (takeOver.aborted) onTakeOver()
  else body.on('data', onData)
  return { ended: promise, isOpen: () => isOpen, stop }
}

/** Takes the received bytes from the buffer of the stream; `read` returns them even when the stream is destroyed. */
function takeBuffered(body: Readable, take: (chunk: Buffer) => void): void {
  for (let chunk = body.read(); chunk !== null; chunk = body.read()) take(chunk)
}
