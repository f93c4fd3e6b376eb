import type { Readable } from 'node:stream'
import type { AppendLimits, BodyEnd } from './hosted-uploads.ts'
import { type BodyBudget, createWriteBatches } from './write-batches.ts'

export interface PumpOptions extends AppendLimits {
  readonly budget: BodyBudget
  /** Ends the pump from outside: what has arrived is kept and the body is closed. */
  readonly takeOver: AbortSignal
  /** Called for each buffer that is kept, in order, before any write of it begins. */
  readonly onBytes: (buffer: Buffer) => void
  /** Writes the buffers, one after the other, behind those of all earlier calls. */
  readonly write: (buffers: Buffer[], bytes: number) => Promise<void>
}

export interface Pumped {
  readonly bodyBytes: number
  readonly ended: BodyEnd
}

/** Remaining room at which a body requests more, so that it need not wait. */
const ROOM_AHEAD_BYTES = 1024 * 1024
/** How far a body that is too long is read on, to say how long it was. */
const MAX_OVERRUN_BYTES = 16 * 1024 * 1024

/**
 * Moves a body into `write` in batches, with a bounded number of bytes in memory. Every byte that reached this
 * process counts, also when the connection is lost. Resolves when all writes are over; rejects with the
 * error of the first write that failed; what has not arrived by then stays unread.
 */
export async function pumpBody(body: Readable, options: PumpOptions): Promise<Pumped> {
  const { skipBytes, maxBytes, onBytes, room } = options
  const limitBytes = skipBytes + maxBytes
  let bodyBytes = 0
  let isGrowing = false
  let canGrow = room !== undefined
  let growFailure: { readonly error: unknown } | null = null

  const isOutOfRoom = () => room !== undefined && bodyBytes > room.bytes()
  const mayGoOn = () => !batches.isFull() && !(isGrowing && isOutOfRoom())
  const growInTime = () => {
    if (room === undefined || !canGrow || isGrowing || bodyBytes + ROOM_AHEAD_BYTES <= room.bytes()) return
    isGrowing = true
    room
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
        isGrowing = false
        growInTime()
        if (isOutOfRoom() && !canGrow) flow.stop('too-long')
        else if (flow.isOpen() && mayGoOn()) body.resume()
      })
  }

  const take = (chunk: Buffer) => {
    const from = Math.max(0, skipBytes - bodyBytes)
    const to = Math.min(chunk.length, limitBytes - bodyBytes)
    bodyBytes += chunk.length
    if (from >= to) return
    const kept = chunk.subarray(from, to)
    onBytes(kept)
    batches.add(kept)
  }

  const flow = createFlow(body, options.takeOver, (chunk) => {
    take(chunk)
    growInTime()
    const isTooLong = bodyBytes > limitBytes + MAX_OVERRUN_BYTES || (isOutOfRoom() && !canGrow)
    if (isTooLong) flow.stop('too-long')
    else if (!mayGoOn()) body.pause()
  })
  const batches = createWriteBatches(options.budget, options.write, () => {
    if (batches.hasFailed()) flow.stop('interrupted')
    else if (flow.isOpen() && mayGoOn()) body.resume()
  })

  const ended = await flow.ended
  if (ended === 'interrupted' || ended === 'taken-over') takeBuffered(body, take)
  if (ended === 'taken-over') body.destroy()
  await batches.finish()
  if (growFailure) throw (growFailure as { error: unknown }).error
  return { bodyBytes, ended: bodyBytes > limitBytes ? 'too-long' : ended }
}

interface Flow {
  readonly ended: Promise<BodyEnd>
  isOpen(): boolean
  stop(reason: BodyEnd): void
}

/** Listens to the body until it ends in one of the ways of `BodyEnd`; events, since `for await` costs 0.6×. */
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
  // Stays after the end: a connection that breaks then must not end the process.
  body.on('error', onCut)
  takeOver.addEventListener('abort', onTakeOver)
  if (body.readableEnded) onEnd()
  else if (body.destroyed) onCut()
  else if (takeOver.aborted) onTakeOver()
  else body.on('data', onData)
  return { ended: promise, isOpen: () => isOpen, stop }
}

/** What the body's own buffer holds has arrived too; a destroyed stream still gives it to `read`. */
function takeBuffered(body: Readable, take: (chunk: Buffer) => void): void {
  for (let chunk = body.read(); chunk !== null; chunk = body.read()) take(chunk)
}
