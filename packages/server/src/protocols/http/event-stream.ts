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
  return sendEventTexts(reply, encodeEvents(events), keepAliveMs)
}

/** Sends texts, each of which is an event or a comment of `text/event-stream`; see `sendEventStream`. */
export function sendEventTexts(
  reply: FastifyReply,
  texts: AsyncIterable<string>,
  keepAliveMs = KEEP_ALIVE_MS,
): FastifyReply {
  reply.header('content-type', 'text/event-stream; charset=utf-8')
  reply.header('cache-control', 'no-cache')
  // Asks nginx to pass events on as they come.
  reply.header('x-accel-buffering', 'no')
  return reply.send(Readable.from(withKeepAlive(texts, keepAliveMs), { objectMode: false }))
}

/** Yields the text of each event. */
export async function* encodeEvents(events: AsyncIterable<WireEvent>): AsyncGenerator<string> {
  let number = 0
  for await (const { type, ...members } of events) {
    yield `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...members })}\n\n`
  }
}

/** Yields the texts, and a comment for every `keepAliveMs` in which there is none. */
export async function* withKeepAlive(
  texts: AsyncIterable<string>,
  keepAliveMs: number,
): AsyncGenerator<string> {
  const iterator = texts[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = iterator.next()
      while (await isSilent(next, keepAliveMs)) yield ': keep-alive\n\n'
      const { done, value } = await next
      if (done) return
      yield value
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

/**
 * Returns a signal that aborts when the client goes before it has the complete response. It is aborted from the
 * beginning when the client has gone already.
 */
export function clientSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const controller = new AbortController()
  const leave = () => {
    if (!raw.writableFinished)
      controller.abort(new ServiceError('INVALID_REQUEST', 'the client closed the connection'))
  }
  if (raw.destroyed) leave()
  else raw.once('close', leave)
  return controller.signal
}
