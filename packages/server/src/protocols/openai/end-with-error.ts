import type { FastifyReply } from 'fastify'
import { logStreamFailure } from '../http/log-stream-failure.ts'
import { renderOpenaiError } from './error-body.ts'

const LINE_FEED = 0x0a
/** Longest unfinished line that is held back. A longer one goes on as it comes. */
const MAX_HELD_BYTES = 1024 * 1024

/**
 * Yields the bytes of an event stream. A stream that breaks off ends with an event `error`, as OpenAI's clients expect
 * it: otherwise they take the part that they have for the complete answer. Unfinished lines are held back, because the
 * error could not follow them.
 */
export async function* endWithError(
  reply: FastifyReply,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = Buffer.alloc(0)
  try {
    for await (const piece of stream) {
      const all = held.length === 0 ? piece : Buffer.concat([held, piece])
      const lines = all.lastIndexOf(LINE_FEED) + 1
      const end = all.length - lines > MAX_HELD_BYTES ? all.length : lines
      held = all.subarray(end)
      if (end > 0) yield all.subarray(0, end)
    }
    if (held.length > 0) yield held
  } catch (error) {
    logStreamFailure(reply, error)
    yield Buffer.from(`\ndata: ${JSON.stringify(renderOpenaiError(error, reply.request).body)}\n\n`)
  }
}
