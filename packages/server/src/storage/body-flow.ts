import type { Readable } from 'node:stream'
import type { BodyEnd } from './hosted-uploads.ts'

/** Body that is listened to. */
export interface Flow {
  readonly ended: Promise<BodyEnd>
  isOpen(): boolean
  stop(reason: BodyEnd): void
}

/** Listens to the body until it ends. Uses events, because `for await` has only 0.6 × the speed. */
export function createFlow(body: Readable, takeOver: AbortSignal, onData: (chunk: Buffer) => void): Flow {
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
  // A new listener does not resume a body that another one has paused.
  else body.on('data', onData).resume()
  return { ended: promise, isOpen: () => isOpen, stop }
}
