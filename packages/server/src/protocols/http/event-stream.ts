import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'

/** Event of a stream: `type` names it. */
export interface WireEvent extends Readonly<Record<string, unknown>> {
  readonly type: string
}

/** Time after which a silent stream sends a comment, so that proxies keep it open. */
const KEEP_ALIVE_MS = 15_000

/**
 * Sends events as `text/event-stream`, numbered from 0 by `sequence_number`. Reads the next event when the client has
 * taken the earlier ones, and ends the events when the client goes.
 */
export function sendEventStream(
  reply: FastifyReply,
  events: AsyncIterable<WireEvent>,
  keepAliveMs = KEEP_ALIVE_MS,
): FastifyReply {
  reply.header('content-type', 'text/event-stream; charset=utf-8')
  reply.header('cache-control', 'no-cache')
  // Asks nginx to pass events on as they come.
  reply.header('x-accel-buffering', 'no')
  return reply.send(Readable.from(encodeEvents(events, keepAliveMs), { objectMode: false }))
}

/** Yields the text of the events, and a comment for every `keepAliveMs` in which there is none. */
export async function* encodeEvents(
  events: AsyncIterable<WireEvent>,
  keepAliveMs: number,
): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]()
  let number = 0
  try {
    for (;;) {
      const next = iterator.next()
      while (await isSilent(next, keepAliveMs)) yield ': keep-alive\n\n'
      const { done, value } = await next
      if (done) return
      const { type, ...members } = value
      yield `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...members })}\n\n`
    }
  } finally {
    // Not awaited, because `return` would wait for the late event.
    iterator.return?.().catch(() => {})
  }
}

/** Waits for the event for at most `ms`; returns true when it has not come. */
async function isSilent(event: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController()
  const silence = delay(ms, true, { ref: false, signal: timer.signal }).catch(() => false)
  try {
    return await Promise.race([event.then(() => false), silence])
  } finally {
    timer.abort()
  }
}

/** Returns a signal that aborts when the client goes before it has the complete response. */
export function clientSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished)
      controller.abort(new ServiceError('INVALID_REQUEST', 'the client closed the connection'))
  })
  return controller.signal
}
