import type { Readable } from 'node:stream'
import { createFlow } from './body-flow.ts'
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

/** Takes the received bytes from the buffer of the stream; `read` returns them even when the stream is destroyed. */
function takeBuffered(body: Readable, take: (chunk: Buffer) => void): void {
  for (let chunk = body.read(); chunk !== null; chunk = body.read()) take(chunk)
}
